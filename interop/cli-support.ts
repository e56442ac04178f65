import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { repositoryRoot } from './support/peer.js';
import type { Peer } from './support/peer.js';

export const PROGRAM = join(repositoryRoot(), 'dist', 'cli', 'bin', 'vnpy-bridge.js');

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A real process of the program. */
export interface Program {
  readonly exited: Promise<Exit>;
  readonly stdout: () => string;
  /** Resolves when an output matches; rejects when the process ends first. */
  waitFor(output: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): Promise<Exit>;
  /** Nobody reads its standard output any more. */
  closePipe(): void;
}

/**
 * Starts `vnpy-bridge` as a process; it is killed with the test.
 *
 * @param atEnd - Takes what kills it, where it outlives the test.
 */
export function startProgram(
  args: readonly string[],
  atEnd: (kill: () => Promise<void>) => void = onTestFinished,
): Program {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: run \`make setup\` or \`npm run build\` first`);
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], TZ: process.env['TZ'] },
  });
  const texts = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  const wake = (): void => {
    for (const watcher of [...watchers]) watcher();
  };
  let ended = false;
  for (const output of ['stdout', 'stderr'] as const) {
    child[output].setEncoding('utf8').on('data', (text: string) => {
      texts[output] += text;
      wake();
    });
  }
  const exited = new Promise<Exit>((resolve) => {
    child.on('close', (code, signal) => {
      ended = true;
      wake();
      resolve({ code, signal, ...texts });
    });
  });
  atEnd(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return {
    exited,
    stdout: () => texts.stdout,
    waitFor: async (output, pattern) => {
      while (true) {
        const match = pattern.exec(texts[output]);
        if (match !== null) return match;
        if (ended)
          throw new Error(`ended before ${String(pattern)} came on ${output}:\n${texts.stdout}\n${texts.stderr}`);
        await new Promise<void>((resolve) => {
          const watcher = (): void => {
            watchers.delete(watcher);
            resolve();
          };
          watchers.add(watcher);
        });
      }
    },
    kill: (signal) => {
      child.kill(signal);
      return exited;
    },
    closePipe: () => {
      child.stdout.destroy();
    },
  };
}

/** Runs the program to its end. */
export function runProgram(args: readonly string[]): Promise<Exit> {
  return startProgram(args).exited;
}

/** The options of the program that lead to a peer. */
export function argsOf({ addresses }: Pick<Peer, 'addresses'>): string[] {
  return ['--request', addresses.request, '--subscribe', addresses.publish];
}
