/**
 * Strategies of vnpy's applications: what they are now, and what is being done to them.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { ProblemError } from '../errors.js';
import type { NewStrategy as NewStrategyBody, Strategy, StrategyAction, StrategyClass } from '../schema/index.js';
import type { StrategyState } from './apps.js';
import { FreshLists } from './fresh.js';
import type { Place } from './places.js';
import { refusing } from './problems.js';
import { checkSettings, valuesOf } from './values.js';
import type { Setting } from './values.js';

/** What the board is made with. */
export interface BoardParts {
  /** How long an answer waits for the end of `init`, in ms. It goes on after that. */
  readonly initWait: number;
  /** ms, of a clock that is never set. */
  readonly monotonic: () => number;
}

/** An application with strategies. */
export type StrategyPlace = Place<'cta' | 'spread'>;

/** What became of an action: `running` is under way, and tells its end later. */
export type ActionEnd = { readonly running: false } | { readonly running: true; readonly end: Promise<void> };

const DONE = { running: false } as const;

/** Asks the applications, and does one thing at a time to a strategy. */
export class StrategyBoard {
  readonly #parts: BoardParts;
  readonly #lists: FreshLists<StrategyState>;
  readonly #running = new Map<string, { readonly action: StrategyAction; readonly since: number }>();
  /** Why the last init failed, or the strategy's code: what nobody but who asked would see otherwise. */
  readonly #failures = new Map<string, string>();

  constructor(parts: BoardParts) {
    this.#parts = parts;
    this.#lists = new FreshLists(parts.monotonic);
  }

  /** The strategies of one application; undefined where the server has no functions for it. */
  async list(place: StrategyPlace): Promise<Strategy[] | undefined> {
    const found = await this.#states(place);
    return found?.map((state) => this.#shown(place, state));
  }

  /** The classes of one application, with the defaults of their parameters. */
  async classes({ app, server, control }: StrategyPlace): Promise<StrategyClass[]> {
    const classes = await refusing(() => control.classes());
    return Object.entries(classes).map(([name, parameters]) => ({
      ...{ app, server, class_name: name, parameters: valuesOf(parameters) },
    }));
  }

  /**
   * Does it, or refuses. An `init` that takes long is under way when this resolves.
   *
   * @throws ProblemError `not-found`, `strategy-busy`, `strategy-refused`, `timeout`.
   */
  async act(place: StrategyPlace, name: string, action: 'init' | 'start' | 'stop' | 'remove'): Promise<ActionEnd> {
    const work = this.#do(place, name, action, () => place.control[action](name));
    if (action !== 'init') {
      await work;
      return DONE;
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, this.#parts.initWait, 'late');
    });
    const first = await Promise.race([work, late]).finally(() => {
      clearTimeout(timer);
    });
    return first === 'late' ? { running: true, end: work } : DONE;
  }

  /**
   * Adds a strategy.
   *
   * @throws ProblemError as {@link StrategyBoard.act}, and `bad-request` for a parameter of the wrong type.
   */
  async add(place: StrategyPlace, { name, class_name: className, symbol, parameters }: NewStrategyBody): Promise<void> {
    const known = (await refusing(() => place.control.classes()))[className];
    if (known === undefined) throw new ProblemError('not-found', `there is no class ${className}`);
    checkSettings(parameters, known, className);
    const given = { className, name, setting: parameters };
    await this.#do(place, name, 'add', () =>
      place.app === 'cta'
        ? (place as Place<'cta'>).control.add({ ...given, vtSymbol: symbol })
        : (place as Place<'spread'>).control.add({ ...given, spreadName: symbol }),
    );
  }

  /**
   * Changes parameters. Those that are not named stay.
   *
   * @throws ProblemError as {@link StrategyBoard.add}.
   */
  async edit(place: StrategyPlace, name: string, parameters: Readonly<Record<string, Setting>>): Promise<void> {
    const state = (await this.#states(place))?.find(({ strategy_name: each }) => each === name);
    if (state === undefined) throw new ProblemError('not-found', `there is no strategy ${name}`);
    checkSettings(parameters, state.parameters, name);
    await this.#do(place, name, 'edit', () => place.control.edit(name, parameters));
  }

  async #do(place: StrategyPlace, name: string, action: StrategyAction, work: () => Promise<unknown>): Promise<void> {
    const key = keyOf(place, name);
    const busy = this.#running.get(key);
    // A stop waits for nothing.
    if (busy !== undefined && action !== 'stop')
      throw new ProblemError('strategy-busy', `${busy.action} of ${name} is under way: wait for its end`);

    // A stop beside a start or init leaves their sign.
    const isFirst = busy === undefined;
    if (isFirst) this.#running.set(key, { action, since: this.#parts.monotonic() });
    if (action !== 'add' && action !== 'edit') this.#failures.delete(key);
    try {
      await refusing(work);
    } catch (error) {
      if (action === 'init' || isFailure(error)) this.#failures.set(key, failureText(error));
      throw error;
    } finally {
      if (isFirst) this.#running.delete(key);
      this.#lists.forget(place.key);
    }
  }

  async #states(place: StrategyPlace): Promise<readonly StrategyState[] | undefined> {
    const states = await this.#lists.get(place.key, () => place.control.strategies());
    this.#forget(place, states ?? []);
    return states;
  }

  /** Failures of strategies that are not there any more. */
  #forget(place: StrategyPlace, states: readonly StrategyState[]): void {
    const there = new Set(states.map(({ strategy_name: name }) => keyOf(place, name)));
    for (const key of this.#failures.keys())
      if (key.startsWith(keyOf(place, '')) && !there.has(key)) this.#failures.delete(key);
  }

  #shown(place: StrategyPlace, state: StrategyState): Strategy {
    const { inited, trading, ...variables } = state.variables;
    const key = keyOf(place, state.strategy_name);
    const running = this.#running.get(key);
    return {
      ...{ app: place.app, server: place.server, name: state.strategy_name },
      ...{ class_name: state.class_name, author: state.author, inited, trading },
      symbol: state.vt_symbol ?? state.spread_name ?? '',
      running: running?.action ?? null,
      running_ms: running === undefined ? null : Math.round(this.#parts.monotonic() - running.since),
      failure: this.#failures.get(key) ?? null,
      parameters: valuesOf(state.parameters),
      variables: valuesOf(variables),
    };
  }
}

function keyOf({ key }: StrategyPlace, name: string): string {
  return `${key}/${name}`;
}

/** What a person reads of it: of a traceback the last line. */
function failureText(error: unknown): string {
  const logs = error instanceof ProblemError ? (error.details.server_log ?? []) : [];
  const traceback = logs.find((line) => line.includes('Traceback'));
  return traceback?.trimEnd().split('\n').at(-1) ?? messageOf(error);
}

/** Whether the strategy's own code has failed. */
function isFailure(error: unknown): boolean {
  return error instanceof ProblemError && error.details.reason === 'strategy-failed';
}
