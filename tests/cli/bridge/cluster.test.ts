import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/cli/bridge/commands/index.js';
import { clusterPlace, edgeTerms } from '../../../src/cli/bridge/connection/cluster.js';
import type { EdgeTerms } from '../../../src/cli/bridge/connection/cluster.js';
import { publishLogOf } from '../../../src/cli/bridge/service/nats-log.js';
import { Settings } from '../../../src/cli/kit/settings.js';
import { LEASE_TERMS } from '../../../src/cluster/account/lease.js';
import { CLUSTER_GATEWAY_OPTIONS, EDGE_OPTIONS } from '../../../src/cluster/options.js';
import { Event, LogData } from 'vnpy-bridge/vnpy';
import { newMarker } from '../../../src/vnpy/internal.js';
import { run } from './harness.js';

// The programs of a cluster, as far as they need no NATS server.

const PLACE = { nats: ['nats://127.0.0.1:4222'], cluster: ['desk'], account: ['ctp'] };

/** What a command makes of its settings. */
function settingsOf(
  command: string,
  flags: Readonly<Record<string, readonly string[]>>,
  file: Readonly<Record<string, string>> = {},
): Settings {
  const { options = [] } = COMMANDS.find(({ name }) => name === command) ?? {};
  return new Settings(options, {
    program: 'vnpy-bridge',
    flags: new Map(Object.entries({ ...PLACE, ...flags })),
    env: {},
    file: { path: 'c.json', texts: new Map(Object.entries(file).map(([name, text]) => [name, [text]])) },
  });
}

describe('the times of a cluster', () => {
  test('are those of the library unless somebody says otherwise', () => {
    const { beatInterval, clientTimeout, lastTickReplicas } = EDGE_OPTIONS.resolve({
      ...{ servers: ['nats://127.0.0.1:4222'], cluster: 'desk', account: 'ctp', edge: 'e' },
    });
    expect(edgeTerms(settingsOf('edge', {}))).toEqual({
      ...{ beatInterval, clientTimeout, lastTickReplicas, replicas: 1, lease: LEASE_TERMS },
    });
    const { beatTimeout, renewInterval } = CLUSTER_GATEWAY_OPTIONS.resolve({
      ...{ servers: ['nats://127.0.0.1:4222'], cluster: 'desk', account: 'ctp', principal: 'p' },
    });
    expect(clusterPlace(settingsOf('watch', {}))).toMatchObject({ beatTimeout, renewInterval });
  });

  test('come from the command line and from the configuration file', () => {
    const flags = { 'lease-ttl': ['20s'], 'beat-interval': ['100ms'], 'last-tick-replicas': ['3'] };
    const file = { 'lease-renew': '3s', 'lease-grace': '15s', 'lease-timeout': '1s', 'client-timeout': '9s' };
    expect(edgeTerms(settingsOf('edge', flags, file))).toEqual<EdgeTerms>({
      lease: { ttl: 20_000, renew: 3000, grace: 15_000, timeout: 1000 },
      ...{ beatInterval: 100, clientTimeout: 9000, lastTickReplicas: 3, replicas: 1 },
    });
    expect(clusterPlace(settingsOf('relay', { 'beat-timeout': ['700ms'] }, { 'renew-interval': '2s' }))).toMatchObject({
      ...{ beatTimeout: 700, renewInterval: 2000 },
    });
  });

  test.each<[what: string, flags: readonly string[], message: RegExp]>([
    ['a lease shorter than NATS counts', ['--lease-ttl', '900ms', '--lease-renew', '100ms'], /--lease-ttl must be 1s/],
    ['a renewal that ends too late', ['--lease-renew', '6s'], /less than 80 % of --lease-ttl, 8000ms/],
    ['an answer waited for too long', ['--lease-timeout', '6s'], /less than 80 % of --lease-ttl, 8000ms/],
    ['two servers for the last ticks', ['--last-tick-replicas', '2'], /must be 0, 1, 3 or 5/],
  ])('%s is refused before anything is connected', async (_what, flags, message) => {
    const place = [
      '--nats',
      'nats://127.0.0.1:1',
      '--cluster',
      'desk',
      '--account',
      'ctp',
      '--edge',
      'e',
      '--simulate',
    ];
    const { code, stderr } = await run(['edge', ...place, ...flags]);
    expect(code).toBe(4);
    expect(stderr).toMatch(message);
  });
});

describe('the log of a cluster', () => {
  test('has what a vnpy server logs, but for the marks of a search', () => {
    const listeners: ((event: Event) => void)[] = [];
    const lines: unknown[] = [];
    publishLogOf(
      {
        on: (_name, listener) => {
          listeners.push(listener);
          return () => undefined;
        },
      },
      { line: (json) => lines.push(JSON.parse(json)) },
    );
    const log = (msg: string, level: number): Event =>
      new Event('eLog', new LogData({ gateway_name: 'CTP', msg, level }));
    const events = [log('a', 10), log('b', 20), log('c', 30), log('d', 50), log(`no gateway ${newMarker()}`, 20)];
    for (const event of [...events, new Event('eTimer', undefined)]) for (const listener of listeners) listener(event);
    const from = { name: 'vnpy', gateway: 'CTP', time: expect.stringMatching(/Z$/) as string };
    expect(lines).toEqual([
      { ...from, level: 'debug', msg: 'a' },
      { ...from, level: 'info', msg: 'b' },
      { ...from, level: 'warn', msg: 'c' },
      { ...from, level: 'error', msg: 'd' },
    ]);
  });

  test('needs a cluster', async () => {
    const { code, stderr } = await run(['relay', '--nats-log']);
    expect([code, stderr]).toEqual([4, expect.stringMatching(/--nats-log needs a cluster/)]);
  });
});
