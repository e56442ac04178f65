import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Answer } from '../tests/web/support/console.js';
import { checkAnswer } from '../tests/web/support/schemas.js';
import { runProgram, startProgram } from './cli-support.js';
import type { Program } from './cli-support.js';

/** The console as a process, and a user of it who may trade. */
export interface RunningConsole {
  readonly origin: string;
  readonly token: string;
  readonly program: Program;
  /** Asks the API, and checks the answer against the published schema. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Answer>;
}

/** Starts `vnpy-bridge web` with a file of users. */
export async function startWeb(args: readonly string[]): Promise<RunningConsole> {
  const folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-web-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const users = join(folder, 'users.json');
  const added = await runProgram(['web-user', 'add', 'robot', '--role', 'trader', '--token', '--web-users', users]);
  const token = added.stdout.trimEnd().split('\n').at(-1) ?? '';
  const program = startProgram([
    ...['web', '--web-trade', '--web-users', users, '--web-listen', '127.0.0.1:0'],
    ...args,
  ]);
  const [, url = ''] = await program.waitFor('stdout', /console at (\S+)/);
  const { origin } = new URL(url);
  const ask: RunningConsole['ask'] = async (method, path, body) => {
    const response = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const parsed = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
    const answer = { status: response.status, headers: response.headers, text, body: parsed };
    checkAnswer(method, path, answer);
    return answer;
  };
  return { origin, token, program, ask };
}
