import { describe, expect, onTestFinished, test } from 'vitest';
import { Guard } from 'vnpy-bridge/guard';
import { SimulatedEngine } from 'vnpy-bridge/vnpy';
import { AppControlError } from 'vnpy-bridge/vnpy/apps';
import { createConsole } from 'vnpy-bridge/web';
import type { ConsoleOptions } from 'vnpy-bridge/web';
import { problemOf, startConsole } from './support/console.js';
import type { Tested } from './support/console.js';
import { FakeApp, FakeSpread } from './support/strategies.js';

// Strategies of vnpy's applications, over real HTTP, with applications of the tests.

const ALL = ['init', 'start', 'stop', 'add', 'edit', 'remove'];

interface Desk extends Tested {
  readonly cta: FakeApp;
  readonly spread: FakeSpread;
  /** Moves the clock by which a list is fresh. */
  readonly pass: (ms: number) => void;
}

async function open(options: ConsoleOptions = {}): Promise<Desk> {
  const [cta, spread] = [new FakeApp(), new FakeSpread()];
  cta.put('double', { vt_symbol: 'rb2705.SHFE' });
  spread.put('pair', { spread_name: 'rb-hc' });
  let time = 0;
  const tested = await startConsole({
    options: { strategies: { cta, spread }, ...options },
    tuning: { initWait: 0, monotonic: () => time },
  });
  const pass = (ms: number): void => {
    time += ms;
  };
  return { ...tested, cta, spread, pass };
}

const listOf = async ({ ask, pass }: Desk, token: string): Promise<Record<string, unknown>[]> => {
  pass(2000);
  return (await ask('GET', '/strategies', { token })).body['data'] as Record<string, unknown>[];
};

const auditOf = async ({ ask, tokens }: Desk): Promise<unknown[]> => {
  const { body } = await ask('GET', '/audit', { token: tokens.admin });
  const lines = body['data'] as { user: string; action: string; outcome: string; detail: { name?: string } }[];
  return lines
    .filter(({ action }) => action.endsWith('-strategy'))
    .map(({ user, action, outcome, detail }) => `${user} ${action} ${detail.name ?? ''} ${outcome}`)
    .reverse();
};

test('a viewer reads all, and does nothing', async () => {
  const desk = await open();
  const { ask, tokens, cta } = desk;
  const { body } = await ask('GET', '/strategies', { token: tokens.viewer });
  expect(body['apps']).toEqual([
    { app: 'cta', server: null, actions: [], problem: null },
    { app: 'spread', server: null, actions: [], problem: null },
  ]);
  expect(body['data']).toMatchObject([
    { app: 'cta', name: 'double', class_name: 'DoubleMaStrategy', symbol: 'rb2705.SHFE', inited: false },
    { app: 'spread', name: 'pair', symbol: 'rb-hc', trading: false, parameters: { fast_window: 10 } },
  ]);
  expect((body['data'] as object[])[0]).toMatchObject({ variables: { pos: 0 }, running: null, failure: null });
  for (const action of ['init', 'start', 'stop']) {
    const answer = await ask('POST', `/strategies/cta/double/${action}`, { token: tokens.viewer });
    expect(problemOf(answer)).toBe('forbidden');
  }
  expect(cta.calls).toEqual(['list']);
});

test('a trader initialises, starts and stops; the audit has who and what', async () => {
  const desk = await open();
  const { ask, tokens, cta } = desk;
  const token = tokens.trader;
  expect((await ask('GET', '/strategies', { token })).body['apps']).toContainEqual({
    ...{ app: 'cta', server: null, actions: ALL, problem: null },
  });
  const early = await ask('POST', '/strategies/cta/double/start', { token });
  expect(early.body).toMatchObject({ status: 422, server_log: ['策略double启动失败，请先初始化'] });
  expect(problemOf(early)).toBe('strategy-refused');
  expect((await ask('POST', '/strategies/cta/double/init', { token })).status).toBe(202);
  const { body } = await ask('POST', '/strategies/cta/double/start', { token });
  expect(body).toEqual({ app: 'cta', name: 'double', outcome: 'done' });
  // What has just been done is in the next list, however fresh the last one is.
  const { body: list } = await ask('GET', '/strategies', { token });
  expect(list['data']).toContainEqual(expect.objectContaining({ name: 'double', inited: true, trading: true }));
  expect((await ask('POST', '/strategies/cta/double/stop', { token })).status).toBe(200);
  expect((await listOf(desk, token))[0]).toMatchObject({ trading: false });
  expect(cta.calls.filter((call) => call !== 'list')).toEqual([
    ...['start double', 'init double', 'start double', 'stop double'],
  ]);
  expect(await auditOf(desk)).toEqual([
    'trader start-strategy double strategy-refused',
    'trader init-strategy double done',
    'trader start-strategy double done',
    'trader stop-strategy double done',
  ]);
});

test('an init that takes long is under way: nothing else is begun, a stop passes, and its failure is told', async () => {
  const desk = await open();
  const { ask, tokens, cta } = desk;
  const token = tokens.trader;
  let reject: (error: Error) => void = () => undefined;
  cta.before = new Promise((_, refuse) => {
    reject = refuse;
  });
  const { status, body } = await ask('POST', '/strategies/cta/double/init', { token });
  expect([status, body['outcome']]).toEqual([202, 'running']);
  expect((await listOf(desk, token))[0]).toMatchObject({ running: 'init', inited: false });
  for (const action of ['init', 'start'])
    expect(problemOf(await ask('POST', `/strategies/cta/double/${action}`, { token }))).toBe('strategy-busy');

  cta.before = Promise.resolve();
  expect((await ask('POST', '/strategies/cta/double/stop', { token })).status).toBe(200);
  expect((await listOf(desk, token))[0]).toMatchObject({ running: 'init' });
  reject(new AppControlError('STRATEGY_FAILED', 'the code of double has failed: ZeroDivisionError'));
  await expect.poll(() => listOf(desk, token)).toMatchObject([{ running: null, failure: /ZeroDivisionError/ }, {}]);
  expect((await auditOf(desk)).at(-1)).toBe('trader init-strategy double strategy-refused');
  await ask('POST', '/strategies/cta/double/init', { token });
  await expect.poll(() => listOf(desk, token)).toMatchObject([{ inited: true, failure: null }, {}]);
});

test('while trading is halted nothing is started, and what trades is stopped', async () => {
  const desk = await open();
  const { ask, tokens, cta } = desk;
  const token = tokens.trader;
  cta.set('double', { inited: true });
  await ask('POST', '/trading/halt', { token, body: { reason: 'test' } });
  expect(problemOf(await ask('POST', '/strategies/cta/double/start', { token }))).toBe('halted');
  expect((await ask('POST', '/strategies/cta/double/stop', { token })).status).toBe(200);
  expect(cta.calls).toEqual(['stop double']);
});

describe('what is not there', () => {
  test('without the option no route is, and without trade none that acts', async () => {
    const plain = await startConsole();
    expect(problemOf(await plain.ask('GET', '/strategies', { token: plain.tokens.admin }))).toBe('not-found');
    const there = await plain.ask('POST', '/strategies/cta/double/start', { token: plain.tokens.viewer });
    expect(problemOf(there)).toBe('not-found');
    const looking = await open({ trade: false });
    const { ask, tokens } = looking;
    expect(problemOf(await ask('POST', '/strategies/cta/double/stop', { token: tokens.admin }))).toBe('not-found');
    const { body } = await ask('GET', '/strategies', { token: tokens.admin });
    expect(body['apps']).toContainEqual({ app: 'cta', server: null, actions: [], problem: null });
    expect((await ask('GET', '/session', { token: tokens.admin })).body).toMatchObject({
      options: { strategies: true },
    });
  });

  test('an application whose functions the server lacks, a strategy and an application of no such name', async () => {
    const desk = await open();
    const { ask, tokens, spread } = desk;
    const token = tokens.trader;
    spread.isMissing = true;
    const { body } = await ask('GET', '/strategies', { token });
    expect(body['apps']).toMatchObject([{ app: 'cta', actions: ALL }]);
    for (const path of ['cta/other/start', 'algo/double/start'])
      expect(problemOf(await ask('POST', `/strategies/${path}`, { token }))).toBe('not-found');
  });

  test('an option that is none', () => {
    const made = (strategies: object) => () => createConsole(new SimulatedEngine(), { strategies: strategies });
    expect(made({ algo: new FakeApp() })).toThrow(/strategies\.algo has no algos\(\)/);
    expect(made({ options: {} })).toThrow(/options/);
    const both = { cta: new FakeApp(), servers: { day: {} } };
    expect(made(both)).toThrow(/not both/);
    expect(made({ servers: { day: { cta: {} } } })).toThrow(/servers\.day\.cta has no/);
    expect(made({ cta: {} })).toThrow(/strategies\.cta has no strategies\(\)/);
  });
});

test('a list serves all who ask within a second', async () => {
  const desk = await open();
  const { ask, tokens, cta, pass } = desk;
  const asked = async (): Promise<number> => {
    await ask('GET', '/strategies', { token: tokens.viewer });
    return cta.calls.length;
  };
  expect(await asked()).toBe(1);
  expect(await asked()).toBe(1);
  pass(1000);
  expect(await asked()).toBe(2);
});

test('a policy names the functions: who may list, start and stop', async () => {
  const may = (...more: string[]): object => ({ functions: ['get_*', 'send_order', 'cancel_order', ...more] });
  const guard = await Guard.open({
    ...{ version: 1, audit: false },
    roles: {
      // A pattern names what the server registers later only where the policy says so.
      viewer: may('cta_*'),
      trader: may('cta_strategies', 'cta_stop_strategy'),
      admin: { ...may('cta_*'), future: true, deny: { functions: ['cta_stop_strategy'] }, rights: ['audit'] },
    },
    principals: {
      eve: { roles: ['viewer'], webUser: 'viewer' },
      desk: { roles: ['trader'], webUser: 'trader' },
      boss: { roles: ['admin'], webUser: 'admin' },
    },
  });
  onTestFinished(() => guard.close());
  const desk = await open({ guard });
  const { ask, tokens, cta } = desk;
  cta.set('double', { inited: true });
  const appsOf = async (token: string): Promise<unknown> => (await ask('GET', '/strategies', { token })).body['apps'];
  expect(await appsOf(tokens.viewer)).toEqual([]);
  expect(await appsOf(tokens.trader)).toMatchObject([{ app: 'cta', actions: ['stop'] }]);
  expect(await appsOf(tokens.admin)).toMatchObject([
    { app: 'cta', actions: ['init', 'start', 'add', 'edit', 'remove'] },
  ]);
  const refused = await ask('POST', '/strategies/cta/double/start', { token: tokens.trader });
  expect(problemOf(refused)).toBe('forbidden');
  expect(refused.body['detail']).toMatch(/cta_start_strategy/);
  expect((await ask('POST', '/strategies/cta/double/start', { token: tokens.admin })).status).toBe(200);
  expect((await ask('POST', '/strategies/cta/double/stop', { token: tokens.trader })).status).toBe(200);
  expect(cta.calls.filter((call) => call !== 'list')).toEqual(['start double', 'stop double']);
});
