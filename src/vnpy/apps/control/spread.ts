/**
 * Control of the spreads, their algorithms and their strategies in a vnpy process.
 *
 * @module
 */
import type { CallOptions } from '../../../rpc/index.js';
import type { LogData } from '../../data/index.js';
import type { Direction } from '../../enums/index.js';
import { AlgoItem, SpreadItem } from '../classes.js';
import { checkDict } from '../dicts.js';
import type { AppValues, SpreadStrategyData } from '../dicts.js';
import { App } from './app.js';
import type { ControlClient, ControlOptions } from './app.js';
import { checkTerms } from './checks.js';
import { AppControlError } from './errors.js';
import { StrategyControl } from './strategies.js';

/** What a {@link SpreadControl} tells. */
export interface SpreadEvents {
  /** A strategy with its parameters and variables. */
  readonly strategy: SpreadStrategyData;
  /** A line of the spread engine's log. */
  readonly log: LogData;
  /** A spread whose price has changed. */
  readonly price: SpreadItem;
  /** A spread whose position has changed. */
  readonly position: SpreadItem;
  /** An algorithm, whenever something of it changes. */
  readonly algo: AlgoItem;
}

/** A leg of a spread. */
export interface SpreadLeg {
  /** Its letter in the price formula, `A`. */
  readonly variable: string;
  /** The contract, `rb2705.SHFE`. */
  readonly vtSymbol: string;
  /** 1 where a higher price of the leg makes the spread dearer, else -1. */
  readonly direction: 1 | -1;
  /** How many lots one spread trades; negative where it sells them. */
  readonly multiplier: number;
}

/** A spread to add. */
export interface NewSpread {
  /** A name that no other spread has. */
  readonly name: string;
  /** Its legs. */
  readonly legs: readonly SpreadLeg[];
  /** The price by the letters of the legs, `A-B`. vnpy evaluates it as Python. */
  readonly priceFormula: string;
  /** The contract of the leg that is traded first. */
  readonly activeSymbol: string;
  /** The smallest volume of it. Default 1. */
  readonly minVolume?: number;
}

/** A spread strategy to add. */
export interface NewSpreadStrategy {
  /** Its class, one of `classes()`. */
  readonly className: string;
  /** A name that no other strategy has. */
  readonly name: string;
  /** The spread that it trades. */
  readonly spreadName: string;
  /** Its parameters; those left out have their defaults. */
  readonly setting?: AppValues;
}

/** An algorithm to start. */
export interface NewSpreadAlgo {
  /** The spread that it trades. */
  readonly spreadName: string;
  /** Buys or sells the spread. */
  readonly direction: Direction;
  /** Limit, as a price of the spread. */
  readonly price: number;
  /** How much, in spreads. */
  readonly volume: number;
  /** How many price ticks beyond the market its orders go. Default 5. */
  readonly payup?: number;
  /** Seconds after which an order that is not filled is cancelled. Default 5. */
  readonly interval?: number;
  /** Whether to open in the other direction instead of closing what is of today. Default false. */
  readonly lock?: boolean;
  /** Settings of a kind of algorithm of your own. */
  readonly extra?: AppValues;
}

const TYPES = {
  strategy: 'eSpreadStrategy',
  log: 'eSpreadLog',
  price: 'eSpreadData',
  position: 'eSpreadPos',
  algo: 'eSpreadAlgo',
} as const;

/**
 * Controls spreads, their algorithms and their strategies, through the functions that examples/app_control.py registers.
 *
 * @example
 * ```ts
 * const control = new SpreadControl(gateway.client); // of `new RpcGateway({ registry: appsRegistry })`
 * const [spread] = await control.spreads();
 * ```
 */
export class SpreadControl extends StrategyControl<SpreadStrategyData, 'eSpreadStrategy'> {
  /**
   * @param client - A client that is connected, with `registry: appsRegistry`.
   * @throws {@link AppControlError} `BAD_OPTION`
   */
  constructor(client: ControlClient, options: ControlOptions = {}) {
    const app = new App(client, 'spread', TYPES.log, options);
    super(app, { type: TYPES.strategy, read: (item) => checkDict('SpreadStrategyData', item) });
  }

  /** All spreads, with price and position. */
  spreads(options?: CallOptions): Promise<SpreadItem[]> {
    return this.app.list('spreads', (item) => this.#item(SpreadItem, 'spreads', item), options);
  }

  /** All algorithms since the server's start. */
  algos(options?: CallOptions): Promise<AlgoItem[]> {
    return this.app.list('algos', (item) => this.#item(AlgoItem, 'algos', item), options);
  }

  /**
   * Adds a spread.
   *
   * @throws {@link AppControlError} `NOT_DONE` when the name is taken. What vnpy raises comes as a RemoteException.
   */
  async addSpread(spread: NewSpread, options?: CallOptions): Promise<SpreadItem> {
    const { name, legs, priceFormula, activeSymbol, minVolume = 1 } = spread;
    const isThere = ({ name: other }: SpreadItem): boolean => other === name;
    if ((await this.spreads(options)).some(isThere))
      throw new AppControlError('NOT_DONE', `addSpread: there is a spread ${name} already`);

    const settings = legs.map(({ variable, vtSymbol, direction, multiplier }) => ({
      variable,
      vt_symbol: vtSymbol,
      trading_direction: direction,
      trading_multiplier: multiplier,
    }));
    await this.app.call('add_spread', [name, settings, priceFormula, activeSymbol, minVolume], options);
    const added = (await this.spreads(options)).find(isThere);
    if (added === undefined) throw this.app.notDone(`addSpread of ${name}`, []);
    return added;
  }

  /** Removes a spread. What trades it goes on until the server is started again: vnpy has it so. */
  async removeSpread(name: string, options?: CallOptions): Promise<void> {
    await this.app.call('remove_spread', [name], options);
  }

  /**
   * Adds a strategy. It does nothing until it is initialised and started.
   *
   * @throws {@link AppControlError} `NOT_DONE` when the engine refuses: there is no such class or spread, or the name is taken.
   */
  add(strategy: NewSpreadStrategy, options?: CallOptions): Promise<SpreadStrategyData> {
    const { className, name, spreadName, setting = {} } = strategy;
    return this.create(className, name, spreadName, setting, options);
  }

  /**
   * Starts an algorithm, which sends orders at once. A call that times out may have started one: look at `algos()` first.
   *
   * @returns Its id, `SpreadTaker_000001`.
   * @throws {@link AppControlError} `NOT_DONE` when there is no such spread; InvalidDataError for a price or volume that is none.
   */
  async startAlgo(algo: NewSpreadAlgo, options?: CallOptions): Promise<string> {
    const { spreadName, direction, price, volume, payup = 5, interval = 5, lock = false, extra = {} } = algo;
    checkTerms('NewSpreadAlgo', { direction, price, volume });
    const args = [spreadName, direction, price, volume, payup, interval, lock, extra];
    const id = await this.app.call('start_algo', args, options);
    if (typeof id !== 'string') throw this.app.unexpected('start_algo', 'an id', id);
    if (id === '') throw new AppControlError('NOT_DONE', `startAlgo: there is no spread ${spreadName}`);
    return id;
  }

  /**
   * Stops an algorithm and cancels its orders.
   *
   * @throws {@link AppControlError} `UNKNOWN_NAME` when there is none of this id.
   */
  async stopAlgo(algoid: string, options?: CallOptions): Promise<AlgoItem> {
    await this.app.call('stop_algo', [algoid], options);
    const stopped = (await this.algos(options)).find((item) => item.algoid === algoid);
    if (stopped === undefined) throw new AppControlError('UNKNOWN_NAME', `stopAlgo: there is no algo ${algoid}`);
    return stopped;
  }

  /**
   * Calls `listener` with what the spread engine tells. The client has to be subscribed to `''`.
   *
   * @returns Ends it.
   */
  on<Name extends keyof SpreadEvents>(name: Name, listener: (data: SpreadEvents[Name]) => void): () => void {
    // The table pairs each name with the type of its data.
    return this.app.on(TYPES[name], listener as (data: unknown) => void);
  }

  #item<T>(type: abstract new (...args: never[]) => T, name: string, item: unknown): T {
    if (item instanceof type) return item;
    throw this.app.unexpected(name, `a list of ${type.name} (the client needs \`registry: appsRegistry\`)`, item);
  }
}
