/**
 * A policy as the guard works with it: read, checked, with every default filled in, and frozen.
 *
 * @module
 */

/** A text with `*` for any run of characters; nothing else is special, `\*` is a star. Matched whole, as it is on the wire. */
export type Pattern = string;

/** A policy. `read.ts` makes it from a file or an object, whole or not at all. */
export interface Policy {
  readonly version: 1;
  /** SHA-256 of the text that it was read from, as hexadecimal. */
  readonly hash: string;
  /** The zone of days that name none. */
  readonly zone: string;
  /** When trading days begin; the first that names an exchange holds. */
  readonly days: readonly DayRule[];
  /** `false`: on purpose none. `undefined`: none, and so no orders. */
  readonly audit: AuditPolicy | false | undefined;
  readonly fresh: Freshness;
  /** What vnpy's contracts do not tell; the first that matches holds. */
  readonly contracts: readonly ContractRule[];
  /** Limits of accounts, shared by all principals, by `GATEWAY.accountid`. */
  readonly accounts: readonly AccountRule[];
  /** How many persons have to say that a halt ends. */
  readonly resumeBy: 1 | 2;
  readonly roles: ReadonlyMap<string, Role>;
  readonly principals: ReadonlyMap<string, Principal>;
}

/** When the trading day of some exchanges begins. */
export interface DayRule {
  /** vnpy's names of exchanges, or `*`. */
  readonly exchanges: readonly Pattern[];
  /** Minutes since midnight. */
  readonly starts: number;
  /** On which days it begins: 0 is Sunday. */
  readonly on: readonly number[];
  readonly zone: string;
}

/** Where the audit is written. Paths are absolute, or relative to the folder of the policy. */
export interface AuditPolicy {
  readonly file: string;
  /** Where else anchors go: `file:PATH`, `log`. */
  readonly anchors: readonly string[];
  /** The file of the key that signs anchors; made when it is missing. */
  readonly key: string | undefined;
  /** When a new file is begun: at a size in bytes, and with each day in UTC where `day` is true. */
  readonly rotate: { readonly bytes: number; readonly day: boolean };
}

/** How old data may be, in ms. */
export interface Freshness {
  readonly tick: number;
  readonly position: number;
  readonly account: number;
  /** What prices are compared with while there was no trade today. */
  readonly reference: 'last' | 'preClose';
}

/** What is to be known of contracts beyond vnpy's data. */
export interface ContractRule {
  /** Of a vt_symbol. */
  readonly match: Pattern;
  readonly inverse: boolean;
  readonly currency: string | undefined;
  /** `legs`: a spread, whose value is the sum of its legs. */
  readonly notional: 'price' | 'legs';
}

/** An account's limits. */
export interface AccountRule {
  /** Of `GATEWAY.accountid`, or of `GATEWAY.*`. */
  readonly match: Pattern;
  readonly limits: Limits;
  /** What to do about orders that the guard has not sent. */
  readonly foreignOrders: 'count' | 'reduce' | 'halt';
}

/** Names a role may allow, or denies. */
export interface Names {
  readonly functions?: readonly Pattern[];
  readonly gateways?: readonly Pattern[];
  readonly accounts?: readonly Pattern[];
  readonly symbols?: readonly Pattern[];
  /** Names of vnpy's Product: `FUTURES`. */
  readonly products?: readonly Pattern[];
  /** Names of vnpy's OrderType: `LIMIT`. */
  readonly orderTypes?: readonly Pattern[];
}

/** What more a principal may do than calling functions. */
export type Right = 'halt' | 'resume' | 'flatten' | 'audit' | 'users';

/** A role with what it extends united in. What is left out of {@link Names} is allowed whole, but for `functions`: none. */
export interface Role extends Names {
  readonly name: string;
  readonly deny: Names;
  /** Whether patterns of `functions` allow names that are registered later. */
  readonly future: boolean;
  readonly cancel: 'own' | 'all';
  readonly see: 'own' | 'all';
  readonly rights: readonly Right[];
  readonly limits: Limits;
  /** From which part of a limit on a warning is told: 0.8. */
  readonly warnAt: number | undefined;
}

/** Who may connect, and as what. */
export interface Principal {
  readonly name: string;
  /** Names of roles. */
  readonly roles: readonly string[];
  /** Public keys as Z85 text: one, or two while one takes the place of the other. */
  readonly curveKeys: readonly string[];
  readonly plainUser: string | undefined;
  /** IP addresses and networks (`10.1.0.0/16`) that it may come from. Alone, they say who it is. */
  readonly addresses: readonly string[];
  readonly webUser: string | undefined;
  readonly natsKeys: readonly string[];
  /** The end of its rights, in ms since the epoch. */
  readonly until: number | undefined;
  /** Addresses of its own, on which nobody else is served. */
  readonly listen: ListenAddresses | undefined;
  /** Cancel its orders when it has been away so long, in ms. */
  readonly cancelOnDisconnect: number | undefined;
}

/** Where a principal is served alone. */
export interface ListenAddresses {
  readonly request: string;
  readonly subscribe: string;
  readonly subscribePair: string | undefined;
}

/** A limit of all symbols together and of each. */
export interface Counted {
  readonly total?: Bound;
  readonly perSymbol?: Bound;
}

/** A finite number above 0; `false` allows nothing. */
export type Bound = number | false;

/** The limits of guard. What is left out has no limit. */
export interface Limits {
  /** Lots of one order. */
  readonly orderVolume?: Bound;
  /** Value of one order, by currency. */
  readonly orderNotional?: Readonly<Record<string, Bound>>;
  readonly priceBand?: {
    /** How far a buy may be above the reference, and a sell below: 0.02 is 2 %. */
    readonly aggressive: number;
    /** How far a buy may be below the reference, and a sell above: 0.1 is 10 %. */
    readonly passive?: number;
    /** The band where the reference is not above 0, in price ticks. */
    readonly ticks?: number;
  };
  /** Orders and cancels in any 1,000 ms. Cancels count and are not refused. */
  readonly messagesPerSecond?: Bound;
  readonly ordersPerDay?: Counted;
  readonly messagesPerDay?: Counted;
  /** At it, new orders are refused; cancels only with `hard`. */
  readonly cancelsPerDay?: Counted & { readonly hard?: boolean };
  readonly openOrders?: Counted;
  readonly positionVolume?: Counted & {
    /** `own`: by the principal's fills. `account`: by the account's positions. */
    readonly of?: 'own' | 'account';
    /** One sum over all gateways. */
    readonly across?: boolean;
  };
  /** Nothing but what reduces a position. */
  readonly closeOnly?: boolean;
  /** Lots of opening orders sent in a trading day. */
  readonly openVolumePerDay?: Counted;
  /** Cancels of orders of at least `lots` a day. */
  readonly largeCancels?: { readonly lots: number; readonly max: Bound };
  readonly selfTrade?: 'refuse';
  /** The same order so often is refused. */
  readonly duplicates?: {
    /** How many times. */
    readonly count: number;
    /** Within how long, in ms. */
    readonly within: number;
  };
  /** So many refusals halt the principal. */
  readonly refusals?: {
    /** How many. */
    readonly count: number;
    /** Within how long, in ms. */
    readonly within: number;
    readonly then: 'reduce' | 'halt';
  };
  /** Loss in a trading day, in the account's money, from which on the principal is halted. */
  readonly lossPerDay?: { readonly max: number; readonly then: 'reduce' | 'halt' };
}

/** Every rule that can refuse, by the code that a text begins with. `function` to `orderType` are rights. */
export type Rule =
  | 'principal'
  | 'function'
  | 'shape'
  | 'halt'
  | 'gateway'
  | 'account'
  | 'symbol'
  | 'product'
  | 'orderType'
  | 'owner'
  | 'audit'
  | 'state'
  | 'clock'
  | 'internal'
  | keyof Limits;
