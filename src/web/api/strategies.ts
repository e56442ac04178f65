/**
 * Handlers: strategies of vnpy's applications, and the applications' logs.
 *
 * @module
 */
import type * as schema from '../schema/index.js';
import type { StrategyPlace } from '../strategies/board.js';
import type { AppName } from '../strategies/apps.js';
import { allowed, applicationsOf, checkHalt, gather, mayCall, noted, noteFailure, placeFor } from './app-access.js';
import type { Call, Reply } from './route.js';

/** Those with strategies. */
const APPS = ['cta', 'spread'] as const;

/** The functions by which a policy says who may do it. */
function functionsOf({ app }: StrategyPlace): Readonly<Record<schema.StrategyAction, string>> {
  const of = (action: string): string => `${app}_${action}_strategy`;
  return {
    ...{ init: of('init'), start: of('start'), stop: of('stop') },
    ...{ add: of('add'), edit: of('edit'), remove: of('remove') },
  };
}

/** The function by which a policy says who may read what is of an application. */
const READ: Readonly<Record<AppName, string>> = {
  cta: 'cta_strategies',
  spread: 'spread_strategies',
  algo: 'algo_algos',
};

/** GET /strategies */
export async function strategies({ services, caller }: Call): Promise<Reply<schema.StrategyList>> {
  const { places, strategies: board } = applicationsOf(services);
  const mine = places.of(...APPS).filter(({ app }) => mayCall(services, caller, READ[app]));
  const body = await gather(
    services,
    mine,
    (place) => board.list(place),
    (place) => allowed(services, caller, functionsOf(place)),
  );
  return { body };
}

/** GET /strategy-classes */
export async function classes({ services, caller }: Call): Promise<Reply<schema.StrategyClassList>> {
  const { places, strategies: board } = applicationsOf(services);
  const mine = places.of(...APPS).filter(({ app }) => mayCall(services, caller, `${app}_classes`));
  const { data } = await gather(
    services,
    mine,
    (place) => board.classes(place),
    () => [],
  );
  return { body: { data } };
}

/** GET /strategy-logs */
export function logs({ services, caller }: Call): Reply<schema.AppLogList> {
  const { places, logs: kept } = applicationsOf(services);
  return { body: { data: kept.of(places.all.filter(({ app }) => mayCall(services, caller, READ[app]))) } };
}

/** POST /strategies/\{app\} */
export function add(call: Call<unknown, schema.NewStrategy>): Promise<Reply<schema.StrategyAnswer>> {
  const { body } = call;
  const { class_name: className, symbol, parameters } = body;
  return acting(call, 'add', body.name, { class_name: className, symbol, parameters }, async (place) => {
    await applicationsOf(call.services).strategies.add(place, body);
  });
}

/** PUT /strategies/\{app\}/\{name\}/parameters */
export function edit(call: Call<unknown, schema.StrategyParameters>): Promise<Reply<schema.StrategyAnswer>> {
  const { name = '' } = call.params;
  const { parameters } = call.body;
  return acting(call, 'edit', name, { parameters }, async (place) => {
    await applicationsOf(call.services).strategies.edit(place, name, parameters);
  });
}

/** DELETE /strategies/\{app\}/\{name\} */
export function remove(call: Call): Promise<Reply<schema.StrategyAnswer>> {
  return act(call, 'remove');
}

/** POST /strategies/\{app\}/\{name\}/start */
export function start(call: Call): Promise<Reply<schema.StrategyAnswer>> {
  return act(call, 'start');
}

/** POST /strategies/\{app\}/\{name\}/stop */
export function stop(call: Call): Promise<Reply<schema.StrategyAnswer>> {
  return act(call, 'stop');
}

function act(call: Call, action: 'start' | 'stop' | 'remove'): Promise<Reply<schema.StrategyAnswer>> {
  const { name = '' } = call.params;
  return acting(call, action, name, {}, async (place) => {
    if (action === 'start') checkHalt(call.services, 'a strategy that is started');
    await applicationsOf(call.services).strategies.act(place, name, action);
  });
}

/** What is done when it is answered. */
async function acting(
  call: Call,
  action: schema.StrategyAction,
  name: string,
  detail: Readonly<Record<string, unknown>>,
  work: (place: StrategyPlace) => Promise<void>,
): Promise<Reply<schema.StrategyAnswer>> {
  const { app = '' } = call.params;
  return await noted(call, `${action}-strategy`, { app, name, ...detail }, async (note) => {
    const place = placeFor(call, APPS, (each) => functionsOf(each)[action]);
    await work(place);
    note('done');
    return { body: { app, name, outcome: 'done' } };
  });
}

/** POST /strategies/\{app\}/\{name\}/init */
export async function init(call: Call): Promise<Reply<schema.StrategyAnswer>> {
  const { services, params } = call;
  const { app = '', name = '' } = params;
  return await noted(call, 'init-strategy', { app, name }, async (note) => {
    const place = placeFor(call, APPS, (each) => functionsOf(each).init);
    const end = await applicationsOf(services).strategies.act(place, name, 'init');
    if (!end.running) {
      note('done');
      return { body: { app, name, outcome: 'done' } };
    }
    note('asked');
    // The answer is gone by then: the list and the audit tell how it ended.
    void end.end.then(
      () => {
        note('done');
      },
      (error: unknown) => {
        noteFailure(note, error);
      },
    );
    return { body: { app, name, outcome: 'running' } };
  });
}
