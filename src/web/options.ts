/**
 * The options of a console.
 *
 * @module
 */
import { option, OptionTable } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import { shown } from '../options.js';
import type { Logger } from '../rpc/index.js';
import { Guard } from '../guard/index.js';
import type { Desk } from './desk/desk.js';
import { ConsoleError, optionChecks } from './errors.js';
import { checkApps } from './strategies/apps.js';
import type { StrategyApps } from './strategies/apps.js';

/** Options of {@link createConsole}. */
export interface ConsoleOptions {
  /** Address to listen at. Default `'127.0.0.1'`. Any other needs `tls`, `behindProxy` or `plainHttp`. */
  readonly host?: string;
  /** Port to listen at; 0 takes a free one. Default 8787. */
  readonly port?: number;
  /** Send and cancel orders. Default false: those routes are not there. */
  readonly trade?: boolean;
  /** File of the users; made, for its owner alone, when it is missing. Default: users end with the process. */
  readonly users?: string;
  /** Folder for the ids of orders, halts, audit and preferences. Default: they end with the process. */
  readonly dataFolder?: string;
  /** Other origins by which browsers reach it, `https://desk.example.com`. Default: none. */
  readonly origins?: readonly string[];
  /** A proxy of this machine stands before it, and adds X-Forwarded-For. Default false. */
  readonly behindProxy?: boolean;
  /** Certificate and key, as PEM. Default: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Listen at other addresses than loopback without TLS; nobody trades then. Default false. */
  readonly plainHttp?: boolean;
  /** Whoever may trade needs a second factor. Default false. */
  readonly requireTotp?: boolean;
  /** Lots of one order at most, without a desk of one's own. Default 100. */
  readonly maxVolume?: number;
  /** How far a buy may be above the last price, and a sell below: 0.05 is 5 %. Default 0.05. */
  readonly priceBand?: number;
  /** Orders a second of one user. Default 10. */
  readonly ordersPerSecond?: number;
  /** Requests a second of one user. Default 100. */
  readonly requestsPerSecond?: number;
  /** Warn when a price is further from the last one than this part of it. Default 0.02. */
  readonly farFromLast?: number;
  /** Warn of more lots than this. Default 50. */
  readonly largeVolume?: number;
  /** Warn of an order without a price when bid and ask are more price ticks apart. Default 10. */
  readonly wideSpreadTicks?: number;
  /** A symbol is stale when no tick came for this long, in ms. Default 60,000. */
  readonly staleAfter?: number;
  /** A session ends without a request for this long, in ms. Default 43,200,000, which is 12 h. */
  readonly sessionIdle?: number;
  /** A session ends after this, in ms. Default 86,400,000, which is 24 h. */
  readonly sessionLength?: number;
  /** Folder of the built page. Default: the one in this package. */
  readonly page?: string;
  /** A guard decides rights, limits and halts: a user's role is one of its policy, and the principal has `webUser`. */
  readonly guard?: Guard;
  /** Decides them in place of a guard. Default: the roles viewer, trader, admin and audit. */
  readonly desk?: Desk;
  /** Shows strategies, spreads and algorithms of vnpy's applications, and lets traders control them. Default: none. */
  readonly strategies?: StrategyApps;
  /** Gets log lines. Default: none. */
  readonly logger?: Logger;
}

const HOUR = 3_600_000;

/** The table. */
export const CONSOLE_OPTIONS = new OptionTable(optionChecks, 'the options of createConsole', {
  host: option.text('127.0.0.1'),
  port: option.count({ least: 0, most: 65_535 }, 8787),
  trade: option.flag(false),
  users: option.text(),
  dataFolder: option.text(),
  origins: option.other('an array of texts', checkOrigins),
  behindProxy: option.flag(false),
  tls: option.other('`cert` and `key`, PEM texts', checkTls),
  plainHttp: option.flag(false),
  requireTotp: option.flag(false),
  maxVolume: option.limit(100),
  priceBand: option.limit(0.05),
  ordersPerSecond: option.count({ least: 1 }, 10),
  requestsPerSecond: option.count({ least: 1 }, 100),
  farFromLast: option.limit(0.02),
  largeVolume: option.limit(50),
  wideSpreadTicks: option.limit(10),
  staleAfter: option.duration(60_000),
  sessionIdle: option.duration(12 * HOUR),
  sessionLength: option.duration(24 * HOUR),
  page: option.text(),
  guard: option.instance(Guard),
  desk: option.other<Desk>('a `Desk`'),
  strategies: option.other(
    '`cta`, `spread` and `algo`: a `CtaControl`, a `SpreadControl`, an `AlgoControl`',
    checkApps,
  ),
  logger: option.other<Logger>('a `Logger`'),
} satisfies RowsOf<ConsoleOptions>);

/** @throws ConsoleError `BAD_OPTION` for what browsers would not send as an Origin. */
function checkOrigins(name: string, origins: readonly string[]): readonly string[] {
  for (const given of optionChecks.textList(name, origins)) {
    if (!URL.canParse(given) || new URL(given).origin !== given.toLowerCase().replace(/\/$/, '')) {
      throw new ConsoleError(
        'BAD_OPTION',
        `${name}: an origin is https://HOST or https://HOST:PORT, not ${shown(given)}`,
      );
    }
  }
  return origins.map((given) => new URL(given).origin);
}

function checkTls(name: string, tls: { cert: string; key: string }): { readonly cert: string; readonly key: string } {
  const { cert, key } = optionChecks.object(name, tls);
  return { cert: optionChecks.secret(`${name}.cert`, cert), key: optionChecks.secret(`${name}.key`, key) };
}
