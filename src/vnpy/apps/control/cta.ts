/**
 * Control of the CTA strategies of a vnpy process.
 *
 * @module
 */
import type { CallOptions } from '../../../rpc/index.js';
import type { LogData } from '../../data/index.js';
import type { StopOrder } from '../classes.js';
import { checkDict } from '../dicts.js';
import type { AppValues, CtaStrategyData } from '../dicts.js';
import { App } from './app.js';
import type { ControlClient, ControlOptions } from './app.js';
import { StrategyControl } from './strategies.js';

/** What a {@link CtaControl} tells. */
export interface CtaEvents {
  /** A strategy with its parameters and variables, whenever something of it changes. */
  readonly strategy: CtaStrategyData;
  /** A line of the CTA engine's log. */
  readonly log: LogData;
  /** A stop order that the CTA engine keeps. */
  readonly stopOrder: StopOrder;
}

/** A CTA strategy to add. */
export interface NewCtaStrategy {
  /** Its class, one of `classes()`. */
  readonly className: string;
  /** A name that no other strategy has. */
  readonly name: string;
  /** The contract that it trades, `rb2705.SHFE`. */
  readonly vtSymbol: string;
  /** Its parameters; those left out have their defaults. */
  readonly setting?: AppValues;
}

const TYPES = { strategy: 'eCtaStrategy', log: 'eCtaLog', stopOrder: 'eCtaStopOrder' } as const;

/**
 * Controls the CTA strategies of a vnpy process, through the functions that examples/app_control.py registers there.
 *
 * @example
 * ```ts
 * const control = new CtaControl(gateway.client); // of `new RpcGateway({ registry: appsRegistry })`
 * await control.add({ className: 'DoubleMaStrategy', name: 'double', vtSymbol: 'rb2705.SHFE' });
 * await control.init('double');
 * await control.start('double');
 * ```
 */
export class CtaControl extends StrategyControl<CtaStrategyData, 'eCtaStrategy'> {
  /**
   * @param client - A client that is connected, with `registry: appsRegistry`.
   * @throws {@link AppControlError} `BAD_OPTION`
   */
  constructor(client: ControlClient, options: ControlOptions = {}) {
    const app = new App(client, 'cta', TYPES.log, options);
    super(app, { type: TYPES.strategy, read: (item) => checkDict('CtaStrategyData', item) });
  }

  /**
   * Adds a strategy. It does nothing until it is initialised and started.
   *
   * @throws {@link AppControlError} `NOT_DONE` when the CTA engine refuses: there is no such class, or the name is taken.
   */
  add({ className, name, vtSymbol, setting = {} }: NewCtaStrategy, options?: CallOptions): Promise<CtaStrategyData> {
    return this.create(className, name, vtSymbol, setting, options);
  }

  /**
   * Calls `listener` with what the CTA engine tells. The client has to be subscribed to `''`.
   *
   * @returns Ends it.
   */
  on<Name extends keyof CtaEvents>(name: Name, listener: (data: CtaEvents[Name]) => void): () => void {
    // The table pairs each name with the type of its data.
    return this.app.on(TYPES[name], listener as (data: unknown) => void);
  }
}
