/**
 * The stream's end of the HTTP server: who may open one, how many, and when they end.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import { messageOf } from '../../errors.js';
import type { TradingEngine } from '../../vnpy/index.js';
import { API } from '../api/routes.js';
import type { Caller } from '../auth/gate.js';
import type { Session } from '../auth/sessions.js';
import { ProblemError, rateLimited } from '../errors.js';
import type { SessionCookie } from '../http/cookies.js';
import { bearerOf, header } from '../http/headers.js';
import { checkHost, checkOrigin } from '../http/origins.js';
import type { Places } from '../http/origins.js';
import { gatewayOf } from '../market/source.js';
import { RateLimiter } from '../rate.js';
import { SUBPROTOCOL } from '../schema/index.js';
import type { Alert } from '../schema/index.js';
import type { Services } from '../services.js';
import { MAX_SYMBOLS, StreamClient } from './client.js';
import { Hub } from './hub.js';
import { Outlet } from './outlet.js';
import type { OutletLimits } from './outlet.js';

/** What the stream needs. */
export interface StreamParts {
  readonly services: Services;
  readonly epoch: string;
  readonly limits: OutletLimits;
  /** Between two pings, in ms. */
  readonly heartbeat: number;
  /** ms, of a clock that is never set. */
  readonly monotonic: () => number;
}

/** Where the stream is reached; known when the port is. */
export interface StreamPlace {
  readonly places: Places;
  readonly cookie: SessionCookie;
  readonly isTls: boolean;
}

const MAX_SOCKETS = 32;
const MAX_SOCKETS_A_USER = 8;
/** Bytes of one message of a client. */
const MAX_MESSAGE = 64 * 1024;
const MESSAGES_A_SECOND = 20;
/** Messages at once: a page subscribes to all its channels when it comes. */
const MESSAGES_AT_ONCE = 60;

interface Connection {
  readonly client: StreamClient;
  readonly outlet: Outlet;
  readonly socket: WebSocket;
  /** Pings without a sign of life. */
  silent: number;
}

/** All clients of the stream. */
export class StreamServer {
  readonly #parts: StreamParts;
  readonly #hubs = new Map<TradingEngine, Hub>();
  readonly #connections = new Set<Connection>();
  readonly #wss = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  readonly #messages: RateLimiter;
  #place: StreamPlace | undefined;
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    this.#messages = new RateLimiter(MESSAGES_A_SECOND, MESSAGES_AT_ONCE, parts.monotonic);
  }

  /** How many clients there are. */
  get size(): number {
    return this.#connections.size;
  }

  /** Begins to take clients. */
  open(place: StreamPlace): void {
    this.#place = place;
    this.#timer = setInterval(() => {
      this.beat();
    }, this.#parts.heartbeat);
    this.#timer.unref();
  }

  /** The hub of a view. */
  hubOf(view: TradingEngine): Hub {
    const { services } = this.#parts;
    let hub = this.#hubs.get(view);
    if (hub === undefined) {
      const { logger, now } = services;
      hub = new Hub({ view, gateway: gatewayOf(services.engine), logger, now });
      this.#hubs.set(view, hub);
    }
    return hub;
  }

  /** Tells all views. */
  alert(alert: Omit<Alert, 'time'>): void {
    for (const hub of this.#hubs.values()) hub.alert(alert);
  }

  /** The status has changed. */
  statusChanged(): void {
    for (const { client } of this.#connections) this.#tellStatus(client);
  }

  /** Ends the clients of a session that is over. */
  sessionEnded(session: Session): void {
    for (const { client, outlet } of this.#connections)
      if (client.caller.session === session) outlet.bye('sessionOver', 'the session is over: log in again', null);
  }

  /** Looks whether each client is there, and still may be. */
  beat(): void {
    const { gate } = this.#parts.services;
    void gate.refreshUsers();
    for (const connection of this.#connections) {
      const { client, outlet, socket } = connection;
      if (!gate.isIn(client.caller)) {
        outlet.bye('sessionOver', 'the session is over: log in again', null);
      } else if (!gate.may(client.caller.principal, 'view')) {
        outlet.bye('forbidden', 'this role sees nothing', null);
      } else if (connection.silent >= 2) {
        outlet.bye('silent', 'no sign of life', 1000);
      } else {
        connection.silent++;
        socket.ping();
        this.#tellStatus(client);
      }
    }
  }

  /** An upgrade: looked at whole before it is answered. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, address: string): void {
    socket.on('error', () => undefined);
    this.#admit(request, address).then(
      (caller) => {
        this.#wss.handleUpgrade(request, socket, head, (accepted) => {
          this.#welcome(accepted, caller, address);
        });
      },
      (error: unknown) => {
        const problem = error instanceof ProblemError ? error : new ProblemError('server-error', messageOf(error));
        this.#parts.services.audit.note({
          ...{ request_id: null, user: null, address, action: 'open-stream', outcome: problem.code },
          detail: { received: problem.details.received },
        });
        refuse(socket, problem);
      },
    );
  }

  /** Ends all clients. */
  close(): void {
    clearInterval(this.#timer);
    for (const { outlet } of this.#connections) outlet.bye('shutdown', 'the console ends', 2000);
    for (const hub of this.#hubs.values()) hub.close();
  }

  /** Cuts off those that have not taken the end. */
  terminate(): void {
    for (const { socket } of this.#connections) socket.terminate();
  }

  async #admit(request: IncomingMessage, address: string): Promise<Caller> {
    const place = this.#place;
    if (place === undefined) throw new ProblemError('not-found', 'the console is not open');
    checkHost(header(request, 'host'), place.places, place.isTls);
    const bearer = bearerOf(request);
    const whence = { origin: header(request, 'origin'), fetchSite: header(request, 'sec-fetch-site') };
    checkOrigin({ ...whence, hasBearer: bearer !== undefined }, place.places);
    if (request.method !== 'GET' || request.url !== `${API}/stream`) {
      const hint = 'the stream is at /api/v1/stream, without a query: no token belongs in an address';
      throw new ProblemError((request.url ?? '').startsWith(`${API}/stream?`) ? 'bad-request' : 'not-found', hint);
    }
    const protocols = (header(request, 'sec-websocket-protocol') ?? '').split(',').map((each) => each.trim());
    if (!protocols.includes(SUBPROTOCOL))
      throw new ProblemError('bad-request', `ask for the subprotocol ${SUBPROTOCOL}`);

    const token = bearer === undefined ? place.cookie.read(request) : undefined;
    const caller = await this.#parts.services.gate.callerOf({ token, bearer }, address);
    const { name, role } = caller.principal;
    if (!this.#parts.services.gate.may(caller.principal, 'view'))
      throw new ProblemError('forbidden', `${name} is ${role}, which sees nothing here`);

    const own = [...this.#connections].filter(({ client }) => client.caller.principal.name === name);
    if (this.#connections.size >= MAX_SOCKETS) throw rateLimited(`There are ${MAX_SOCKETS} streams`, 5000);
    if (own.length >= MAX_SOCKETS_A_USER) throw rateLimited(`${name} has ${MAX_SOCKETS_A_USER} streams`, 5000);
    return caller;
  }

  #welcome(socket: WebSocket, caller: Caller, address: string): void {
    const { services, epoch, heartbeat, limits } = this.#parts;
    const outlet = new Outlet(socket, limits);
    const name = `socket ${++this.#count}`;
    const client = new StreamClient({
      ...{ caller, outlet, services },
      hub: this.hubOf(services.desk.engineFor(caller.principal)),
      hello: {
        epoch,
        heartbeat_ms: heartbeat,
        limits: {
          message_bytes: MAX_MESSAGE,
          messages_per_second: MESSAGES_A_SECOND,
          symbols: MAX_SYMBOLS,
          orders_per_second: services.settings.ordersPerSecond,
        },
      },
    });
    const connection: Connection = { client, outlet, socket, silent: 0 };
    this.#connections.add(connection);
    const user = caller.principal.name;
    services.audit.note({ request_id: null, user, address, action: 'open-stream', outcome: 'ok' });
    const alive = (): void => {
      connection.silent = 0;
      if (caller.session !== undefined) services.gate.sessions.touch(caller.session);
    };
    socket.on('pong', alive);
    socket.on('message', (data, isBinary) => {
      alive();
      this.#message(client, outlet, name, isBinary ? undefined : textOf(data));
    });
    socket.on('error', (error) => {
      services.logger.debug(`a stream of ${user} failed: ${messageOf(error)}`);
    });
    socket.on('close', () => {
      this.#connections.delete(connection);
      client.close();
    });
  }

  #message(client: StreamClient, outlet: Outlet, name: string, text: string | undefined): void {
    if (outlet.isOver) return;
    if (!this.#messages.take(name).allowed || client.waiting > MESSAGES_AT_ONCE)
      outlet.bye('tooManyMessages', `at most ${MESSAGES_A_SECOND} messages a second`, 5000);
    else client.receive(text ?? '');
  }

  #tellStatus(client: StreamClient): void {
    client.status().catch((error: unknown) => {
      this.#parts.services.logger.debug(`no status could be told: ${messageOf(error)}`);
    });
  }
}

function textOf(data: RawData): string {
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as Buffer).toString();
}

/** In HTTP, on a socket that was to become something else. */
function refuse(socket: Duplex, problem: ProblemError): void {
  const body = JSON.stringify(problem.toProblem());
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Refused'}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(problem.headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
