/**
 * What the console needs of the applications that it shows.
 *
 * @module
 */
import type { AlgoControl, AlgoItem, NewSpread, NewSpreadAlgo, SpreadItem } from '../../vnpy/apps/index.js';
import { ConsoleError, optionChecks } from '../errors.js';

/** Values of a strategy, by name. */
type Values = Readonly<Record<string, unknown>>;

/** A strategy, as vnpy's applications tell of it. */
export interface StrategyState {
  /** Name of the strategy. */
  readonly strategy_name: string;
  /** Name of its class. */
  readonly class_name: string;
  /** Who wrote it. */
  readonly author: string;
  /** The contract that a CTA strategy trades. */
  readonly vt_symbol?: string;
  /** The spread that a spread strategy trades. */
  readonly spread_name?: string;
  /** Its parameters, which a person sets. */
  readonly parameters: Values;
  /** Its variables, as they are now. */
  readonly variables: Values & { readonly inited: boolean; readonly trading: boolean };
}

/** Tells of an application's log. */
export interface AppLogging {
  /** Calls `listener` with each line of the log. @returns Ends it. */
  on(name: 'log', listener: (line: { readonly msg: string }) => void): () => void;
}

/** The strategies of one application. Rejections are an `AppControlError` as a rule. */
export interface StrategyApp extends AppLogging {
  /** All strategies, as they are now. */
  strategies(): Promise<readonly StrategyState[]>;
  /** The classes of strategies, with the defaults of their parameters. */
  classes(): Promise<Readonly<Record<string, Values>>>;
  /** Runs `on_init`; resolves when it is done. */
  init(name: string): Promise<unknown>;
  /** Starts a strategy: it may send orders from then on. */
  start(name: string): Promise<unknown>;
  /** Stops a strategy; vnpy cancels its orders. */
  stop(name: string): Promise<unknown>;
  /** Changes parameters. Those that are not named stay. */
  edit(name: string, setting: Values): Promise<unknown>;
  /** Removes a strategy that is stopped. */
  remove(name: string): Promise<unknown>;
}

/** A strategy to add. */
export interface NewStrategy {
  /** Name of its class. */
  readonly className: string;
  /** Name that it is to have. */
  readonly name: string;
  /** Its parameters, by name. */
  readonly setting: Values;
}

/** CTA strategies: `CtaControl` of `vnpy-bridge/vnpy/apps` has it. */
export interface CtaApp extends StrategyApp {
  /** Adds a strategy. It does nothing until it is initialised and started. */
  add(strategy: NewStrategy & { readonly vtSymbol: string }): Promise<unknown>;
}

/** Spreads, their strategies and their algorithms: `SpreadControl` of `vnpy-bridge/vnpy/apps` has it. */
export interface SpreadApp extends StrategyApp {
  /** Adds a strategy. It does nothing until it is initialised and started. */
  add(strategy: NewStrategy & { readonly spreadName: string }): Promise<unknown>;
  /** All spreads, with price and position. */
  spreads(): Promise<readonly SpreadItem[]>;
  /** Adds a spread. */
  addSpread(spread: NewSpread): Promise<unknown>;
  /** Removes a spread. */
  removeSpread(name: string): Promise<unknown>;
  /** All algorithms since the server's start. */
  algos(): Promise<readonly AlgoItem[]>;
  /** Starts an algorithm. @returns Its id. */
  startAlgo(algo: NewSpreadAlgo): Promise<string>;
  /** Stops an algorithm and cancels its orders. */
  stopAlgo(algoid: string): Promise<unknown>;
}

/** Execution algorithms: `AlgoControl` of `vnpy-bridge/vnpy/apps` has it. */
export type AlgoApp = Pick<AlgoControl, 'algos' | 'templates' | 'start' | 'pause' | 'resume' | 'stop' | 'on'>;

/** The applications of one vnpy server. */
export interface ServerApps {
  /** CTA strategies. */
  readonly cta?: CtaApp;
  /** Spreads. */
  readonly spread?: SpreadApp;
  /** Execution algorithms. */
  readonly algo?: AlgoApp;
}

/** The applications that a console shows: of its server, or of each of its servers by name. */
export interface StrategyApps extends ServerApps {
  /** By the name that a `JoinedEngine` gives the server. Then there are none beside it. */
  readonly servers?: Readonly<Record<string, ServerApps>>;
}

/** The names that applications have in addresses, and before the functions of examples/app_control.py. */
export const APP_NAMES = ['cta', 'spread', 'algo'] as const;
export type AppName = (typeof APP_NAMES)[number];

const OF_STRATEGIES = ['strategies', 'classes', 'init', 'start', 'stop', 'edit', 'remove', 'add', 'on'];
const METHODS: Readonly<Record<AppName, readonly string[]>> = {
  cta: OF_STRATEGIES,
  spread: [...OF_STRATEGIES, 'spreads', 'addSpread', 'removeSpread', 'algos', 'startAlgo', 'stopAlgo'],
  algo: ['algos', 'templates', 'start', 'pause', 'resume', 'stop', 'on'],
};

/** @throws ConsoleError `BAD_OPTION` for what is no such object. */
export function checkApps(name: string, apps: StrategyApps): StrategyApps {
  optionChecks.options(name, apps, { cta: true, spread: true, algo: true, servers: true });
  const { servers, ...own } = apps;
  checkServer(name, own);
  if (servers === undefined) return apps;
  if (Object.keys(own).length > 0)
    throw new ConsoleError('BAD_OPTION', `${name}: give the applications of one server, or \`servers\`, not both`);

  for (const [server, given] of Object.entries(optionChecks.object(`${name}.servers`, servers))) {
    const path = `${name}.servers.${server}`;
    optionChecks.options(path, given, { cta: true, spread: true, algo: true });
    checkServer(path, given);
  }
  return apps;
}

function checkServer(name: string, apps: ServerApps): void {
  for (const [app, control] of Object.entries(apps)) {
    const given = optionChecks.object(`${name}.${app}`, control as object);
    const missing = METHODS[app as AppName].find((each) => typeof Reflect.get(given, each) !== 'function');
    if (missing !== undefined) {
      const wanted = `give a CtaControl, SpreadControl or AlgoControl`;
      throw new ConsoleError('BAD_OPTION', `${name}.${app} has no ${missing}(): ${wanted}`);
    }
  }
}
