import { existsSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { VNPY_BRIDGE } from '../../../src/cli/bridge/app.js';
import { COMMANDS } from '../../../src/cli/bridge/commands/index.js';
import { helpIn } from '../../../src/cli/kit/help-texts.js';
import { takeLanguage } from '../../../src/cli/kit/language.js';
import { optionsMarkdown } from '../../../src/cli/kit/option-rows.js';
import { createParser } from '../../../src/cli/kit/program.js';
import { Metrics } from '../../../src/cli/bridge/service/metrics.js';
import { EDGE_STATES } from '../../../src/cluster/internal.js';
import type { GuardStatus } from 'vnpy-bridge/guard';
import { RpcClient } from 'vnpy-bridge/rpc';
import { RpcService, SimulatedEngine } from 'vnpy-bridge/vnpy';
import { run, serveMarket, start } from './harness.js';

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, root)), 'utf8');

const GUARD: GuardStatus = {
  policy: { file: undefined, hash: '0', generation: 1, error: undefined, reloads: { taken: 0, refused: 0 } },
  state: undefined,
  halts: [{ id: '1', level: 'halt', scope: { kind: 'all' }, who: 'chief', why: 'x', when: 0, source: 'hand' }],
  unknown: [],
  connected: {},
  decisions: [{ function: 'send_order', rule: 'orderVolume', count: 2 }],
  audit: {
    file: 'audit.jsonl',
    health: 'ok',
    head: { seq: 7, hash: '0' },
    seq: 7,
    waiting: 0,
    flushes: 1,
    flushMicros: 100,
    anchored: undefined,
  },
};

/** Metrics with every source, as no single command has them. */
function everyMetric(): Metrics {
  const metrics = new Metrics('1.2.3', 'test');
  metrics.addClient(new RpcClient());
  metrics.addServer(new RpcService(new SimulatedEngine()));
  metrics.addRecording(() => ({ messages: 1, bytes: 2, lost: 3, files: 4, pendingBytes: 5 }));
  metrics.addReplay(() => 1000);
  metrics.addGuard({ status: () => GUARD });
  metrics.addEdge(() => undefined, EDGE_STATES);
  metrics.addCluster({
    edge: () => ({ edge: 'e', epoch: 1, ageMs: 5, clockOffset: -60, clockError: 2 }),
    eventCounts: () => ({ missedEvents: 1, missedTicks: 2, stale: 3, malformed: 4 }),
  });
  metrics.countEvent('eTick.');
  metrics.callTap('client');
  metrics.callTap('server');
  return metrics;
}

function namesOf(metrics: Metrics): readonly string[] {
  return Array.from(metrics.exposition.text().matchAll(/^# TYPE (\S+)/gm), ([, name = '']) => name);
}

describe('metrics', () => {
  test('over HTTP, with health and readiness', async () => {
    const { args } = await serveMarket();
    const running = start([
      ...['relay', '--metrics', '127.0.0.1:0', ...args],
      ...[
        '--serve-request',
        'tcp://127.0.0.1:*',
        '--serve-subscribe',
        'tcp://127.0.0.1:*',
        '--serve-subscribe-pair',
        'tcp://127.0.0.1:*',
      ],
    ]);
    await running.stdout.waitFor(/^ready/m);
    const [, url = ''] = await running.stderr.waitFor(/metrics at (http:\/\/127\.0\.0\.1:\d+)\/metrics/);
    const [, request = ''] = /--request (\S+)/.exec(running.stdout.text) ?? [];
    expect((await run(['call', 'get_all_accounts', '--request', request])).code).toBe(0);
    expect((await run(['call', 'nonsense', '--request', request])).code).toBe(1);
    const metrics = await fetch(`${url}/metrics`);
    expect(metrics.status).toBe(200);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await metrics.text();
    expect(text).toMatch(/^vnpy_bridge_connected 1$/m);
    expect(text).toMatch(/^vnpy_bridge_client_calls_total\{outcome="succeeded"\} [1-9]/m);
    expect(text).toMatch(/^vnpy_bridge_build_info\{version="9\.9\.9",command="relay"\} 1$/m);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    expect(text).toMatch(
      /^vnpy_bridge_call_duration_seconds_count\{side="client",method="get_all_contracts",outcome="succeeded"\} [1-9]/m,
    );
    expect(text).toMatch(/_count\{side="server",method="get_all_accounts",outcome="succeeded"\} 1$/m);
    expect(text).toMatch(/_count\{side="server",method="nonsense",outcome="raised"\} 1$/m);
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ ok: true, detail: 'connected' });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/healthz`, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${url}/other`)).status).toBe(404);
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
    expect((await running.end()).code).toBe(0);
    await expect(fetch(`${url}/metrics`)).rejects.toThrow();
  });

  test('not ready while the server is not there, and the reason why', async () => {
    const gone = ['--request', 'tcp://127.0.0.1:9', '--subscribe', 'tcp://127.0.0.1:9'];
    const running = start(['relay', '--metrics', '127.0.0.1:0', ...gone]);
    const [, url = ''] = await running.stderr.waitFor(/metrics at (\S+)\/metrics/);
    await running.stderr.waitFor(/nobody accepts/);
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/nobody accepts/) as string,
    });
    await running.end();
  });

  test('an address that cannot be bound: exit code 4', async () => {
    expect(await run(['serve', '--simulate', '--metrics', '192.0.2.1:80'])).toMatchObject({
      code: 4,
      stderr: /--metrics: cannot listen at 192\.0\.2\.1:80/,
    });
  });

  test('a client that sends its request slowly holds nothing up', async () => {
    const running = start([
      'serve',
      '--simulate',
      '--metrics',
      '127.0.0.1:0',
      '--request',
      'tcp://127.0.0.1:*',
      '--subscribe',
      'tcp://127.0.0.1:*',
    ]);
    const [, url = ''] = await running.stderr.waitFor(/metrics at (\S+)\/metrics/);
    const slow = httpRequest(`${url}/metrics`, { method: 'POST', headers: { 'content-length': 1000 } });
    slow.on('error', () => undefined);
    slow.write('x');
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    expect((await running.end()).code).toBe(0);
  });

  test('of event types without end are few', () => {
    const metrics = everyMetric();
    for (let index = 0; index < 1000; index++) metrics.countEvent(`type${index}`);
    const text = metrics.exposition.text();
    expect(text.match(/^vnpy_bridge_events_total\{/gm)?.length).toBe(101);
    expect(text).toMatch(/type="other"\} 9\d\d/);
    metrics.close();
  });

  test('have no value rather than a wrong one', () => {
    const metrics = everyMetric();
    const text = metrics.exposition.text();
    expect(text).not.toMatch(/^vnpy_bridge_feed_age_seconds /m);
    expect(text).toMatch(/^vnpy_bridge_replay_position_seconds 1$/m);
    expect(text).toMatch(/^vnpy_bridge_cluster_clock_offset_seconds -0\.06$/m);
    expect(text).toMatch(/^vnpy_bridge_cluster_clock_error_seconds 0\.002$/m);
    expect(text).not.toMatch(/^vnpy_bridge_edge_clock_offset_seconds /m);
    metrics.close();
  });
});

describe('the dashboard', () => {
  test('asks for no metric that does not exist, and for nearly all that do', () => {
    const metrics = everyMetric();
    const known = namesOf(metrics);
    metrics.close();
    const dashboard = read('ops/grafana-dashboard.json');
    // A histogram is asked for by its parts.
    const asked = new Set(
      (dashboard.match(/\bvnpy_bridge_\w+/g) ?? []).map((name) => name.replace(/_(?:bucket|count|sum)$/, '')),
    );
    expect(asked.size).toBeGreaterThan(20);
    expect([...asked].filter((name) => !known.includes(name))).toEqual([]);
    const shown = known.filter((name) => name.startsWith('vnpy_bridge_') && !asked.has(name));
    expect(shown).toEqual(['vnpy_bridge_recording_files_total', 'vnpy_bridge_replay_position_seconds']);
    const { panels } = JSON.parse(dashboard) as { panels: { id: number; targets: { expr: string }[] }[] };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { targets } of panels) {
      for (const { expr } of targets) {
        expect(expr.split('(').length).toBe(expr.split(')').length);
        expect(expr).toContain('instance=~"$instance"');
      }
    }
  });
});

describe('the alert rules', () => {
  test('ask for no metric that does not exist, and each says what to do', () => {
    const metrics = everyMetric();
    const known = namesOf(metrics);
    metrics.close();
    const rules = read('ops/prometheus-alerts.yml');
    const asked = new Set(rules.match(/\bvnpy_bridge_\w+/g) ?? []);
    expect(asked.size).toBeGreaterThan(8);
    expect([...asked].filter((name) => !known.includes(name))).toEqual([]);
    const count = (pattern: RegExp): number => rules.match(pattern)?.length ?? 0;
    expect(count(/^ {8}annotations:\n {10}summary: .+\n {10}action: .+$/gm)).toBe(count(/^ {6}- alert: \w+$/gm));
  });
});

describe('the documents', () => {
  const languages = [
    ['docs/vnpy-bridge.md', 'en', '## Exit codes'],
    ['docs/vnpy-bridge.zh-CN.md', 'zh', '## 退出码'],
  ] as const;

  test.each(languages)('%s has the table of options as the program has it', async (document, language) => {
    const table = /<!-- options -->\n([\s\S]*?)\n<!-- \/options -->/.exec(read(document))?.[1] ?? '';
    const cells = (text: string): string[][] =>
      text
        .trim()
        .split('\n')
        .filter((line) => !/^\|[\s|:-]+\|$/.test(line))
        .map((line) => line.split('|').map((cell) => cell.trim()));
    const { words, option } = await helpIn(VNPY_BRIDGE, language);
    // The formatter aligns the columns: the cells count.
    expect(cells(table)).toEqual(cells(optionsMarkdown(VNPY_BRIDGE, words, option)));
  });

  test.each(languages)('%s has the exit codes as the program has them', async (document, language, heading) => {
    const [, section = ''] = read(document).split(`\n${heading}\n\n`);
    const [table = ''] = section.split('\n\n');
    const rows = [...table.matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)].map(([, code, meaning]) => [code, meaning]);
    expect(rows).toEqual(Object.entries((await helpIn(VNPY_BRIDGE, language)).exitMeanings));
  });

  test.each(languages)('%s names every metric and every command', (document) => {
    const text = read(document);
    const metrics = everyMetric();
    for (const name of namesOf(metrics).filter((candidate) => candidate.startsWith('vnpy_bridge_')))
      expect(text).toContain(name);
    metrics.close();
    for (const { name } of COMMANDS) expect(text).toContain(`\`${name}`);
  });

  test.each([
    'docs/vnpy-bridge.md',
    'docs/vnpy-bridge.zh-CN.md',
    'ops/README.md',
    'ops/README.zh-CN.md',
    'ops/Containerfile',
    'ops/vnpy-bridge-relay.service',
    'ops/vnpy-bridge-record.service',
    'ops/vnpy-bridge-edge@.service',
  ])('the command lines in %s are such that the program takes them', async (path) => {
    const form = { texts: await helpIn(VNPY_BRIDGE, 'en'), width: 80 };
    const lines = commandLines(read(path));
    for (const words of lines) {
      const program = createParser(VNPY_BRIDGE, '0', form);
      for (const command of [program, ...program.commands])
        command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });

      expect(() => program.parse(takeLanguage(words).rest, { from: 'user' }), words.join(' ')).not.toThrow();
    }
    if (path.startsWith('docs/')) expect(lines.length).toBeGreaterThan(10);
  });

  test('the units name the program and confine it', () => {
    for (const name of ['relay', 'record', 'edge']) {
      const unit = read(`ops/vnpy-bridge-${name}${name === 'edge' ? '@' : ''}.service`);
      const settings = new Map(
        unit
          .split('\n')
          .filter((line) => /^\w+=/.test(line))
          .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
      expect(settings.get('ExecStart')).toMatch(new RegExp(`^/usr/bin/vnpy-bridge ${name}\\b`));
      expect(settings.get('RestartPreventExitStatus')).toBe('4');
      for (const confined of [
        'NoNewPrivileges',
        'DynamicUser',
        'PrivateTmp',
        'PrivateDevices',
        'ProtectHome',
        'RestrictNamespaces',
      ])
        expect(settings.get(confined)).toBe('yes');

      expect(settings.get('ProtectSystem')).toBe('strict');
      expect(settings.get('CapabilityBoundingSet')).toBe('');
    }
  });

  test('the units leave libzmq what it ends the process without', () => {
    for (const name of ['relay', 'record', 'edge']) {
      const unit = read(`ops/vnpy-bridge-${name}${name === 'edge' ? '@' : ''}.service`);
      const filters = [...unit.matchAll(/^SystemCallFilter=(.*)$/gm)].map(([, value]) => value);
      // In this order: what a later line allows, an earlier one may have denied within @resources.
      expect(filters).toEqual(['@system-service', '~@privileged @resources', 'sched_setscheduler']);
      expect(unit).toMatch(/^SystemCallErrorNumber=EPERM$/m);
      expect(unit).toMatch(/^RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK$/m);
    }
  });

  test('the container runs as a user without rights', () => {
    const recipe = read('ops/Containerfile');
    const last = recipe.slice(recipe.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(last.indexOf('\nUSER ')).toBeLessThan(last.indexOf('ENTRYPOINT'));
    expect(recipe).not.toMatch(/:latest\b|^ADD /m);
    expect(existsSync(fileURLToPath(new URL('ops/README.md', root)))).toBe(true);
  });
});

/** `vnpy-bridge ...` in a shell block or a unit, with continued lines joined; `$ ...` and pipes cut off. */
function commandLines(text: string): readonly (readonly string[])[] {
  const joined = text.replace(/\\\n[#\s]*/g, ' ');
  const found = joined.matchAll(
    /^(?:#\s+)?(?:\$ |ExecStart=\/usr\/bin\/|podman run .*?)?(?<![/\w])vnpy-bridge ((?:[a-z]+)\b[^\n]*)$/gm,
  );
  return [...found]
    .map(([, line = '']) => line.replace(/ (?:\||>|&&|#) .*$/, ''))
    .filter((line) => COMMANDS.some(({ name }) => line.split(' ')[0] === name))
    .map((line) => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? ''));
}
