/**
 * The console: an engine, and around it HTTP, the stream, users and orders.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OWN_FOLDER } from '../file-rights.js';
import { guardedLogger, packageVersion } from '../rpc/internal.js';
import { JoinedEngine, SimulatedEngine } from '../vnpy/index.js';
import type { TradingEngine } from '../vnpy/index.js';
import { ApiHandler } from './api/handler.js';
import { documents } from './api/documents.js';
import { AuditTrail } from './audit.js';
import { Gate } from './auth/gate.js';
import type { ScryptCost } from './auth/passwords.js';
import { Users } from './auth/users.js';
import { GuardDesk } from './desk/guard-desk.js';
import { BuiltInDesk } from './desk/built-in.js';
import type { Desk } from './desk/desk.js';
import { ConsoleError } from './errors.js';
import type { ProblemError } from './errors.js';
import { SessionCookie } from './http/cookies.js';
import { isLoopback, placesOf } from './http/origins.js';
import { listen } from './http/server.js';
import type { Listening } from './http/server.js';
import { StaticFiles } from './http/static-files.js';
import { Market } from './market/market.js';
import { gatewayOf, serversOf } from './market/source.js';
import type { Server } from './market/source.js';
import { StatusBoard } from './market/status-board.js';
import { CONSOLE_OPTIONS } from './options.js';
import type { ConsoleOptions } from './options.js';
import { OrderBook } from './orders/book.js';
import { OrderSender } from './orders/sender.js';
import { Preferences } from './preferences.js';
import { RateLimiter } from './rate.js';
import type { Services } from './services.js';
import { OUTLET_LIMITS } from './stream/outlet.js';
import type { OutletLimits } from './stream/outlet.js';
import { StreamServer } from './stream/server.js';
import { Applications } from './strategies/applications.js';

/** A page and an API in front of an engine. */
export interface Console {
  /**
   * Begins to listen.
   *
   * @throws ConsoleError `ADDRESS`, `NOT_SAFE`, `BAD_USERS`, `BAD_DATA`.
   */
  start(): Promise<{ readonly url: string }>;
  /**
   * A one-time code to log in with as `admin`, for five minutes: the page takes it from `#code=…`. For the first start, where
   * there are no users.
   */
  link(): string;
  /** Whether there are users. */
  hasUsers(): boolean;
  /** Ends all connections. The engine is the caller's, and goes on. */
  close(): Promise<void>;
}

/** What tests set: clocks and sizes. */
export interface Tuning {
  /** ms since 1970. */
  readonly now?: () => number;
  /** ms, of a clock that is never set. */
  readonly monotonic?: () => number;
  readonly scrypt?: ScryptCost;
  readonly heartbeat?: number;
  readonly limits?: OutletLimits;
  /** How long an answer waits for the end of a strategy's `init`, in ms. */
  readonly initWait?: number;
}

type Settings = ReturnType<typeof CONSOLE_OPTIONS.resolve>;

const REFUSED: ReadonlySet<string> = new Set(['wrong-host', 'wrong-origin', 'forbidden']);

const HEARTBEAT = 5000;
/** An `init` without much history is done by then; the others go on. In ms. */
const INIT_WAIT = 3000;
/** For the sockets to take their end, in ms. */
const FAREWELL = 250;

const PAGE = fileURLToPath(new URL('./page/', import.meta.url));

/**
 * Makes a console for an engine: a gateway to a vnpy server, a simulation, or one of the user's own.
 *
 * @example
 * ```ts
 * const engine = new SimulatedEngine();
 * const console = createConsole(engine, { port: 0 });
 * const { url } = await console.start();
 * ```
 * @throws ConsoleError `BAD_OPTION`.
 */
export function createConsole(engine: TradingEngine, options: ConsoleOptions = {}): Console {
  return makeConsole(engine, options, {});
}

/** As {@link createConsole}, with what tests set. @internal */
export function makeConsole(engine: TradingEngine, options: ConsoleOptions, tuning: Tuning): Console {
  return new WebConsole(engine, CONSOLE_OPTIONS.resolve(options), tuning);
}

class WebConsole implements Console {
  readonly #engine: TradingEngine;
  readonly #settings: Settings;
  readonly #users: Users;
  readonly #gate: Gate;
  readonly #services: Services;
  readonly #stream: StreamServer;
  readonly #stops: (() => void)[] = [];
  readonly #monotonic: () => number;
  #listening: Listening | undefined;
  #state: 'new' | 'open' | 'closed' = 'new';

  constructor(engine: TradingEngine, settings: Settings, tuning: Tuning) {
    this.#engine = engine;
    this.#settings = settings;
    this.#monotonic = tuning.monotonic ?? (() => performance.now());
    const now = tuning.now ?? Date.now;
    const epoch = randomBytes(9).toString('base64url');
    this.#users = new Users(settings.users);
    const desk = settings.desk ?? this.#guarded() ?? this.#builtIn(now);
    this.#gate = new Gate({
      ...{ users: this.#users, desk, now, requireTotp: settings.requireTotp, viewOnly: this.#isViewOnly },
      times: { idle: settings.sessionIdle, absolute: settings.sessionLength },
      scrypt: tuning.scrypt,
      ended: (session) => {
        this.#stream.sessionEnded(session);
      },
    });
    this.#services = this.#makeServices(desk, now, epoch, tuning.initWait ?? INIT_WAIT);
    this.#stream = new StreamServer({
      ...{ services: this.#services, epoch, monotonic: this.#monotonic },
      limits: tuning.limits ?? OUTLET_LIMITS,
      heartbeat: tuning.heartbeat ?? HEARTBEAT,
    });
    this.#follow(desk);
  }

  async start(): Promise<{ readonly url: string }> {
    if (this.#state !== 'new') throw new ConsoleError('BAD_OPTION', 'a console is started once; make a new one');
    this.#state = 'open';
    const { host, port, tls, behindProxy, origins = [], page = PAGE, dataFolder } = this.#settings;
    this.#checkSafe();
    if (dataFolder !== undefined) await mkdir(dataFolder, { recursive: true, mode: OWN_FOLDER });
    await this.#services.book.open();
    await this.#users.refresh();
    const files = await StaticFiles.read(page);
    const listening = await listen({ host, port, tls, behindProxy });
    this.#listening = listening;
    const isTls = tls !== undefined;
    const places = placesOf({ isTls, host, port: listening.port, extra: origins });
    const isPublicTls = isTls || (behindProxy && origins.some((origin) => origin.startsWith('https:')));
    const cookie = new SessionCookie({ port: listening.port, isTls: isPublicTls, isLoopback: isLoopback(host) });
    this.#stream.open({ places, cookie, isTls });
    const { requestsPerSecond } = this.#settings;
    const refused = this.#refusals();
    const rate = new RateLimiter(requestsPerSecond, requestsPerSecond * 2, this.#monotonic);
    listening.answer({
      api: new ApiHandler({ services: this.#services, places, cookie, rate, documents: documents(), refused }),
      ...{ files, places, refused },
      upgrade: (...given) => {
        this.#stream.upgrade(...given);
      },
    });
    const name = host.includes(':') ? `[${host}]` : host;
    return { url: `${isTls ? 'https' : 'http'}://${name}:${listening.port}/` };
  }

  link(): string {
    return this.#gate.newLink();
  }

  hasUsers(): boolean {
    return this.#users.all.size > 0;
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    for (const stop of this.#stops) stop();
    this.#services.market.close();
    this.#services.board.close();
    this.#services.strategies?.close();
    this.#stream.close();
    const until = this.#monotonic() + FAREWELL;
    while (this.#stream.size > 0 && this.#monotonic() < until) await new Promise((resolve) => setTimeout(resolve, 10));
    this.#stream.terminate();
    await this.#listening?.close();
    await this.#services.book.close();
    await this.#services.audit.close();
    await this.#services.desk.close?.();
  }

  /** Notes who was refused because of whence it came: so many a second at most, so that a page cannot fill the disk. */
  #refusals(): (problem: ProblemError, address: string, request: IncomingMessage) => void {
    const rate = new RateLimiter(1, 20, this.#monotonic);
    return ({ code, details }, address, { method = '', url = '' }) => {
      if (!REFUSED.has(code) || !rate.take('all').allowed) return;
      this.#services.audit.note({
        ...{ request_id: null, user: null, address, action: 'request', outcome: code },
        detail: { method, path: url.split('?', 1)[0] ?? '', received: details.received },
      });
    };
  }

  get #isViewOnly(): boolean {
    const { host, tls, plainHttp, behindProxy } = this.#settings;
    return plainHttp && tls === undefined && !behindProxy && !isLoopback(host);
  }

  #checkSafe(): void {
    const { host, tls, behindProxy, plainHttp, origins = [] } = this.#settings;
    if (isLoopback(host) || tls !== undefined || plainHttp) return;
    if (behindProxy && origins.some((origin) => origin.startsWith('https:'))) return;
    throw new ConsoleError(
      'NOT_SAFE',
      `at ${host} passwords and orders would go over the network in the clear: give a certificate and its key, or stay on ` +
        '127.0.0.1 behind a proxy with TLS and name its https origin',
    );
  }

  #guarded(): Desk | undefined {
    const { guard } = this.#settings;
    return guard === undefined ? undefined : new GuardDesk(guard, this.#engine);
  }

  #builtIn(now: () => number): Desk {
    const { maxVolume, priceBand } = this.#settings;
    return new BuiltInDesk(this.#engine, { maxVolume, priceBand, haltFile: this.#file('halts.json'), now });
  }

  #makeServices(desk: Desk, now: () => number, epoch: string, initWait: number): Services {
    const {
      strategies: apps,
      trade,
      staleAfter,
      ordersPerSecond,
      farFromLast,
      largeVolume,
      wideSpreadTicks,
    } = this.#settings;
    const engine = this.#engine;
    const logger = guardedLogger(this.#settings.logger);
    const warnings = { farFromLast, largeVolume, wideSpreadTicks };
    const market = new Market(engine, this.#monotonic);
    const audit = new AuditTrail(this.#file('audit.jsonl'), logger, now);
    const book = new OrderBook(this.#file('order-ids.jsonl'));
    const isTrading = trade && !this.#isViewOnly;
    return {
      ...{ engine, desk, gate: this.#gate, market, book, audit, logger, now },
      board: new StatusBoard({
        ...{ engine, desk, market, epoch, isTrading, staleAfter, now },
        clients: () => this.#stream.size,
      }),
      sender: new OrderSender({
        ...{ book, warnings, gateway: gatewayOf(engine), isJoined: engine instanceof JoinedEngine },
        rate: new RateLimiter(ordersPerSecond, ordersPerSecond, this.#monotonic),
        done: (ticket, order, problem, whence) => {
          audit.note({
            ...{ ...whence, user: ticket.user, action: 'send-order', outcome: problem?.code ?? 'sent' },
            detail: { ...order, client_order_id: ticket.id, vt_orderid: ticket.vtOrderid, reason: problem?.message },
          });
        },
      }),
      preferences: new Preferences(this.#file('preferences')),
      strategies: apps && new Applications({ apps, initWait, now, monotonic: this.#monotonic }),
      logsOf: (view) => this.#stream.hubOf(view).logLines(),
      settings: {
        ...{ isTrading, warnings, ordersPerSecond, staleAfter },
        isSimulated: engine instanceof SimulatedEngine,
        version: packageVersion(),
      },
    };
  }

  #file(name: string): string | undefined {
    const { dataFolder } = this.#settings;
    return dataFolder === undefined ? undefined : join(dataFolder, name);
  }

  /** What changes by itself is told to the clients of the stream. */
  #follow(desk: Desk): void {
    // Its log lines are kept from now on, not from the first client on. With rights each view is of its own.
    if (desk instanceof BuiltInDesk) this.#stream.hubOf(desk.engineFor());
    this.#stops.push(
      desk.onHalt(() => {
        const { halted, by, halts } = this.#services.board.trading();
        const message = halted ? `Trading is halted by ${by ?? '?'}` : `${halts.length} halts hold`;
        this.#stream.alert({ level: halted ? 'warning' : 'info', kind: halted ? 'halt' : 'resume', message });
        this.#stream.statusChanged();
      }),
    );
    for (const server of serversOf(this.#engine)) this.#followServer(server);
  }

  /** What a server's connection does is an alert. */
  #followServer({ name, gateway }: Server): void {
    if (gateway === undefined) return;
    const who = name === '' ? '' : `${name}: `;
    let snapshotFault = '';
    this.#stops.push(
      gateway.on('status', (status) => {
        snapshotFault = '';
        const isLost = status.state === 'disconnected';
        const message = isLost ? status.detail : `The connection is ${status.state}`;
        this.#stream.alert({ level: isLost ? 'error' : 'info', kind: 'connection', message: who + message });
        this.#stream.statusChanged();
      }),
      gateway.on('error', ({ kind, message }) => {
        // The same one comes each second, for as long as it takes.
        if (kind === 'snapshot' && message === snapshotFault) return;
        if (kind === 'snapshot') snapshotFault = message;
        this.#stream.alert({ level: 'warning', kind: 'problem', message: who + message });
        this.#stream.statusChanged();
      }),
    );
  }
}
