/**
 * What a person does to strategies, spreads and algorithms. The lists are read again, whatever became of it.
 *
 * @module
 */
import { signal } from '@preact/signals';
import { appTexts } from '../i18n/apps.js';
import { ApiError, request } from '../net/http.js';
import type {
  Algo,
  NewAlgoInput,
  NewSpreadInput,
  NewStrategyInput,
  Spread,
  Strategy,
  StrategyAnswer,
  Warning,
} from '../net/types.js';
import { asked, problemText, run } from './actions.js';
import { notify } from './notices.js';
import { placeKey, readStrategies } from './strategies.js';
import type { Place } from './strategies.js';

/** Values that a person has set. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** Whether nobody knows what became of it. */
const isOpen = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.kind === 'timeout' || error.kind === 'server-error');

/** What went wrong in the form that is open. It stands in the form, because notices are behind it. */
export const formProblem = signal<readonly [string, string | undefined] | undefined>(undefined);

/** What to say when it was done: a sentence, and the name of the thing; undefined: the form stays. */
type Done = readonly [string, string, ('info' | 'good')?] | undefined;

/**
 * Asks, and closes the dialog when it was done.
 *
 * @param stays - A form stays when it was not, with what a person has typed.
 */
function act(stays: boolean, work: () => Promise<Done>): Promise<void> {
  return run(undefined, async () => {
    formProblem.value = undefined;
    try {
      const done = await work();
      if (done === undefined) return;
      asked.value = undefined;
      const [text, name, level = 'good'] = done;
      notify(level, text, name);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw error;
      const [text, more] = problemText(error);
      const said = isOpen(error) ? ([text, appTexts.value.maybe] as const) : ([text, more] as const);
      if (stays) {
        formProblem.value = said;
      } else {
        asked.value = undefined;
        notify('error', ...said);
      }
    } finally {
      void readStrategies();
    }
  });
}

const part = (text: string): string => encodeURIComponent(text);
const pathOf = (kind: 'strategies' | 'spreads' | 'algos', place: Place, ...names: readonly string[]): string =>
  `/${kind}/${[placeKey(place), ...names].map((name) => part(name)).join('/')}`;

/** Initialises, starts, stops or removes a strategy. */
export function actOnStrategy(strategy: Strategy, action: 'init' | 'start' | 'stop' | 'remove'): Promise<void> {
  const { done, running } = appTexts.value.strategies;
  return act(false, async () => {
    const { name } = strategy;
    const { outcome } = await (action === 'remove'
      ? request<StrategyAnswer>(pathOf('strategies', strategy, name), { method: 'DELETE' })
      : request<StrategyAnswer>(pathOf('strategies', strategy, name, action), { method: 'POST' }));
    return outcome === 'running' ? [running, name, 'info'] : [done[action], name];
  });
}

/** Adds a strategy. */
export function addStrategy(place: Place, body: NewStrategyInput): Promise<void> {
  return act(true, async () => {
    await request(pathOf('strategies', place), { method: 'POST', body });
    return [appTexts.value.strategies.done.add, body.name];
  });
}

/** Changes parameters of a strategy. */
export function editStrategy(strategy: Strategy, parameters: Settings): Promise<void> {
  return act(true, async () => {
    const path = pathOf('strategies', strategy, strategy.name, 'parameters');
    await request(path, { method: 'PUT', body: { parameters } });
    return [appTexts.value.strategies.done.edit, strategy.name];
  });
}

/** Adds a spread. */
export function addSpread(place: Place, body: NewSpreadInput): Promise<void> {
  return act(true, async () => {
    await request(pathOf('spreads', place), { method: 'POST', body });
    return [appTexts.value.spreads.done.add, body.name];
  });
}

/** Removes a spread. */
export function removeSpread(spread: Spread): Promise<void> {
  return act(false, async () => {
    await request(pathOf('spreads', spread, spread.name), { method: 'DELETE' });
    return [appTexts.value.spreads.done.remove, spread.name];
  });
}

/** Starts an algorithm. @param warn - Told of warnings that have to be confirmed first. */
export function startAlgo(
  place: Place,
  body: NewAlgoInput,
  warn: (warnings: readonly Warning[]) => void,
): Promise<void> {
  return act(true, async () => {
    try {
      const { name } = await request<StrategyAnswer>(pathOf('algos', place), { method: 'POST', body });
      return [appTexts.value.algos.done.start, name];
    } catch (error) {
      if (!(error instanceof ApiError) || error.problem?.warnings === undefined) throw error;
      warn(error.problem.warnings);
      return undefined;
    }
  });
}

/** Pauses, resumes or stops an algorithm. */
export function actOnAlgo(algo: Algo, action: 'pause' | 'resume' | 'stop'): Promise<void> {
  return act(false, async () => {
    await request(pathOf('algos', algo, algo.name, action), { method: 'POST' });
    return [appTexts.value.algos.done[action], algo.name];
  });
}
