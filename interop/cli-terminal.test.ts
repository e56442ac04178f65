/** `vnpy-bridge watch` in a real terminal: keys, the size of the window, and how the terminal is left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { displayWidth } from '../src/cli/kit/text/style.js';
import { argsOf, PROGRAM } from './cli-support.js';
import { PATIENCE, pythonOf, repositoryRoot, startPeer } from './support/index.js';
import type { Peer } from './support/index.js';

/** How a terminal treats what is typed: shows it, waits for the end of the line, makes a signal of Ctrl-C. */
interface Modes {
  readonly echo: boolean;
  readonly lines: boolean;
  readonly signals: boolean;
}

interface Report {
  readonly output?: string;
  readonly modes?: Modes;
  readonly exit?: number;
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

const COOKED: Modes = { echo: true, lines: true, signals: true };
const RAW: Modes = { echo: false, lines: false, signals: false };

const ENTERED = '\x1b[?1049h\x1b[?25l';
const HOME = '\x1b[H';
const LEFT = '\x1b[?25h\x1b[?1049l';

/** A program in a pseudo terminal (python-fixtures/terminal.py). It is killed with the test. */
class Terminal {
  /** All that the program has written, and the terminal itself: an echo. */
  text = '';
  readonly exited: Promise<{ readonly code: number; readonly modes: Modes | undefined }>;
  readonly #send: (order: object) => void;
  readonly #modes: ((modes: Modes) => void)[] = [];
  readonly #watchers = new Set<() => void>();

  constructor({ columns, rows }: Size, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const script = join(repositoryRoot(), 'python-fixtures', 'terminal.py');
    const command = [script, String(columns), String(rows), process.execPath, PROGRAM, ...args];
    const child = spawn(pythonOf('4.5'), command, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], TERM: 'xterm-256color', TZ: 'Asia/Shanghai', ...env },
    });
    const closed = once(child, 'close');
    // At the end of its input it kills the program.
    onTestFinished(async () => {
      child.stdin.end();
      await closed;
    });
    this.#send = (order) => {
      child.stdin.write(`${JSON.stringify(order)}\n`);
    };
    this.exited = new Promise((resolve, reject) => {
      createInterface(child.stdout).on('line', (line) => {
        const { output, modes, exit } = JSON.parse(line) as Report;
        if (output !== undefined) this.text += output;
        if (exit !== undefined) resolve({ code: exit, modes });
        else if (modes !== undefined) this.#modes.shift()?.(modes);
        for (const wake of [...this.#watchers]) wake();
      });
      child.on('error', reject);
    });
  }

  press(keys: string): void {
    this.#send({ type: keys });
  }

  resize({ columns, rows }: Size): void {
    this.#send({ resize: [columns, rows] });
  }

  modes(): Promise<Modes> {
    return new Promise((resolve) => {
      this.#modes.push(resolve);
      this.#send({ modes: true });
    });
  }

  /** Resolves when a picture that was drawn from a place on is as told. */
  async shows(isMeant: (lines: readonly string[]) => boolean, from = 0): Promise<void> {
    while (!this.frames(from).some(isMeant)) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#watchers.delete(wake);
          resolve();
        };
        this.#watchers.add(wake);
      });
    }
  }

  /** The pictures that were drawn from a place on, whole ones, as lines without escape sequences. */
  frames(from = 0): string[][] {
    const drawn = this.text.slice(from).split(HOME).slice(1, -1);
    // eslint-disable-next-line no-control-regex -- an escape sequence begins with one
    return drawn.map((frame) => frame.replaceAll(/\x1b\[[\d;?]*[A-Za-z]/g, '').split('\r\n'));
  }
}

function watch(peer: Peer, size: Size, env?: Readonly<Record<string, string>>): Terminal {
  return new Terminal(size, ['watch', 'rb2705.SHFE', 'nosuch.SHFE', ...argsOf(peer)], env);
}

function expectToFit(frames: readonly (readonly string[])[], { columns, rows }: Size): void {
  expect(frames.length).toBeGreaterThan(0);
  for (const lines of frames) {
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
  }
}

const WINDOW: Size = { columns: 80, rows: 24 };
const quotes = (lines: readonly string[]): boolean => lines.some((line) => /^rb2705\.SHFE +螺纹钢2705 +\d/.test(line));
const heads =
  (pattern: RegExp) =>
  ([head = '']: readonly string[]): boolean =>
    pattern.test(head);

describe('watch in a terminal', () => {
  test('keys are not echoed, q and Ctrl-C end it, and the terminal is as it was', async () => {
    const peer = await startPeer({ script: 'vnpy_server', locale: 'zh_CN.UTF-8' });
    await Promise.all(
      ['q', '\x03'].map(async (key) => {
        const terminal = watch(peer, WINDOW);
        expect(await terminal.modes()).toEqual(COOKED);
        await terminal.shows(quotes);
        expect(await terminal.modes()).toEqual(RAW);
        expect(terminal.text.startsWith(ENTERED)).toBe(true);
        terminal.press('#\r#');
        terminal.press(key);
        expect(await terminal.exited).toEqual({ code: 0, modes: COOKED });
        expect(terminal.text.endsWith(LEFT)).toBe(true);
        expect(terminal.text.split(LEFT)).toHaveLength(2);
        expect(terminal.text).not.toMatch(/[#^]/);
        expectToFit(terminal.frames(), WINDOW);
      }),
    );
  });

  test('a server that is stopped, in a window that is made small: said within 5 s, and why, in lines that fit', async () => {
    const peer = await startPeer({ script: 'vnpy_server', locale: 'zh_CN.UTF-8' });
    const terminal = watch(peer, WINDOW, { LANG: 'zh_CN.UTF-8' });
    await terminal.shows(quotes);
    const small: Size = { columns: 40, rows: 10 };
    terminal.resize(small);
    // A picture that was begun before may be in between.
    await terminal.shows(heads(/^已连接 (?!.*最后一条消息)/), terminal.text.length);
    const drawn = terminal.text.lastIndexOf(HOME);
    peer.pause();
    const began = performance.now();
    await terminal.shows(heads(/^[34] 秒没有应答/), drawn);
    // The 5 s, and as much again for a machine that has other work.
    expect(performance.now() - began).toBeLessThan(10_000);
    peer.resume();
    await terminal.shows(heads(/^已连接/), terminal.text.length);
    terminal.press('q');
    expect(await terminal.exited).toEqual({ code: 0, modes: COOKED });
    expectToFit(terminal.frames(drawn), small);
    expect(terminal.frames(drawn)[0]?.[0]).toMatch(/^已连接 {2}\d\d:\d\d:\d\d UTC\+08:00/);
  });

  test('a server that goes: the screen says why, and q ends it', async () => {
    const peer = await startPeer({ script: 'vnpy_server' });
    const terminal = watch(peer, WINDOW);
    await terminal.shows(quotes);
    const before = terminal.text.length;
    await peer.kill();
    await terminal.shows(heads(/^disconnected/), before);
    const lines = terminal.frames(before).find(heads(/^disconnected/)) ?? [];
    expect(lines[0]).toMatch(/^disconnected {2}\d\d:\d\d:\d\d UTC\+08:00 {2}last message \d+ s ago {2}q ends/);
    expect(lines[1]).toContain(peer.addresses.request);
    await expect.poll(() => terminal.modes(), PATIENCE).toEqual(RAW);
    terminal.press('q');
    expect(await terminal.exited).toEqual({ code: 0, modes: COOKED });
    expectToFit(terminal.frames(), WINDOW);
  });
});
