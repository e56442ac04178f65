/**
 * Strategies of vnpy's applications: what they are now, and what is being done to them.
 *
 * @module
 */
import { AppControlError } from '../../vnpy/apps/index.js';
import { messageOf } from '../../errors.js';
import { toPlain } from '../../vnpy/index.js';
import { ProblemError } from '../errors.js';
import type { Strategy } from '../schema/index.js';
import { APP_NAMES } from './apps.js';
import type { AppName, StrategyAction, StrategyApp, StrategyApps, StrategyState } from './apps.js';

/** Values of one strategy: its own, of whatever size. */
const MAX_PARTS = 10_000;

/** How long a list serves those who ask meanwhile, in ms: vnpy's server answers one question at a time. */
const FRESH = 1000;

/** What the board is made with. */
export interface BoardParts {
  readonly apps: StrategyApps;
  /** How long an answer waits for the end of `init`, in ms. It goes on after that. */
  readonly initWait: number;
  /** ms, of a clock that is never set. */
  readonly monotonic: () => number;
}

interface Seen {
  readonly at: number;
  readonly list: Promise<readonly StrategyState[] | undefined>;
}

/** What became of an action: `running` is under way, and tells its end later. */
export type ActionEnd = { readonly running: false } | { readonly running: true; readonly end: Promise<void> };

/** Asks the applications, and does one thing at a time to a strategy. */
export class StrategyBoard {
  readonly #parts: BoardParts;
  readonly #seen = new Map<AppName, Seen>();
  readonly #running = new Map<string, StrategyAction>();
  /** Why the last `init` failed, of those that failed after their answer. */
  readonly #failures = new Map<string, string>();

  constructor(parts: BoardParts) {
    this.#parts = parts;
  }

  /** The applications of this console. */
  get apps(): readonly AppName[] {
    return APP_NAMES.filter((name) => this.#parts.apps[name] !== undefined);
  }

  /** The strategies of one application; undefined where the server has no functions for it. */
  async list(app: AppName): Promise<Strategy[] | undefined> {
    const found = await this.#states(app);
    return found?.map((state) => this.#shown(app, state));
  }

  /**
   * Does it, or refuses. An `init` that takes long is under way when this resolves.
   *
   * @throws ProblemError `not-found`, `strategy-busy`, `strategy-refused`, `timeout`.
   */
  async act(app: AppName, name: string, action: StrategyAction): Promise<ActionEnd> {
    const control = this.#parts.apps[app];
    if (control === undefined) throw new ProblemError('not-found', `this console has no ${app} strategies`);

    const key = keyOf(app, name);
    const busy = this.#running.get(key);
    // A stop waits for nothing.
    if (busy !== undefined && action !== 'stop')
      throw new ProblemError('strategy-busy', `${busy} of ${name} is under way: wait for its end`);

    this.#failures.delete(key);
    const work = this.#run(control, key, name, action).finally(() => this.#seen.delete(app));
    if (action !== 'init') {
      await work;
      return { running: false };
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, this.#parts.initWait, 'late');
    });
    const first = await Promise.race([work, late]).finally(() => {
      clearTimeout(timer);
    });
    if (first !== 'late') return { running: false };

    const end = work.catch((error: unknown) => {
      this.#failures.set(key, messageOf(error));
      throw error;
    });
    return { running: true, end };
  }

  async #run(control: StrategyApp, key: string, name: string, action: StrategyAction): Promise<void> {
    // A stop beside a start or init leaves their sign.
    const isFirst = !this.#running.has(key);
    if (isFirst) this.#running.set(key, action);
    try {
      await control[action](name);
    } catch (error) {
      throw problemOf(error);
    } finally {
      if (isFirst) this.#running.delete(key);
    }
  }

  async #states(app: AppName): Promise<readonly StrategyState[] | undefined> {
    const control = this.#parts.apps[app];
    if (control === undefined) return undefined;

    const now = this.#parts.monotonic();
    const seen = this.#seen.get(app);
    if (seen !== undefined && now - seen.at < FRESH) return await seen.list;

    const list = listOf(control);
    const asked = { at: now, list };
    this.#seen.set(app, asked);
    try {
      const states = await list;
      this.#forget(app, states ?? []);
      return states;
    } catch (error) {
      // What failed serves nobody else.
      if (this.#seen.get(app) === asked) this.#seen.delete(app);
      throw error;
    }
  }

  /** Failures of strategies that are not there any more. */
  #forget(app: AppName, states: readonly StrategyState[]): void {
    const there = new Set(states.map(({ strategy_name: name }) => keyOf(app, name)));
    for (const key of this.#failures.keys())
      if (key.startsWith(keyOf(app, '')) && !there.has(key)) this.#failures.delete(key);
  }

  #shown(app: AppName, state: StrategyState): Strategy {
    const { inited, trading, ...variables } = state.variables;
    const key = keyOf(app, state.strategy_name);
    return {
      ...{ app, name: state.strategy_name, class_name: state.class_name, author: state.author, inited, trading },
      symbol: state.vt_symbol ?? state.spread_name ?? '',
      running: this.#running.get(key) ?? null,
      failure: this.#failures.get(key) ?? null,
      parameters: valuesOf(state.parameters),
      variables: valuesOf(variables),
    };
  }
}

function keyOf(app: AppName, name: string): string {
  return `${app}/${name}`;
}

/** The list of an application that the server has; undefined where it has not. */
async function listOf(control: StrategyApp): Promise<readonly StrategyState[] | undefined> {
  try {
    return await control.strategies();
  } catch (error) {
    if (error instanceof AppControlError && error.code === 'NOT_REGISTERED') return undefined;
    throw problemOf(error);
  }
}

/** A strategy's own values: one that is too large for a page is said to be so. */
function valuesOf(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shownValue(value)]));
}

function shownValue(value: unknown): unknown {
  try {
    return toPlain(value, MAX_PARTS);
  } catch {
    return '…';
  }
}

/** What an application's refusal is to whoever asked; anything else as it is. */
function problemOf(error: unknown): unknown {
  if (!(error instanceof AppControlError)) return error;
  const { code, message, logs } = error;
  const details = logs.length === 0 ? {} : { server_log: [...logs] };
  switch (code) {
    case 'NOT_REGISTERED':
    case 'UNKNOWN_NAME':
      return new ProblemError('not-found', message, {}, { cause: error });
    case 'TIMEOUT':
      return new ProblemError('timeout', message, {}, { cause: error });
    default:
      return new ProblemError('strategy-refused', message, details, { cause: error });
  }
}
