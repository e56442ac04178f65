/**
 * A console of the built program in front of a simulated market with applications, for tools that nobody here wrote.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { clearTimeout, setTimeout } from 'node:timers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startApplications } from './applications.mjs';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = join(ROOT, 'dist/cli/bin/vnpy-bridge.js');

/** How long a start may take, in ms. */
const PATIENCE = 60_000;

/**
 * Starts one at a free port.
 *
 * @param {readonly string[]} [more] - Options of `vnpy-bridge web` beside those that are given anyway.
 * @returns Its address, a token of each role, the folder of its files, and what ends it.
 */
export async function startConsole(more = []) {
  const folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-console-'));
  const users = join(folder, 'users.json');
  const token = (role) => {
    const args = ['web-user', 'add', `robot-${role}`, '--role', role, '--token', '--web-users', users];
    return execFileSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' })
      .trimEnd()
      .split('\n')
      .at(-1);
  };
  const tokens = Object.fromEntries(['viewer', 'trader', 'admin'].map((role) => [role, token(role)]));
  const server = await startApplications();
  const args = ['web', '--request', server.request, '--subscribe', server.subscribe, '--web-trade', '--web-strategies'];
  const page = spawn(
    process.execPath,
    [PROGRAM, ...args, '--web-users', users, '--web-listen', '127.0.0.1:0', ...more],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise((resolve) => page.once('close', resolve));
  const url = await firstMatch(page, /console at (\S+)/);
  await connected(url, tokens.viewer);
  return {
    ...{ url, tokens, folder },
    /** Ends it. */
    end: async () => {
      page.kill('SIGTERM');
      await ended;
      await server.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until the console has its server's state. */
async function connected(url, token) {
  const until = Date.now() + PATIENCE;
  while (Date.now() < until) {
    const answer = await globalThis.fetch(`${url}api/v1/status`, { headers: { Authorization: `Bearer ${token}` } });
    if ((await answer.json()).state === 'connected') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the console has no server within ${PATIENCE / 1000} s`);
}

/** What stands in the standard output of a process, once it is there. */
export function firstMatch(child, pattern) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    const timer = setTimeout(() => {
      reject(new Error(`nothing like ${String(pattern)} within ${PATIENCE / 1000} s`));
    }, PATIENCE);
    const look = (chunk) => {
      chunks.push(chunk);
      const found = pattern.exec(Buffer.concat(chunks).toString());
      if (found === null) return;
      clearTimeout(timer);
      child.stdout.off('data', look);
      child.stdout.resume();
      resolve(found[1]);
    };
    child.stdout.on('data', look);
    child.once('close', (code) => {
      clearTimeout(timer);
      reject(new Error(`it ended with ${String(code)} before it was ready`));
    });
  });
}

/** Runs a program to its end, with its output on the terminal. @returns Its exit code. */
export async function run(program, args, options = {}) {
  const child = spawn(program, args, { stdio: 'inherit', ...options });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
}
