/**
 * Control of the execution algorithms of a vnpy process.
 *
 * @module
 */
import type { CallOptions } from '../../../rpc/index.js';
import type { LogData } from '../../data/index.js';
import { Offset } from '../../enums/index.js';
import type { Direction } from '../../enums/index.js';
import { checkDict } from '../dicts.js';
import type { AlgoData, AppValues } from '../dicts.js';
import { AlgoStatus } from '../enums.js';
import { App } from './app.js';
import type { ControlClient, ControlOptions, Heard } from './app.js';
import { checkTerms } from './checks.js';
import { AppControlError } from './errors.js';

/** What an {@link AlgoControl} tells. */
export interface AlgoEvents {
  /** An algorithm, whenever something of it changes: also the last time, when it is finished or stopped. */
  readonly algo: AlgoData;
  /** A line of the algo engine's log. */
  readonly log: LogData;
}

/** An algorithm to start. */
export interface NewAlgo {
  /** Its template, one of `templates()`: `TwapAlgo`. */
  readonly templateName: string;
  /** The contract that it trades, `rb2705.SHFE`. */
  readonly vtSymbol: string;
  /** Buys or sells. */
  readonly direction: Direction;
  /** Open or close. Default NONE. */
  readonly offset?: Offset;
  /** Its limit. */
  readonly price: number;
  /** How much, in lots. */
  readonly volume: number;
  /** Its parameters: all of the template's. Those left out have the template's defaults. */
  readonly setting?: AppValues;
}

const TYPES = { algo: 'eAlgoUpdate', log: 'eAlgoLog' } as const;

/**
 * Controls execution algorithms, through the functions that examples/app_control.py registers.
 *
 * @example
 * ```ts
 * const control = new AlgoControl(gateway.client); // of `new RpcGateway({ registry: appsRegistry })`
 * console.log(Object.keys(await control.templates()));
 * ```
 */
export class AlgoControl {
  readonly #app: App;

  /**
   * @param client - A client that is connected, with `registry: appsRegistry`.
   * @throws {@link AppControlError} `BAD_OPTION`
   */
  constructor(client: ControlClient, options: ControlOptions = {}) {
    this.#app = new App(client, 'algo', TYPES.log, options);
  }

  /** The algorithms that are running or paused. vnpy forgets the others. */
  algos(options?: CallOptions): Promise<AlgoData[]> {
    return this.#app.list('algos', (item) => checkDict('AlgoData', item), options);
  }

  /** The kinds of algorithms that the server has, with the defaults of their parameters. */
  templates(options?: CallOptions): Promise<Readonly<Record<string, AppValues>>> {
    return this.#app.table('templates', options);
  }

  /**
   * Starts an algorithm, which may send orders at once. A call that times out may have started one: look at `algos()` first.
   *
   * @returns Its name, `TwapAlgo_1`.
   * @throws {@link AppControlError} `UNKNOWN_NAME` for a template or parameter that there is not. It is `NOT_DONE` when there is
   * no such contract, or when the algorithm says that its parameters are none.
   * @throws InvalidDataError for a price or volume that is none.
   */
  async start(algo: NewAlgo, options?: CallOptions): Promise<string> {
    const { templateName, vtSymbol, direction, offset = Offset.NONE, price, volume, setting = {} } = algo;
    checkTerms('NewAlgo', { direction, price, volume });
    const defaults = (await this.templates(options))[templateName];
    if (defaults === undefined)
      throw new AppControlError('UNKNOWN_NAME', `start: there is no template ${templateName}`);

    const unknown = Object.keys(setting).find((name) => !Object.hasOwn(defaults, name));
    if (unknown !== undefined) {
      const known = Object.keys(defaults).join(', ');
      throw new AppControlError('UNKNOWN_NAME', `start: ${templateName} has no ${unknown}; it has ${known}`);
    }
    const args = [templateName, vtSymbol, direction, offset, price, volume, { ...defaults, ...setting }];
    let name: unknown;
    const running = new Set<string>();
    const heard = this.#app.hear(TYPES.algo, (told) => {
      // It is paused at first, and what it says of its parameters stands behind that.
      if (told.status !== AlgoStatus.RUNNING) return false;
      running.add(told.algo_name);
      return told.algo_name === name;
    });
    try {
      name = await this.#app.call('start_algo', args, options);
      if (typeof name !== 'string') throw this.#app.unexpected('start_algo', 'a name', name);
      if (name === '') throw new AppControlError('NOT_DONE', `start: the server has no contract ${vtSymbol}`);
      // Its event stands behind what it logged, and comes before the answer as a rule.
      if (!running.has(name)) await heard.settled();
      await this.#checkStarted(name, heard, options);
      return name;
    } finally {
      heard.stop();
    }
  }

  /**
   * Pauses an algorithm. Its orders stay.
   *
   * @throws {@link AppControlError} `UNKNOWN_NAME` when it is not running: finished, for instance.
   */
  pause(name: string, options?: CallOptions): Promise<void> {
    return this.#command('pause_algo', name, options);
  }

  /**
   * Lets a paused algorithm go on.
   *
   * @throws {@link AppControlError} `UNKNOWN_NAME`
   */
  resume(name: string, options?: CallOptions): Promise<void> {
    return this.#command('resume_algo', name, options);
  }

  /**
   * Stops an algorithm and cancels its orders. It cannot be resumed.
   *
   * @throws {@link AppControlError} `UNKNOWN_NAME`
   */
  stop(name: string, options?: CallOptions): Promise<void> {
    return this.#command('stop_algo', name, options);
  }

  /**
   * Calls `listener` with what the algo engine tells. The client has to be subscribed to `''`.
   *
   * @returns Ends it.
   */
  on<Name extends keyof AlgoEvents>(name: Name, listener: (data: AlgoEvents[Name]) => void): () => void {
    // The table pairs each name with the type of its data.
    return this.#app.on(TYPES[name], listener as (data: unknown) => void);
  }

  /**
   * BestLimitAlgo writes into the log that its volumes are none, finishes, and runs on all the same: vnpy starts it after that.
   */
  async #checkStarted(name: string, heard: Heard, options: CallOptions | undefined): Promise<void> {
    const said = heard.logs.find((line) => line.startsWith(name) && line.includes('算法启动失败'));
    if (said === undefined) return;
    await this.#app.call('stop_algo', [name], options);
    throw new AppControlError('NOT_DONE', `start of ${name} was not done: its log says: ${said}`, { logs: [said] });
  }

  /** vnpy's engine ignores a name that it does not know. */
  async #command(command: string, name: string, options: CallOptions | undefined): Promise<void> {
    const known = (await this.algos(options)).some((algo) => algo.algo_name === name);
    if (!known) throw new AppControlError('UNKNOWN_NAME', `${command}: no algo ${name} is running or paused`);
    await this.#app.call(command, [name], options);
  }
}
