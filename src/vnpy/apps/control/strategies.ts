/**
 * What the controls of CTA and spread strategies have in common.
 *
 * @module
 */
import type { CallOptions } from '../../../rpc/index.js';
import type { AppEventData, AppEventType } from '../events.js';
import type { AppValues, StrategyData } from '../dicts.js';
import type { App, Heard } from './app.js';
import { checkFailure } from './app.js';
import { AppControlError } from './errors.js';

/** How a kind of strategies tells of itself. */
interface Telling<Data extends StrategyData, Type extends AppEventType> {
  readonly type: Type;
  /** Reads what a function gives. */
  read(item: unknown): Data;
}

/** Strategies of one application, controlled from here. */
export abstract class StrategyControl<Data extends StrategyData, Type extends AppEventType> {
  /** The application. */
  protected readonly app: App;
  readonly #telling: Telling<Data, Type>;

  protected constructor(app: App, telling: Telling<Data, Type>) {
    this.app = app;
    this.#telling = telling;
  }

  /** All strategies, with their parameters and variables as they are now. */
  strategies(options?: CallOptions): Promise<Data[]> {
    return this.app.list('strategies', (item) => this.#telling.read(item), options);
  }

  /** One strategy; undefined when there is none of this name. */
  async strategy(name: string, options?: CallOptions): Promise<Data | undefined> {
    return (await this.strategies(options)).find((data) => data.strategy_name === name);
  }

  /** The classes of strategies that the server has, with their parameters and the defaults of these. */
  classes(options?: CallOptions): Promise<Readonly<Record<string, AppValues>>> {
    return this.app.table('classes', options);
  }

  /**
   * Runs `on_init`, which loads history, and resolves when it is done. The server goes on answering meanwhile.
   *
   * @throws {@link AppControlError} `STRATEGY_FAILED` when the strategy's code raised an exception: vnpy itself says that it is
   * initialised all the same. `TIMEOUT` when it takes longer than `initTimeout`; it goes on then.
   */
  init(name: string, options?: CallOptions): Promise<Data> {
    return this.#act(
      name,
      `init of ${name}`,
      options,
      ({ inited }) => inited,
      async () => {
        // vnpy looks the name up on a thread of its own, where a KeyError would be the strategy's.
        if ((await this.strategy(name, options)) === undefined)
          throw new AppControlError('UNKNOWN_NAME', `init: there is no strategy ${name}`);

        await this.app.call('init_strategy', [name], options, [name]);
        await this.#initialised(name, options);
      },
    );
  }

  /**
   * Starts a strategy that is initialised. From now on it may send orders.
   *
   * @throws {@link AppControlError} `NOT_DONE` when it is not initialised, `STRATEGY_FAILED` when `on_start` raised an exception.
   */
  start(name: string, options?: CallOptions): Promise<Data> {
    return this.#act(
      name,
      `start of ${name}`,
      options,
      ({ trading }) => trading,
      () => this.app.call('start_strategy', [name], options, [name]),
    );
  }

  /**
   * Stops a strategy and cancels its orders. One that is stopped stays so.
   *
   * @throws {@link AppControlError}
   */
  stop(name: string, options?: CallOptions): Promise<Data> {
    return this.#act(
      name,
      `stop of ${name}`,
      options,
      ({ trading }) => !trading,
      () => this.app.call('stop_strategy', [name], options, [name]),
    );
  }

  /**
   * Changes parameters. Those that are not named stay.
   *
   * @throws {@link AppControlError} `UNKNOWN_NAME` for a parameter that the strategy does not have, which vnpy would ignore.
   */
  async edit(name: string, setting: AppValues, options?: CallOptions): Promise<Data> {
    const before = await this.strategy(name, options);
    if (before === undefined) throw new AppControlError('UNKNOWN_NAME', `edit: there is no strategy ${name}`);
    const parameters = Object.keys(before.parameters);
    const unknown = Object.keys(setting).find((each) => !parameters.includes(each));
    if (unknown !== undefined) {
      const message = `edit: ${name} has no parameter ${unknown}; it has ${parameters.join(', ')}`;
      throw new AppControlError('UNKNOWN_NAME', message);
    }
    // vnpy writes the setting into its file as it is given: a part of it would lose the rest at the next start.
    const whole = { ...before.parameters, ...setting };
    return this.#act(
      name,
      `edit of ${name}`,
      options,
      () => true,
      () => this.app.call('edit_strategy', [name, whole], options, [name]),
    );
  }

  /**
   * Removes a strategy that is stopped.
   *
   * @throws {@link AppControlError} `NOT_DONE` when it is trading.
   */
  async remove(name: string, options?: CallOptions): Promise<void> {
    const heard = this.#hear(name);
    try {
      const removed = await this.app.call('remove_strategy', [name], options, [name]);
      if (removed === true) return;
      await heard.settled();
      throw this.app.notDone(`remove of ${name}`, heard.logs);
    } finally {
      heard.stop();
    }
  }

  /** Adds a strategy: vnpy only logs why it does not. */
  protected async create(
    className: string,
    name: string,
    place: string,
    setting: AppValues,
    options: CallOptions | undefined,
  ): Promise<Data> {
    if ((await this.strategy(name, options)) !== undefined)
      throw new AppControlError('NOT_DONE', `add: there is a strategy ${name} already`);
    return this.#act(
      name,
      `add of ${name}`,
      options,
      () => true,
      () => this.app.call('add_strategy', [className, name, place, setting], options),
    );
  }

  #hear(name: string, isDone: (variables: Data['variables']) => boolean = () => true): Heard {
    return this.app.hear(this.#telling.type, (told: AppEventData[Type]) => {
      const data = this.#telling.read(told);
      // A strategy may tell of itself while it is at it: that is not the end.
      return data.strategy_name === name && isDone(data.variables);
    });
  }

  /** Does something, and looks whether it was done: vnpy's applications write into their log what they do not do. */
  async #act(
    name: string,
    what: string,
    options: CallOptions | undefined,
    isDone: (variables: Data['variables']) => boolean,
    work: () => Promise<unknown>,
  ): Promise<Data> {
    const heard = this.#hear(name, isDone);
    try {
      await work();
      // Its event stands behind all that it logged: once that is here, the log is.
      await heard.settled();
      checkFailure(name, heard.logs);
      const after = await this.strategy(name, options);
      if (after === undefined || !isDone(after.variables)) throw this.app.notDone(what, heard.logs);
      return after;
    } finally {
      heard.stop();
    }
  }

  async #initialised(name: string, options: CallOptions | undefined): Promise<void> {
    const { initTimeout, initInterval } = this.app.options;
    const end = performance.now() + initTimeout;
    for (;;) {
      const state = await this.app.call('init_state', [name], options, [name]);
      if (state === 'None') return;
      if (typeof state === 'string')
        throw new AppControlError('STRATEGY_FAILED', `init of ${name}: ${state}`, { logs: [state] });

      if (state !== false) throw this.app.unexpected('init_state', 'False or a text', state);
      if (performance.now() >= end)
        throw new AppControlError('TIMEOUT', `init of ${name} is not done after ${initTimeout} ms, and goes on`);

      await new Promise((resolve) => setTimeout(resolve, initInterval));
      options?.signal?.throwIfAborted();
    }
  }
}
