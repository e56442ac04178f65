/**
 * Handlers: spreads of vnpy's SpreadTrading.
 *
 * @module
 */
import type * as schema from '../schema/index.js';
import { allowed, applicationsOf, gather, mayCall, noted, placeFor } from './app-access.js';
import type { Call, Reply } from './route.js';

const FUNCTIONS = { add: 'spread_add_spread', remove: 'spread_remove_spread' } as const;

/** GET /spreads */
export async function spreads({ services, caller }: Call): Promise<Reply<schema.SpreadList>> {
  const { places, spreads: board } = applicationsOf(services);
  const mine = mayCall(services, caller, 'spread_spreads') ? places.of('spread') : [];
  const body = await gather(
    services,
    mine,
    (place) => board.list(place),
    () => allowed(services, caller, FUNCTIONS),
  );
  return { body };
}

/** POST /spreads/\{app\} */
export async function add(call: Call<unknown, schema.NewSpread>): Promise<Reply<schema.StrategyAnswer>> {
  const { services, params, body, view } = call;
  const { app = '' } = params;
  const { name, ...rest } = body;
  return await noted(call, 'add-spread', { app, name, ...rest }, async (note) => {
    const place = placeFor(call, ['spread'], () => FUNCTIONS.add);
    await applicationsOf(services).spreads.add(
      place,
      body,
      async (vtSymbol) => (await view.getContract(vtSymbol)) !== undefined,
    );
    note('done');
    return { body: { app, name, outcome: 'done' } };
  });
}

/** DELETE /spreads/\{app\}/\{name\} */
export async function remove(call: Call): Promise<Reply<schema.StrategyAnswer>> {
  const { services, params } = call;
  const { app = '', name = '' } = params;
  return await noted(call, 'remove-spread', { app, name }, async (note) => {
    const place = placeFor(call, ['spread'], () => FUNCTIONS.remove);
    await applicationsOf(services).spreads.remove(place, name);
    note('done');
    return { body: { app, name, outcome: 'done' } };
  });
}
