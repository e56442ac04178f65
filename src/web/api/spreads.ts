/**
 * Handlers: spreads of vnpy's SpreadTrading.
 *
 * @module
 */
import type * as schema from '../schema/index.js';
import { allowed, applicationsOf, checkCall, checkConnected, gather, mayCall, noted } from './app-access.js';
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
  const { services, params, caller, body, view } = call;
  const { app = '' } = params;
  const { name, ...rest } = body;
  return await noted(call, 'add-spread', { app, name, ...rest }, async (note) => {
    const { places, spreads: board } = applicationsOf(services);
    const place = places.find(app, 'spread');
    checkCall(services, caller, FUNCTIONS.add);
    checkConnected(services, place);
    await board.add(place, body, async (vtSymbol) => (await view.getContract(vtSymbol)) !== undefined);
    note('done');
    return { body: { app, name, outcome: 'done' } };
  });
}

/** DELETE /spreads/\{app\}/\{name\} */
export async function remove(call: Call): Promise<Reply<schema.StrategyAnswer>> {
  const { services, params, caller } = call;
  const { app = '', name = '' } = params;
  return await noted(call, 'remove-spread', { app, name }, async (note) => {
    const { places, spreads: board } = applicationsOf(services);
    const place = places.find(app, 'spread');
    checkCall(services, caller, FUNCTIONS.remove);
    checkConnected(services, place);
    await board.remove(place, name);
    note('done');
    return { body: { app, name, outcome: 'done' } };
  });
}
