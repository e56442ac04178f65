/**
 * Ports for tests that need to know one before anything listens at it, or after nothing does any more.
 *
 * @module
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** As PORT_RANGE of python-fixtures/peer_runtime.py, and for its reason: below the ports of outgoing connections. */
const FIRST_PORT = 12_000;
const LAST_PORT = 31_999;

/** Those that were given: two that are asked for before either is bound must differ. */
const given = new Set<number>();

/**
 * A TCP port of 127.0.0.1 that was free a moment ago. One that the system chooses (port 0) is of the range from which it
 * takes those of outgoing connections: a client that tries again and again before its server is there may get that very
 * port for itself, connect to itself, and keep the server from binding it.
 */
export async function freePort(): Promise<number> {
  while (true) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1));
    if (given.has(port)) continue;
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      // Taken: another one.
      continue;
    }
    await new Promise((resolve) => server.close(resolve));
    given.add(port);
    return port;
  }
}

/** An address at which nobody listens. */
export async function freeAddress(): Promise<string> {
  return `tcp://127.0.0.1:${await freePort()}`;
}
