/**
 * Handlers: strategies of vnpy's applications.
 *
 * @module
 */
import type { Caller } from '../auth/gate.js';
import { ProblemError } from '../errors.js';
import type * as schema from '../schema/index.js';
import type { Services } from '../services.js';
import { APP_NAMES, functionOf, STRATEGY_ACTIONS } from '../strategies/apps.js';
import type { AppName, StrategyAction } from '../strategies/apps.js';
import type { StrategyBoard } from '../strategies/board.js';
import type { Call, Reply } from './route.js';

/** GET /strategies */
export async function strategies({ services, caller }: Call): Promise<Reply<schema.StrategyList>> {
  const board = boardOf(services);
  const lists = await Promise.all(
    board.apps
      .filter((app) => mayCall(services, caller, functionOf(app, 'list')))
      .map(async (app) => ({ app, found: await board.list(app) })),
  );
  const there = lists.filter(({ found }) => found !== undefined);
  return {
    body: {
      data: there.flatMap(({ found = [] }) => found),
      apps: there.map(({ app }) => ({
        app,
        actions: STRATEGY_ACTIONS.filter((action) => mayAct(services, caller, app, action)),
      })),
    },
  };
}

/** POST /strategies/\{app\}/\{name\}/init */
export const init = (call: Call): Promise<Reply<schema.StrategyAnswer>> => act(call, 'init');

/** POST /strategies/\{app\}/\{name\}/start */
export const start = (call: Call): Promise<Reply<schema.StrategyAnswer>> => act(call, 'start');

/** POST /strategies/\{app\}/\{name\}/stop */
export const stop = (call: Call): Promise<Reply<schema.StrategyAnswer>> => act(call, 'stop');

async function act(call: Call, action: StrategyAction): Promise<Reply<schema.StrategyAnswer>> {
  const { services, params, caller, requestId, address } = call;
  const { app: given = '', name = '' } = params;
  const note = (outcome: string, detail: Readonly<Record<string, unknown>> = {}): void => {
    services.audit.note({
      ...{ request_id: requestId, user: caller.principal.name, address, action: `${action}-strategy`, outcome },
      detail: { app: given, name, ...detail },
    });
  };
  const failed = (error: unknown): void => {
    if (error instanceof ProblemError) note(error.code, { reason: error.message });
    else note('unknown', { reason: error instanceof Error ? error.message : 'it cannot be told' });
  };
  try {
    const app = appOf(given);
    check(services, caller, app, action);
    const end = await boardOf(services).act(app, name, action);
    if (!end.running) {
      note('done');
      return { body: { app, name, outcome: 'done' } };
    }
    note('asked');
    // The answer is gone by then: the list and the audit tell how it ended.
    void end.end.then(() => {
      note('done');
    }, failed);
    return { body: { app, name, outcome: 'running' } };
  } catch (error) {
    failed(error);
    throw error;
  }
}

/** @throws ProblemError `forbidden`, or `halted` for a start. */
function check(services: Services, caller: Caller, app: AppName, action: StrategyAction): void {
  const needed = functionOf(app, action);
  if (!mayCall(services, caller, needed))
    throw new ProblemError('forbidden', `the policy does not allow ${caller.principal.name} to call ${needed}`);

  const { halted, by } = services.board.trading();
  if (action === 'start' && halted)
    throw new ProblemError('halted', `trading is halted by ${by ?? '?'}: a strategy that is started would send orders`);
}

function mayAct(services: Services, { principal }: Caller, app: AppName, action: StrategyAction): boolean {
  const may = services.settings.isTrading && services.gate.may(principal, 'trade');
  return may && mayCall(services, { principal, session: undefined }, functionOf(app, action));
}

/** A desk without functions leaves it to the right of the route. */
function mayCall({ desk }: Services, { principal }: Caller, name: string): boolean {
  return desk.mayCall?.(principal, name) ?? true;
}

function appOf(given: string): AppName {
  const app = APP_NAMES.find((name) => name === given);
  if (app === undefined) throw new ProblemError('not-found', `there are ${APP_NAMES.join(' and ')}, and no ${given}`);
  return app;
}

/** The router lets nobody through without one. */
function boardOf({ strategies: board }: Services): StrategyBoard {
  if (board === undefined) throw new ProblemError('not-found', 'this console shows no strategies');
  return board;
}
