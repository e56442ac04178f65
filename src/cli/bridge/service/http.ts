/**
 * `/metrics`, `/healthz` and `/readyz`.
 *
 * @module
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '../../../errors.js';
import { CliError, tell } from '../../kit/errors.js';
import type { HostPort } from '../../kit/parsers.js';

/** What a probe answers: whether all is well, and why not. */
export interface Health {
  readonly ok: boolean;
  readonly detail: string;
}

/** What is served. */
export interface HttpSources {
  readonly metrics: () => { readonly contentType: string; readonly body: string };
  /** Whether the process should go on as it is: a supervisor restarts it otherwise. */
  readonly health: () => Health;
  /** Whether it does now what it is there for. */
  readonly readiness: () => Health;
}

/** A running HTTP server. */
export interface HttpServer {
  /** `http://127.0.0.1:9464`, with the real port. */
  readonly url: string;
  close(): Promise<void>;
}

/** @throws {@link CliError} when the address cannot be bound. */
export async function serveHttp({ host, port }: HostPort, sources: HttpSources): Promise<HttpServer> {
  const server = createServer((request, response) => {
    answer(request, response, sources);
  });
  // A client that dawdles must not hold a connection for ever.
  server.requestTimeout = 10_000;
  server.headersTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new CliError('USAGE', (texts) => texts.cannotListen('--metrics', `${host}:${port}`, tell(error, texts)), {
          cause: error,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
  // A listening TCP server has an address of this shape.
  const bound = server.address() as AddressInfo;
  const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return {
    url: `http://${name}:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, sources: HttpSources): void {
  const send = (status: number, contentType: string, body: string): void => {
    response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(405, 'text/plain', 'only GET\n');
    return;
  }
  try {
    switch (request.url?.split('?', 1)[0]) {
      case '/metrics': {
        const { contentType, body } = sources.metrics();
        send(200, contentType, body);
        return;
      }
      case '/healthz':
        sendHealth(sources.health(), send);
        return;
      case '/readyz':
        sendHealth(sources.readiness(), send);
        return;
      default:
        send(404, 'text/plain', 'there are /metrics, /healthz and /readyz\n');
    }
  } catch (error) {
    send(500, 'text/plain', `${messageOf(error)}\n`);
  }
}

function sendHealth({ ok, detail }: Health, send: (status: number, type: string, body: string) => void): void {
  send(ok ? 200 : 503, 'application/json', `${JSON.stringify({ ok, detail })}\n`);
}
