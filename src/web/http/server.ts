/**
 * The HTTP server: what every request meets first, and where it goes then.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf } from '../../errors.js';
import { sendProblem } from '../api/handler.js';
import type { ApiHandler } from '../api/handler.js';
import { API } from '../api/routes.js';
import { ConsoleError, ProblemError } from '../errors.js';
import { addressOf, header, securityHeaders } from './headers.js';
import { checkHost } from './origins.js';
import type { Places } from './origins.js';
import type { StaticFiles } from './static-files.js';

/** Where it listens. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly behindProxy: boolean;
}

/** Who answers. Known when the port is. */
export interface Answering {
  readonly api: ApiHandler;
  readonly files: StaticFiles;
  readonly places: Places;
  /** Told of what was refused because of whence it came. */
  readonly refused: (problem: ProblemError, address: string, request: IncomingMessage) => void;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, address: string) => void;
}

/** Connections at once; a browser keeps up to seven. */
const MAX_CONNECTIONS = 512;
/** For a whole request, in ms. */
const REQUEST_TIMEOUT = 30_000;
const HEADERS_TIMEOUT = 10_000;
const MAX_HEADERS = 16 * 1024;

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Begins to answer. */
  answer(answering: Answering): void;
  close(): Promise<void>;
}

/**
 * Binds an address. Until it is told who answers, requests wait.
 *
 * @throws ConsoleError `ADDRESS`, `BAD_OPTION` for a certificate that is none.
 */
export async function listen({ host, port, tls, behindProxy }: ListenOptions): Promise<Listening> {
  const server = serverOf(tls);
  server.requestTimeout = REQUEST_TIMEOUT;
  server.headersTimeout = HEADERS_TIMEOUT;
  server.maxConnections = MAX_CONNECTIONS;
  server.maxHeadersCount = 100;
  server.on('clientError', refuseMalformed);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(new ConsoleError('ADDRESS', `cannot listen at ${host}:${port}: ${messageOf(error)}`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  // A listening TCP server has an address of this shape.
  const bound = server.address() as AddressInfo;
  const isTls = tls !== undefined;
  const headers = securityHeaders(isTls);
  return {
    port: bound.port,
    answer: (answering) => {
      const front = { ...answering, isTls, headers, behindProxy };
      server.on('request', (request, response) => {
        void handle(request, response, front);
      });
      server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        answering.upgrade(request, socket, head, addressOf(request, behindProxy));
      });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function serverOf(tls: ListenOptions['tls']): Server {
  const limits = { maxHeaderSize: MAX_HEADERS, insecureHTTPParser: false, requireHostHeader: false };
  if (tls === undefined) return createServer(limits);
  try {
    return createTlsServer({ ...limits, ...tls, minVersion: 'TLSv1.2' });
  } catch (error) {
    throw new ConsoleError('BAD_OPTION', `the certificate or its key cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

interface Front extends Answering {
  readonly isTls: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly behindProxy: boolean;
}

async function handle(request: IncomingMessage, response: ServerResponse, front: Front): Promise<void> {
  const requestId = randomBytes(8).toString('hex');
  for (const [name, value] of Object.entries(front.headers)) response.setHeader(name, value);
  response.on('error', () => undefined);
  try {
    checkHost(header(request, 'host'), front.places, front.isTls);
    const { pathname, searchParams } = targetOf(request);
    if (pathname !== API && !pathname.startsWith(`${API}/`)) {
      page(request, response, pathname, searchParams, front.files);
      return;
    }
    const address = addressOf(request, front.behindProxy);
    const path = pathname.slice(API.length);
    await front.api.handle({ request, response, path, search: searchParams, requestId, address });
  } catch (error) {
    const problem =
      error instanceof ProblemError ? error : new ProblemError('server-error', 'the request could not be handled');
    front.refused(problem, addressOf(request, front.behindProxy), request);
    response.setHeader('Cache-Control', 'no-store');
    sendProblem(request, response, problem, requestId);
  }
}

/** @throws ProblemError `bad-request` for a target that is no path. */
function targetOf(request: IncomingMessage): URL {
  const target = request.url ?? '';
  if (!target.startsWith('/') || target.startsWith('//'))
    throw new ProblemError('bad-request', 'the target of a request is a path');

  try {
    return new URL(target, 'http://console');
  } catch (error) {
    throw new ProblemError('bad-request', 'the target of the request cannot be read', {}, { cause: error });
  }
}

function page(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  search: URLSearchParams,
  files: StaticFiles,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const headers = { Allow: 'GET, HEAD' };
    throw new ProblemError('method-not-allowed', 'files are read by GET', {}, { headers });
  }
  if (search.size > 0) throw new ProblemError('bad-request', 'a file takes no query: no token belongs in an address');
  if (files.answer(path, request, response)) return;
  const hint = path === '/' ? 'the page was not built: npm run build:page' : `there is no file ${path}`;
  throw new ProblemError('not-found', hint);
}

/** What is no HTTP, or too slow, or too large. */
function refuseMalformed(error: Error, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const code: unknown = 'code' in error ? error.code : undefined;
  const status = code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
