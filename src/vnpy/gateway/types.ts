/**
 * The gateway's options, and what its events carry.
 *
 * @module
 */
import type { ClientProblem, ClientStats, ClientStatus, RpcClientOptions } from '../../rpc/index.js';
import type { Event } from '../event.js';
import type { OrderData, OrderRequest, QuoteData, TickData } from '../data/index.js';
import type { DataByKind, DataKind } from '../kinds.js';
import type { SnapshotKind } from '../kinds.js';
import type { StaleReport } from './stale-watch.js';

/** Timeouts of the gateway's calls, in ms. */
export interface GatewayTimeouts {
  /** How long `connect()` waits until the server answers, in ms. Default 30,000. `Infinity` waits until it comes up, or until `close()`. */
  readonly connect?: number;
  /** How long each of the snapshot's calls may take, in ms. A list of all contracts can be long. Default 60,000. */
  readonly snapshot?: number;
  /** How long `sendOrder`, `cancelOrder` and `subscribe` may take, in ms. Default 30,000. */
  readonly request?: number;
  /** How long `queryHistory` may take, in ms. Default 300,000. */
  readonly history?: number;
}

/** Options of RpcGateway: its own, and those of the RpcClient in it. */
export interface RpcGatewayOptions extends Omit<RpcClientOptions, 'timeout'> {
  /** Name of this gateway. Default `'RPC'`, as in vnpy. It shows in data only with `rewriteGatewayName`. */
  readonly gatewayName?: string;
  /**
   * Give all data the name of this gateway, and ids that begin with it, as Python's RpcGateway does. Default false: the
   * server's own names and ids are kept.
   */
  readonly rewriteGatewayName?: boolean;
  /** Report a subscribed symbol as stale when no tick came for this long, in ms. Default: never. */
  readonly staleAfter?: number;
  /**
   * Compare with the server again when this program's event loop had no rest for this long, in ms. What it did not read
   * meanwhile, ZeroMQ may have dropped. Default 5,000; `Infinity`: never.
   */
  readonly stallTolerance?: number;
  /**
   * How often to compare orders and trades with the server's, to find what its publisher dropped, in ms. Default 60,000, give or
   * take a fifth, and never sooner than 100 times what the last answers took. `Infinity` means never. After a pause of this
   * process, and when what has come does not fit together, it compares all the same.
   */
  readonly compareInterval?: number;
  /**
   * Drop a contract, and its last tick, when a comparison finds that the server does not have it any more. A relay does not
   * hand it on then. Default false: it is kept, because a server that was just restarted has not loaded its contracts yet.
   * One that comes again is told as a new one, and its subscription stands.
   */
  readonly dropGoneContracts?: boolean;
  /**
   * Take the first snapshot again when it fails. `connect()` does not reject then, and `error` tells of each failure. It is for
   * a program that shows its state meanwhile. Default false.
   */
  readonly retryFirstSnapshot?: boolean;
  /** How long calls may take. */
  readonly timeouts?: GatewayTimeouts;
}

/** How far a snapshot has come. */
export interface SnapshotProgress {
  /** What is being asked for. */
  readonly kind: SnapshotKind;
  /** `'asked'`: the call was sent. `'done'`: its result is in the state. */
  readonly phase: 'asked' | 'done';
  /** Number of objects, once they have come. */
  readonly count: number | undefined;
  /** Time since the snapshot began, in ms. */
  readonly elapsed: number;
}

/** Some of what a server has, by kind. */
export type SnapshotParts = { readonly [K in SnapshotKind]: readonly DataByKind[K][] };

/** What a second snapshot brought to light. */
export interface ResyncReport {
  /**
   * - `'reconnected'`: the connection was lost and is back.
   * - `'joined'`: the subscription began to work after the first snapshot had been asked for, and something happened
   *   in between.
   * - `'stalled'`: this program did not keep up with what it receives, and events were lost.
   * - `'paused'`: this process stood still (SIGSTOP, a paused machine, a container at the end of its share of the processor).
   * - `'suspicious'`: a fill had come without its order, or the fills of an order did not add up to its `traded`. Or nothing had
   *   come of an order that was sent here.
   * - `'interval'`: nothing but time had passed; see `compareInterval`.
   * - `'requested'`: `resync()` was called.
   *
   * For `'paused'`, `'suspicious'` and `'interval'` orders and trades are compared, and nothing else.
   */
  readonly reason: 'reconnected' | 'joined' | 'stalled' | 'paused' | 'suspicious' | 'interval' | 'requested';
  /** How long the connection was away, in ms; 0 when it was not. */
  readonly downtime: number;
  /**
   * The server does not know orders or trades any more that it had: it was restarted. An order whose id is of another one
   * now, a fill whose id is, and a contract that is gone say nothing.
   */
  readonly restarted: boolean;
  /** What was missed, and was given to the listeners as ordinary events just now. */
  readonly missed: SnapshotParts;
  /** What the server does not know any more, and the state maps therefore neither. Contracts are kept, unless `dropGoneContracts`. */
  readonly vanished: SnapshotParts;
  /** The symbols that were subscribed again. Without those whose contracts the server has yet to load. */
  readonly resubscribed: readonly string[];
}

/** Something went wrong that no call reports by rejecting. */
export type GatewayProblem =
  | ClientProblem
  | {
      /** A snapshot failed; it is tried again while the connection stands. */
      readonly kind: 'snapshot';
      readonly message: string;
      readonly cause: unknown;
    }
  | {
      /** A symbol could not be subscribed again after a reconnect. */
      readonly kind: 'resubscribe';
      readonly message: string;
      readonly vt_symbol: string;
      readonly cause: unknown;
    }
  | {
      /** The id of an order or quote was given to another one, which has its place now. */
      readonly kind: 'replaced';
      readonly message: string;
      /** The one that had the id before, as it was known last. */
      readonly data: OrderData | QuoteData;
      readonly cause: undefined;
    }
  | {
      /**
       * A number or datetime of vnpy's is of another type, and could not be converted: it is as it came. Told once for each class
       * and field; counted each time in {@link GatewayStats.wrongFields}.
       */
      readonly kind: 'wrong-field';
      readonly message: string;
      /** `OrderData`. */
      readonly className: string;
      /** `price`. */
      readonly field: string;
      /** What it holds. */
      readonly value: unknown;
      readonly cause: undefined;
    }
  | {
      /**
       * The server's data do not fit together, and a comparison has left it so. The fills of an order do not add up to its
       * `traded`. Or the server does not list the order of a fill, or an order that was sent here. Told once for each order.
       */
      readonly kind: 'inconsistent';
      readonly message: string;
      /** The ids of the orders, `CTP.1`. */
      readonly vt_orderids: readonly string[];
      readonly cause: undefined;
    }
  | {
      /** An event of one of vnpy's own types has data of another class, which is not in the state. Told once for each class. */
      readonly kind: 'foreign-data';
      readonly message: string;
      /** Type of the event, `eOrder.`. */
      readonly type: string;
      /** Name of the class, `my_gateway.MyOrder`. */
      readonly className: string;
      readonly cause: undefined;
    };

/** What there are iterators of: a kind of data, or everything. */
export type StreamKind = DataKind | 'event';

/** An iterator of `events()` was read too slowly. Of ticks the latest of each symbol is kept; any other iterator ends. */
export interface StreamOverflow {
  readonly kind: StreamKind;
  /** How many may wait. */
  readonly limit: number;
  /** Data lost since the last report. */
  readonly dropped: number;
  /** Ticks replaced by a newer one of the same symbol since the last report. */
  readonly conflated: number;
}

/** How a tick came. */
export interface TickInfo {
  /**
   * It came by the stream, just now. Otherwise the server was asked for it (`get_tick`), because none had come of a symbol
   * that was subscribed: it may be of yesterday.
   */
  readonly fresh: boolean;
}

/** The names of the gateway's events, and what their listeners get. */
export type GatewayEvents = { readonly [K in Exclude<DataKind, 'tick'>]: readonly [data: DataByKind[K]] } & {
  /** A tick of the stream; or, with `fresh: false`, the server's last one, which it was asked for. */
  readonly tick: readonly [data: TickData, info: TickInfo];
  /**
   * Everything that comes from the server, as vnpy's Event, in the order of the wire. Events of applications are among it, and
   * orders and fills that are told again. vnpy sends most things twice. The one under the longer type (`eTick.rb2705.SHFE`) is
   * left out.
   */
  readonly event: readonly [event: Event];
  /** `sendOrder` was answered with the order's `vt_orderid`. Its own events may have come before. */
  readonly sent: readonly [request: OrderRequest, vtOrderid: string];
  /** The connection of the RPC client has changed. */
  readonly status: readonly [status: ClientStatus];
  /** No tick of a subscribed symbol for `staleAfter`. */
  readonly stale: readonly [report: StaleReport];
  /** A tick of a symbol that was stale. */
  readonly fresh: readonly [report: StaleReport];
  /** How far a snapshot has come. */
  readonly progress: readonly [progress: SnapshotProgress];
  /**
   * A second snapshot is in: what was missed. After a reconnect it always comes, otherwise only when orders or trades had
   * been missed.
   */
  readonly resynced: readonly [report: ResyncReport];
  /** An iterator was read too slowly. */
  readonly overflow: readonly [report: StreamOverflow];
  /** Something went wrong that no call reports by rejecting. */
  readonly error: readonly [problem: GatewayProblem];
};

/** Counters of a gateway. */
export interface GatewayStats {
  /** Data given to listeners, by kind. */
  readonly delivered: Readonly<Record<DataKind, number>>;
  /** Events of other kinds given to listeners. */
  readonly otherEvents: number;
  /** Events that said what was known already: the second of `eTick.` and `eTick.<vt_symbol>`, and orders and fills told again. */
  readonly doubles: number;
  /** Events about an order that a snapshot seemed to have overtaken: not delivered, unless the stream stood by them for 10 s. */
  readonly superseded: number;
  /** Timer events: signs of life, not delivered. */
  readonly timers: number;
  /** Data with a member of an enum that this package does not know; the member is inert data in it. */
  readonly unknownMembers: number;
  /** Numbers and datetimes that were of another type, could not be converted, and are as they came. */
  readonly wrongFields: number;
  /** Snapshots taken. */
  readonly snapshots: number;
  /** Problems that the `error` event told of, by kind: those of the client, too, and listeners that threw (`listener`). */
  readonly problems: Readonly<Record<string, number>>;
  /** Counters of the RpcClient. */
  readonly client: ClientStats;
}

/** Options of a request to a server. */
export interface RequestOptions {
  /** The server's gateway. Default: the one that the symbol's contract came from. */
  readonly gatewayName?: string;
  /** How long the call may take, in ms. Default: that of the gateway's `timeouts`. */
  readonly timeout?: number;
  /** Gives the request up. */
  readonly signal?: AbortSignal;
  /**
   * For `sendOrder` of a gateway that keeps a journal, as `ClusterGateway`: orders with the same key are one order, however often
   * they are sent. RpcGateway has no journal and refuses it. Default: a key of its own.
   */
  readonly key?: string;
}

/** Options of `events()`. */
export interface DataStreamOptions<Data> {
  /** Ends the iterator without an error. */
  readonly signal?: AbortSignal;
  /** How many may wait. Default 100,000. A full queue of ticks loses the oldest; any other ends with an error. */
  readonly limit?: number;
  /** Only what this returns true for. What it throws ends the iterator. */
  readonly filter?: (data: Data) => boolean;
}

/** Options of `events('tick')`. */
export interface TickStreamOptions {
  /**
   * What a reader that is behind gets.
   *
   * - `'latest'` (default): a reader that is behind gets the latest tick of each symbol.
   * - `'all'`: every tick. A full queue keeps the latest of each symbol.
   */
  readonly queue?: 'latest' | 'all';
  /** Also ticks that the server was asked for, which may be of yesterday. Default false. */
  readonly stale?: boolean;
}

/** Options of `next()`. */
export interface NextOptions<Data> {
  /** Only what this returns true for. */
  readonly filter?: (data: Data) => boolean;
  /** How long to wait, in ms. Default: as long as it takes. */
  readonly timeout?: number;
  /** Gives the waiting up. */
  readonly signal?: AbortSignal;
}
