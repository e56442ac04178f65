import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { repositoryRoot } from './support/index.js';

const DEMO = join(repositoryRoot(), 'build', 'scripts', 'demo.js');

const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

interface Run {
  readonly lines: string[];
  readonly child: ChildProcess;
  /** The first line that matches, of those that have come and those to come. */
  line(pattern: RegExp): Promise<string>;
  readonly ended: Promise<number | null>;
}

function runDemo(vnpy: string): Run {
  if (!existsSync(DEMO)) throw new Error(`${DEMO} is missing: run \`make interop-test\`, which builds it`);
  const child = spawn(process.execPath, [DEMO, vnpy], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (text) => lines.push(text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    lines,
    child,
    ended,
    async line(pattern) {
      for (let next = 0; ; next++) {
        while (lines[next] === undefined) await Promise.race([once(reader, 'line'), failWhenEnded(ended, lines)]);
        const text = lines[next];
        if (text !== undefined && pattern.test(text)) return text;
      }
    },
  };
}

async function failWhenEnded(ended: Promise<number | null>, lines: readonly string[]): Promise<never> {
  throw new Error(`the demo ended with ${String(await ended)} after:\n${lines.join('\n')}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('make demo', () => {
  test.each(['4.5', '4.4'])('trades on a real vnpy %s server and tells its story', async (vnpy) => {
    const demo = runDemo(vnpy);
    expect(await demo.ended).toBe(0);
    const story = demo.lines.join('\n');
    expect(story).toContain(`vnpy ${vnpy}.0 on Python`);
    expect(story).toMatch(/connected to tcp:\S+: 8 contracts/);
    expect(story).toMatch(/fill SIM\.\S+: LONG/);
    expect(story).toMatch(/order SIM\.\S+: CANCELLED, 0 of 2 traded/);
    expect(story).toMatch(/account SIM\.CNY: balance \d+\.\d\d/);
    expect(demo.lines.at(-1)).toMatch(/^demo ok: [1-9]\d* ticks received, order SIM\.\S+ ALLTRADED, position 2$/);
  });

  test('leaves no process behind when it is interrupted', async () => {
    const demo = runDemo('4.5');
    const server = Number(/process (\d+)/.exec(await demo.line(/answers at/))?.[1]);
    await demo.line(/^tick/);
    expect(isAlive(server)).toBe(true);
    demo.child.kill('SIGINT');
    expect(await demo.ended).toBe(130);
    expect(isAlive(server)).toBe(false);
  });
});
