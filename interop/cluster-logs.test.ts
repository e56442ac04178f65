/** The log of a cluster, by its programs and a real nats-server with rights: who publishes lines, and who reads them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { natsConfig } from '../src/cluster/admin/config.js';
import { makeUserKey } from '../src/cluster/admin/keys.js';
import { policyOf } from '../src/guard/internal.js';
import { runProgram, startProgram } from './cli-support.js';
import { NatsServer } from './support/nats-server.js';

const USERS = ['edge-1', 'watcher'] as const;
const keys = Object.fromEntries(USERS.map((user) => [user, makeUserKey()]));
const folder = mkdtempSync(join(tmpdir(), 'vnpy-logs-'));
const file = (name: string): string => join(folder, name);
const keyOf = (user: (typeof USERS)[number]): string => keys[user]?.publicKey ?? '';

let nats: NatsServer;

beforeAll(async () => {
  for (const user of USERS) writeFileSync(file(`${user}.nk`), keys[user]?.seed ?? '', { mode: 0o600 });
  nats = await NatsServer.start(({ listen, store }) =>
    natsConfig({
      ...{ cluster: 'desk', policy: policyOf({ version: 1, audit: false, roles: {}, principals: {} }), listen, store },
      infrastructure: [
        { role: 'edge', name: 'edge-1', account: 'sim', publicKey: keyOf('edge-1') },
        { role: 'dashboard', name: 'watcher', publicKey: keyOf('watcher') },
      ],
    }),
  );
});

afterAll(async () => {
  await nats.stop();
  rmSync(folder, { recursive: true, force: true });
});

function as(user: (typeof USERS)[number]): readonly string[] {
  return ['--nats', nats.url, '--cluster', 'desk', '--nats-key-file', file(`${user}.nk`)];
}

test('an edge publishes its lines, which are heard at once and kept', async () => {
  const edge = startProgram([
    ...['edge', '--account', 'sim', '--edge', 'edge-1', '--state', file('state'), '--simulate', '--nats-log'],
    ...['--log-format', 'pretty', ...as('edge-1')],
  ]);
  await edge.waitFor('stdout', /^ready: edge/m);
  const reader = startProgram(['cluster', 'logs', '--follow', '--principal', 'watcher', ...as('watcher')]);
  // The first line was written before anybody listened, and the last one after.
  await reader.waitFor('stdout', new RegExp(`WARN +edge-1@${hostname()} cluster: there is no policy`));
  await edge.kill('SIGTERM');
  await reader.kill('SIGINT');

  const { code, stdout } = await runProgram([
    ...['cluster', 'logs', '--json', '--least', 'warn', '--program', 'edge-1', '--principal', 'watcher'],
    ...as('watcher'),
  ]);
  expect(code).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({
      host: hostname(),
      program: 'edge-1',
      level: 'warn',
      fields: expect.objectContaining({ command: 'edge' }) as unknown,
    }),
  );
}, 60_000);
