/**
 * What the console needs of the applications whose strategies it shows.
 *
 * @module
 */
import { ConsoleError, optionChecks } from '../errors.js';

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
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Its variables, as they are now. */
  readonly variables: Readonly<Record<string, unknown>> & { readonly inited: boolean; readonly trading: boolean };
}

/** The strategies of one application: `CtaControl` and `SpreadControl` of `vnpy-bridge/vnpy/apps` have it. */
export interface StrategyApp {
  /** All strategies, as they are now. */
  strategies(): Promise<readonly StrategyState[]>;
  /** Runs `on_init`; resolves when it is done. Rejects with an `AppControlError`, as the others do. */
  init(name: string): Promise<unknown>;
  /** Starts a strategy: it may send orders from then on. */
  start(name: string): Promise<unknown>;
  /** Stops a strategy; vnpy cancels its orders. */
  stop(name: string): Promise<unknown>;
}

/** The applications that a console shows. */
export interface StrategyApps {
  /** CTA strategies. */
  readonly cta?: StrategyApp;
  /** Spread strategies. */
  readonly spread?: StrategyApp;
}

/** The names that applications have in addresses, and before the functions of examples/app_control.py. */
export const APP_NAMES = ['cta', 'spread'] as const;
export type AppName = (typeof APP_NAMES)[number];

/** What can be done to a strategy. */
export const STRATEGY_ACTIONS = ['init', 'start', 'stop'] as const;
export type StrategyAction = (typeof STRATEGY_ACTIONS)[number];

/** @throws ConsoleError `BAD_OPTION` for what is no such object. */
export function checkApps(name: string, apps: StrategyApps): StrategyApps {
  optionChecks.options(name, apps, { cta: true, spread: true });
  for (const [app, control] of Object.entries(apps)) {
    const given = optionChecks.object(`${name}.${app}`, control as object);
    const missing = ['strategies', ...STRATEGY_ACTIONS].find((each) => typeof Reflect.get(given, each) !== 'function');
    if (missing !== undefined)
      throw new ConsoleError('BAD_OPTION', `${name}.${app} has no ${missing}(): give a CtaControl or a SpreadControl`);
  }
  return apps;
}

/** The function by which a policy says who may do it. */
export function functionOf(app: AppName, action: StrategyAction | 'list'): string {
  return action === 'list' ? `${app}_strategies` : `${app}_${action}_strategy`;
}
