import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { describe, expect, onTestFinished, vi, test } from 'vitest';
import type { MockInstance } from 'vitest';
import { RpcClient } from '../../src/rpc/client.js';
import { guardedLogger } from '../../src/rpc/logger.js';
import type { Logger } from '../../src/rpc/logger.js';
import { RpcServer } from '../../src/rpc/server.js';
import { eventually } from '../support/patience.js';
import { connectedPair, EVENTS, REQUESTS, statusOf } from './support/fixtures.js';

function warnings(): MockInstance<typeof process.emitWarning> {
  const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  onTestFinished(() => {
    emitWarning.mockRestore();
  });
  return emitWarning;
}

function loggerOf(write: (message: string) => unknown): Logger {
  return { debug: write, info: write, warn: write, error: write };
}

describe('a logger', () => {
  test.each([
    [
      { debug: vi.fn(), info: vi.fn(), error: vi.fn() },
      /logger has no method warn\(\): it needs debug, info, warn, error/,
    ],
    [{ ...loggerOf(vi.fn()), error: 'stderr' }, /logger has no method error\(\)/],
    ['console', /logger must be an object, not "console"/],
    [null, /logger must not be null/],
  ])('without one of the methods is refused: %o', (given, message) => {
    const options = { logger: given as unknown as Logger };
    for (const create of [() => new RpcClient(options), () => new RpcServer(options)]) {
      expect(create).toThrow(
        expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringMatching(message) as string }),
      );
    }
  });

  test.each([
    [
      'throws',
      (): never => {
        throw new Error('disk full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
  ])('that %s disturbs nothing, and the process is warned once', async (_, write) => {
    const emitWarning = warnings();
    const logger = loggerOf(write);
    const { client, server, transport } = await connectedPair({
      client: { logger, reconnect: { initial: 5, max: 5 } },
      server: { logger },
      setUp: (it) => it.register('add', (a: number, b: number) => a + b),
    });
    expect(server.isActive()).toBe(true);
    transport.sever(REQUESTS);
    transport.sever(EVENTS);
    await statusOf(client, (status) => status.state === 'connected' && status.reconnects === 1);
    expect(await client.call('add', [1, 2])).toBe(3);
    await client.stop();
    await server.stop();
    await eventually(() => {
      expect(emitWarning.mock.calls).toEqual([
        [expect.stringMatching(/^logger\.\w+\(\) failed: disk full\./), 'VnpyBridgeWarning'],
      ]);
    });
  });

  test('keeps its own this', async () => {
    class Lines {
      readonly #lines: string[] = [];
      get lines(): readonly string[] {
        return this.#lines;
      }
      debug(line: string): void {
        this.#lines.push(line);
      }
      info(line: string): void {
        this.#lines.push(line);
      }
      warn(line: string): void {
        this.#lines.push(line);
      }
      error(line: string): void {
        this.#lines.push(line);
      }
    }
    const logger = new Lines();
    await connectedPair({ client: { logger } });
    expect(logger.lines).toEqual(['connecting', 'connected']);
  });

  test('that is a console gets lines that say where they come from, once each', async () => {
    const written: string[] = [];
    const out = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        written.push(chunk.toString());
        done();
      },
    });
    // RpcGateway and RpcService hand their guarded logger on to a client and a server.
    const logger = guardedLogger(new Console(out, out));
    const { client } = await connectedPair({ client: { logger }, server: { logger } });
    await client.stop();
    expect(written).toEqual(expect.arrayContaining(['vnpy-bridge: connecting\n', 'vnpy-bridge: connected\n']));
    for (const line of written) expect(line).toMatch(/^vnpy-bridge: (?!vnpy-bridge)/);
  });
});
