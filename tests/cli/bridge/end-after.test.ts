import { setFlagsFromString } from 'node:v8';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { endAfter } from '../../../src/cli/bridge/connection/end-after.js';
import { serveLiveMarket } from './harness.js';

describe('a signal that fires after a time', () => {
  test('fires though nothing holds it and garbage is collected meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const collecting = setInterval(collect, 10);
    onTestFinished(() => {
      clearInterval(collecting);
    });
    const fired = new Promise((resolve) => {
      const { signal } = endAfter(new AbortController().signal, 100);
      signal.addEventListener('abort', () => {
        resolve(signal.reason);
      });
    });
    expect(await fired).toMatchObject({ name: 'TimeoutError' });
  });

  test('fires with the other one, with its reason, also when that has fired before', () => {
    const other = new AbortController();
    using ending = endAfter(other.signal, 60_000);
    expect(ending.signal.aborted).toBe(false);
    other.abort('SIGINT');
    expect(ending.signal.reason).toBe('SIGINT');
    using late = endAfter(other.signal, 60_000);
    expect(late.signal.reason).toBe('SIGINT');
  });

  test('is the other one without a time', () => {
    const { signal } = new AbortController();
    using ending = endAfter(signal, undefined);
    expect(ending.signal).toBe(signal);
  });

  test('waits longer than a timer can be set for, and leaves nothing behind', () => {
    vi.useFakeTimers();
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const month = 30 * 86_400_000;
    const ending = endAfter(new AbortController().signal, month);
    vi.advanceTimersByTime(month - 1);
    expect(ending.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(ending.signal.aborted).toBe(true);

    const unused = endAfter(new AbortController().signal, month);
    unused[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(month);
    expect(unused.signal.aborted).toBe(false);
  });
});

describe('the program as a process, from the build, while garbage is collected', () => {
  const program = fileURLToPath(new URL('../../../dist/cli/bin/vnpy-bridge.js', import.meta.url));
  const collecting = ['--expose-gc', '--import', 'data:text/javascript,setInterval(globalThis.gc, 20).unref()'];

  test.each([
    ['watch', ['watch', 'rb2705.SHFE', '--for', '1s']],
    ['listen', ['listen', '--ask', '--symbol', 'rb2705.SHFE', '--for', '1s']],
  ])('%s ends after the time given', async (_name, argv) => {
    if (!existsSync(program)) throw new Error('dist/ is missing: npm run build');
    const { args } = await serveLiveMarket();
    const began = performance.now();
    const child = spawn(process.execPath, [...collecting, program, ...argv, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close') as Promise<unknown[]>]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // Not sooner. What it shows meanwhile depends on the machine.
    expect(performance.now() - began).toBeGreaterThan(1000);
  });
});
