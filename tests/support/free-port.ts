/**
 * Ports for tests that need to know one before anything listens at it, or after nothing does any more.
 *
 * @module
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below what systems give to those who ask for any port, and to the near end of every connection (Linux from 32768,
 * others from 49152). Of those, a port that was free a moment ago may be another test's by now; and a client that tries
 * such a port of its own machine, where nobody listens, may be given the same one for its near end and so reach itself.
 */
const [FIRST, LAST] = [15_000, 32_000];

/** An address at which nobody listens. */
export async function freePort(): Promise<string> {
  while (true) {
    const port = randomInt(FIRST, LAST);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue; // In use.
    }
    server.close();
    await once(server, 'close');
    return `tcp://127.0.0.1:${port}`;
  }
}
