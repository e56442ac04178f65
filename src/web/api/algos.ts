/**
 * Handlers: execution algorithms of vnpy's AlgoTrading, and those that trade a spread.
 *
 * @module
 */
import type { TradingEngine } from '../../vnpy/index.js';
import { ProblemError } from '../errors.js';
import type * as schema from '../schema/index.js';
import type { AlgoPlace } from '../strategies/algo-board.js';
import { allowed, applicationsOf, checkHalt, gather, mayCall, noted, placeFor } from './app-access.js';
import type { Call, Reply } from './route.js';

/** Those with algorithms. */
const APPS = ['algo', 'spread'] as const;

/** The functions by which a policy says who may do it. SpreadTrading can start and stop. */
function functionsOf({ app }: AlgoPlace): Readonly<Partial<Record<schema.AlgoAction, string>>> {
  if (app === 'spread') return { start: 'spread_start_algo', stop: 'spread_stop_algo' };
  return {
    ...{ start: 'algo_start_algo', pause: 'algo_pause_algo' },
    ...{ resume: 'algo_resume_algo', stop: 'algo_stop_algo' },
  };
}

/** GET /algos */
export async function algos({ services, caller }: Call): Promise<Reply<schema.AlgoList>> {
  const { places, algos: board } = applicationsOf(services);
  const mine = places.of(...APPS).filter(({ app }) => mayCall(services, caller, `${app}_algos`));
  const body = await gather(
    services,
    mine,
    (place) => board.list(place),
    (place) => allowed(services, caller, functionsOf(place) as Record<schema.AlgoAction, string>),
  );
  return { body };
}

/** GET /algo-templates */
export async function templates({ services, caller }: Call): Promise<Reply<schema.AlgoTemplateList>> {
  const { places, algos: board } = applicationsOf(services);
  // SpreadTrading has one kind, and no function for it.
  const needed = { algo: 'algo_templates', spread: 'spread_start_algo' } as const;
  const mine = places.of(...APPS).filter(({ app }) => mayCall(services, caller, needed[app]));
  const { data } = await gather(
    services,
    mine,
    (place) => board.templates(place),
    () => [],
  );
  return { body: { data } };
}

/** POST /algos/\{app\} */
export async function start(call: Call<unknown, schema.NewAlgo>): Promise<Reply<schema.StrategyAnswer>> {
  const { services, params, caller, body } = call;
  const { app = '' } = params;
  return await noted(call, 'start-algo', { app, ...body }, async (note) => {
    const place = placeFor(call, APPS, (each) => functionsOf(each).start ?? '');
    const check = async (): Promise<void> => {
      checkHalt(services, 'an algorithm');
      if (place.app === 'algo') await checkAsOrder(call, place);
    };
    const name = await applicationsOf(services).algos.start(place, caller.principal.name, body, check);
    note('done', { name });
    return { body: { app, name, outcome: 'done' } };
  });
}

/**
 * Looks at an algorithm as at one order of its whole volume: what it sends later passes neither limits nor guard.
 *
 * @throws ProblemError `rule`, `halted`, `warning-not-confirmed`, `not-found`.
 */
async function checkAsOrder(
  { services, view, caller, body }: Call<unknown, schema.NewAlgo>,
  place: AlgoPlace,
): Promise<void> {
  const { symbol, direction, offset, price, volume, confirm } = body;
  const gateway = place.server === null ? {} : { gateway_name: await gatewayAt(view, place.server, symbol) };
  const checked = await services.sender.check(view, {
    ...{ vt_symbol: symbol, direction, offset, type: 'LIMIT', price, volume, confirm, ...gateway },
  });
  const [refusal] = (await services.desk.preview?.(caller.principal, checked.request, checked.gatewayName)) ?? [];
  if (refusal !== undefined) {
    const { rule, message, limit, value } = refusal;
    throw new ProblemError(rule === 'halt' ? 'halted' : 'rule', message, { rule, limit, value });
  }
  const unconfirmed = services.sender.warnings(checked).filter(({ code }) => !confirm.includes(code));
  if (unconfirmed.length === 0) return;
  const codes = unconfirmed.map(({ code }) => code).join(', ');
  throw new ProblemError('warning-not-confirmed', `look at this and confirm it: ${codes}`, { warnings: unconfirmed });
}

/** The gateway at a server that has the contract. */
async function gatewayAt(view: TradingEngine, server: string, vtSymbol: string): Promise<string> {
  const contracts = await view.getAllContracts();
  const isThere = (name: string): boolean => name.startsWith(`${server}:`);
  const found = contracts.find((contract) => contract.vt_symbol === vtSymbol && isThere(contract.gateway_name));
  // The list has a contract of several servers once.
  return found?.gateway_name ?? `${server}:`;
}

/** POST /algos/\{app\}/\{name\}/pause */
export function pause(call: Call): Promise<Reply<schema.StrategyAnswer>> {
  return act(call, 'pause');
}

/** POST /algos/\{app\}/\{name\}/resume */
export function resume(call: Call): Promise<Reply<schema.StrategyAnswer>> {
  return act(call, 'resume');
}

/** POST /algos/\{app\}/\{name\}/stop */
export function stop(call: Call): Promise<Reply<schema.StrategyAnswer>> {
  return act(call, 'stop');
}

async function act(call: Call, action: 'pause' | 'resume' | 'stop'): Promise<Reply<schema.StrategyAnswer>> {
  const { services, params } = call;
  const { app = '', name = '' } = params;
  return await noted(call, `${action}-algo`, { app, name }, async (note) => {
    const place = placeFor(call, APPS, (each) => {
      const needed = functionsOf(each)[action];
      if (needed === undefined) throw new ProblemError('not-found', `SpreadTrading cannot ${action} an algorithm`);
      return needed;
    });
    if (action === 'resume') checkHalt(services, 'an algorithm');
    await applicationsOf(services).algos.act(place, name, action);
    note('done');
    return { body: { app, name, outcome: 'done' } };
  });
}
