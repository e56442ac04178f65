/**
 * What the handlers of vnpy's applications have in common: who may do what, and the audit of it.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { Caller } from '../auth/gate.js';
import { ProblemError } from '../errors.js';
import { serversOf } from '../market/source.js';
import type { Services } from '../services.js';
import type { Applications } from '../strategies/applications.js';
import type { AppName } from '../strategies/apps.js';
import type { Place } from '../strategies/places.js';
import type { Call } from './route.js';

/** The router lets nobody through without them. */
export function applicationsOf({ strategies: found }: Services): Applications {
  if (found === undefined) throw new ProblemError('not-found', 'this console shows no strategies');
  return found;
}

/** A desk without functions leaves it to the right of the route. */
export function mayCall({ desk }: Services, { principal }: Pick<Caller, 'principal'>, name: string): boolean {
  return desk.mayCall?.(principal, name) ?? true;
}

/** Those of some actions that the caller may take, by the functions that they are. */
export function allowed<Action extends string>(
  services: Services,
  caller: Caller,
  functions: Readonly<Record<Action, string>>,
): Action[] {
  if (!services.settings.isTrading || !services.gate.may(caller.principal, 'trade')) return [];
  const actions = Object.keys(functions) as Action[];
  return actions.filter((action) => mayCall(services, caller, functions[action]));
}

/** @throws ProblemError `forbidden` for a function that the policy does not allow. */
function checkCall(services: Services, { principal }: Caller, name: string): void {
  if (mayCall(services, { principal }, name)) return;
  throw new ProblemError('forbidden', `the policy does not allow ${principal.name} to call ${name}`);
}

/** @throws ProblemError `halted` while all trading is: what would send orders is not begun. */
export function checkHalt(services: Services, what: string): void {
  const { halted, by } = services.board.trading();
  if (halted) throw new ProblemError('halted', `trading is halted by ${by ?? '?'}: ${what} would send orders`);
}

/**
 * Asks nothing of a server that is away: a question that waits for it could be answered, and done, when it is back.
 *
 * @throws ProblemError `not-connected`.
 */
function checkConnected({ engine }: Services, { server }: Place): void {
  const gateway = serversOf(engine).find(({ name }) => name === (server ?? ''))?.gateway;
  if (gateway === undefined || gateway.status().state === 'connected') return;
  const name = server === null ? 'the vnpy server' : `the vnpy server ${server}`;
  throw new ProblemError('not-connected', `${name} is not connected; nothing was asked of it`);
}

/**
 * The place that a request names, once the caller may do there what it asks for.
 *
 * @param needed - The function by which a policy says who may do it.
 * @throws ProblemError `not-found`, `forbidden`, `not-connected`.
 */
export function placeFor<App extends AppName>(
  { services, params, caller }: Pick<Call, 'services' | 'params' | 'caller'>,
  apps: readonly App[],
  needed: (place: Place<App>) => string,
): Place<App> {
  const place = applicationsOf(services).places.find(params['app'] ?? '', ...apps);
  checkCall(services, caller, needed(place));
  checkConnected(services, place);
  return place;
}

/** What there is of several places, and what cannot be told of some. */
export interface Gathered<Item, App extends AppName, Action extends string> {
  readonly data: Item[];
  readonly apps: { app: App; server: string | null; actions: Action[]; problem: string | null }[];
}

/**
 * Asks all places at once. One server that cannot be asked does not hide the others.
 *
 * @throws what the only server gave.
 */
export async function gather<Item, App extends AppName, Action extends string>(
  services: Services,
  places: readonly Place<App>[],
  list: (place: Place<App>) => Promise<readonly Item[] | undefined>,
  actionsOf: (place: Place<App>) => Action[],
): Promise<Gathered<Item, App, Action>> {
  const found = await Promise.all(
    places.map(async (place) => {
      try {
        checkConnected(services, place);
        return { place, items: await list(place), problem: null };
      } catch (error) {
        if (place.server === null) throw error;
        return { place, items: [], problem: messageOf(error) };
      }
    }),
  );
  const there = found.filter(({ items }) => items !== undefined);
  return {
    data: there.flatMap(({ items = [] }) => items),
    apps: there.map(({ place, problem }) => ({
      ...{ app: place.app, server: place.server, actions: actionsOf(place), problem },
    })),
  };
}

/** Notes what became of something in the audit. */
export type Note = (outcome: string, more?: Readonly<Record<string, unknown>>) => void;

/**
 * Does something, and writes into the audit who, what, and what became of it.
 *
 * @param work - Gives the outcome for the audit, with its answer.
 */
export async function noted<Answer>(
  { services, caller, requestId, address }: Call,
  action: string,
  detail: Readonly<Record<string, unknown>>,
  work: (note: Note) => Promise<Answer>,
): Promise<Answer> {
  const note: Note = (outcome, more = {}) => {
    services.audit.note({
      ...{ request_id: requestId, user: caller.principal.name, address, action, outcome },
      detail: { ...detail, ...more },
    });
  };
  try {
    return await work(note);
  } catch (error) {
    noteFailure(note, error);
    throw error;
  }
}

/** Of what is no problem nobody knows whether it was done. */
export function noteFailure(note: Note, error: unknown): void {
  if (error instanceof ProblemError) note(error.code, { reason: error.message });
  else note('unknown', { reason: messageOf(error) });
}
