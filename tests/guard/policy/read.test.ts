/** What a policy says, and what holds where it says nothing. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { policyOf, readPolicy } from '../../../src/guard/policy/read.js';
import type { Limits } from '../../../src/guard/policy/policy.js';
import { policySchema } from '../../../src/guard/policy/schema.js';
import { KEY, OTHER_KEY, policyOfRole, policyWith } from './support.js';

const EMPTY = '{ "version": 1, "roles": {}, "principals": {} }';

test('the example is a policy', () => {
  const policy = readPolicy(readFileSync('examples/guard-policy.json', 'utf8'));
  expect([...policy.principals.keys()]).toEqual(['desk-1', 'strategy-1', 'risk-1', 'screen', 'local']);
  expect(policy.roles.get('trader')?.functions).toContain('get_*');
});

test('what a policy leaves out has a default', () => {
  const policy = readPolicy(EMPTY);
  expect(policy).toMatchObject({
    version: 1,
    zone: 'Asia/Shanghai',
    audit: undefined,
    fresh: { tick: 10_000, position: 30_000, account: 60_000, reference: 'last' },
    contracts: [],
    accounts: [],
  });
  expect(policy.hash).toMatch(/^[0-9a-f]{64}$/);
});

test('without days, Chinese futures begin theirs at 18:00, stocks at 06:00, all others at midnight UTC', () => {
  const workdays = [1, 2, 3, 4, 5];
  expect(readPolicy(EMPTY).days).toEqual([
    {
      exchanges: ['SHFE', 'INE', 'DCE', 'CZCE', 'GFEX', 'CFFEX'],
      starts: 1080,
      on: workdays,
      zone: 'Asia/Shanghai',
    },
    { exchanges: ['SSE', 'SZSE', 'BSE'], starts: 360, on: workdays, zone: 'Asia/Shanghai' },
    { exchanges: ['*'], starts: 0, on: [0, 1, 2, 3, 4, 5, 6], zone: 'UTC' },
  ]);
});

test('days of a policy come before those that hold without', () => {
  const days = [
    { exchanges: ['CME', 'C*E'], starts: '17:00', on: 'sun-thu', zone: 'America/Chicago' },
    { exchanges: ['SGX'], starts: '00:05', on: 'fri-mon,wed' },
  ];
  const policy = policyWith({ days, zone: 'Asia/Singapore' });
  expect(policy.days.slice(0, 2)).toEqual([
    { exchanges: ['CME', 'C*E'], starts: 1020, on: [0, 1, 2, 3, 4], zone: 'America/Chicago' },
    { exchanges: ['SGX'], starts: 5, on: [0, 1, 3, 5, 6], zone: 'Asia/Singapore' },
  ]);
  expect(policy.days).toHaveLength(5);
});

test('a byte order mark and lines of Windows are no faults', () => {
  expect(readPolicy(`\uFEFF${EMPTY.replaceAll(' ', '\r\n')}`).version).toBe(1);
});

describe('audit', () => {
  test.each([
    ['a path', 'a.jsonl', { file: 'a.jsonl', anchors: [], key: undefined, rotate: { bytes: 1e8, day: true } }],
    ['false', false, false],
    [
      'an object',
      { file: 'a', anchors: ['log', 'file:/x/y'], key: 'k', rotate: { day: false } },
      { file: 'a', anchors: ['log', 'file:/x/y'], key: 'k', rotate: { bytes: 1e8, day: false } },
    ],
  ])('%s', (_, audit, expected) => {
    expect(policyWith({ audit }).audit).toEqual(expected);
  });

  test('its paths are relative to the folder of the policy', () => {
    const audit = { file: 'a', anchors: ['file:b', 'log'], key: '/k' };
    const policy = policyOf({ version: 1, roles: {}, principals: {}, audit }, { folder: '/etc/guard' });
    expect(policy.audit).toMatchObject({
      file: resolve('/etc/guard/a'),
      anchors: [`file:${resolve('/etc/guard/b')}`, 'log'],
      key: resolve('/k'),
    });
  });
});

describe('a bare number of a limit is its first member', () => {
  const table: readonly (readonly [string, unknown, unknown])[] = [
    ['orderVolume', 10, 10],
    ['orderVolume', false, false],
    ['orderNotional', 5, { CNY: 5 }],
    ['priceBand', 0.02, { aggressive: 0.02 }],
    ['messagesPerSecond', 5, 5],
    ['ordersPerDay', 10, { total: 10 }],
    ['messagesPerDay', false, { total: false }],
    ['cancelsPerDay', 10, { total: 10, hard: false }],
    ['openOrders', 10, { total: 10 }],
    ['positionVolume', 10, { total: 10, of: 'own', across: false }],
    ['closeOnly', true, true],
    ['openVolumePerDay', 10, { total: 10 }],
    ['largeCancels', 50, { lots: 300, max: 50 }],
    ['selfTrade', 'refuse', 'refuse'],
    ['duplicates', 3, { count: 3, within: 1000 }],
    ['refusals', 20, { count: 20, within: 60_000, then: 'reduce' }],
    ['lossPerDay', 500, { max: 500, then: 'reduce' }],
  ];
  test.each(table)('%s: %j', (name, given, expected) => {
    expect(policyOfRole({ limits: { [name]: given } }).roles.get('r')?.limits).toEqual({ [name]: expected });
  });

  test('every limit is in the table', () => {
    const all: Record<keyof Limits, true> = {
      orderVolume: true,
      orderNotional: true,
      priceBand: true,
      messagesPerSecond: true,
      ordersPerDay: true,
      messagesPerDay: true,
      cancelsPerDay: true,
      openOrders: true,
      positionVolume: true,
      closeOnly: true,
      openVolumePerDay: true,
      largeCancels: true,
      selfTrade: true,
      duplicates: true,
      refusals: true,
      lossPerDay: true,
    };
    expect(new Set(table.map(([name]) => name))).toEqual(new Set(Object.keys(all)));
  });

  test('and its members may be written out', () => {
    const limits = {
      orderNotional: { CNY: 5, USDT: false },
      priceBand: { aggressive: 0.02, passive: 3, ticks: 10 },
      cancelsPerDay: { perSymbol: 400, hard: true },
      positionVolume: { total: 5, perSymbol: 2, of: 'account', across: true },
      largeCancels: { lots: 100, max: false },
      duplicates: { count: 2, within: 50 },
      refusals: { count: 2, within: 50, then: 'halt' },
      lossPerDay: { max: 1.5, then: 'halt' },
    };
    const contracts = [{ match: '*', currency: 'USDT' }];
    const policy = policyWith({ roles: { r: { limits } }, contracts });
    expect(policy.roles.get('r')?.limits).toEqual(limits);
    expect(policy.contracts).toEqual([{ match: '*', inverse: false, currency: 'USDT', notional: 'price' }]);
  });
});

test('limits of accounts count the positions of the account', () => {
  const policy = policyWith({
    accounts: { 'CTP.*': { limits: { positionVolume: 5 } }, 'IB.7': { foreignOrders: 'halt' } },
  });
  expect(policy.accounts).toEqual([
    { match: 'CTP.*', limits: { positionVolume: { total: 5, of: 'account', across: false } }, foreignOrders: 'count' },
    { match: 'IB.7', limits: {}, foreignOrders: 'halt' },
  ]);
});

describe('a principal', () => {
  const principal = (members: object, zone?: string) =>
    policyWith({
      principals: { p: { roles: [], plainUser: 'x', ...members } },
      ...(zone === undefined ? {} : { zone }),
    }).principals.get('p');

  test('has one key or two', () => {
    expect(principal({ curveKey: KEY })?.curveKeys).toEqual([KEY]);
    expect(principal({ curveKey: [KEY, OTHER_KEY] })?.curveKeys).toEqual([KEY, OTHER_KEY]);
    const natsKey = `U${'A'.repeat(55)}`;
    expect(principal({ natsKey })?.natsKeys).toEqual([natsKey]);
  });

  test.each([
    ['2027-01-01', undefined, '2026-12-31T16:00:00.000Z'],
    ['2027-01-01T15:00', undefined, '2027-01-01T07:00:00.000Z'],
    ['2027-01-01T15:00:30', 'America/New_York', '2027-01-01T20:00:30.000Z'],
    ['2027-07-01T15:00', 'America/New_York', '2027-07-01T19:00:00.000Z'],
    ['2027-01-01T15:00Z', undefined, '2027-01-01T15:00:00.000Z'],
    ['2027-01-01 15:00+01:00', undefined, '2027-01-01T14:00:00.000Z'],
    ['2028-02-29', 'UTC', '2028-02-29T00:00:00.000Z'],
  ])('has rights until %s', (until, zone, instant) => {
    expect(new Date(principal({ until }, zone)?.until ?? 0).toISOString()).toBe(instant);
  });

  test('says seconds, and the program has ms', () => {
    expect(principal({ cancelOnDisconnect: 2.5 })?.cancelOnDisconnect).toBe(2500);
  });

  test('has addresses of its own', () => {
    const listen = { request: 'tcp://127.0.0.1:3014', subscribe: 'tcp://127.0.0.1:5102' };
    expect(principal({ listen })?.listen).toEqual({ ...listen, subscribePair: undefined });
  });
});

describe('a role with extends', () => {
  const roles = {
    viewer: { functions: ['get_*'], deny: { symbols: ['au*.SHFE'] }, see: 'own', rights: ['audit'], warnAt: 0.7 },
    base: { symbols: ['*.SHFE'], gateways: ['CTP'], limits: { orderVolume: 10, openOrders: 5 }, cancel: 'all' },
    trader: {
      extends: ['viewer', 'base'],
      functions: ['send_order'],
      gateways: ['SIM'],
      deny: { functions: ['get_account'] },
      rights: ['halt'],
      limits: { orderVolume: 4, messagesPerSecond: 2 },
    },
    silent: { extends: ['trader'] },
  };

  test.each(['trader', 'silent'])('%s has what it extends united in', (name) => {
    expect(policyWith({ roles }).roles.get(name)).toEqual({
      name,
      functions: ['send_order', 'get_*'],
      gateways: ['SIM'],
      symbols: ['*.SHFE'],
      deny: { functions: ['get_account'], symbols: ['au*.SHFE'] },
      see: 'own',
      cancel: 'all',
      future: false,
      rights: ['halt', 'audit'],
      limits: { orderVolume: 4, messagesPerSecond: 2, openOrders: { total: 5 } },
      warnAt: 0.7,
    });
  });

  test('and what nobody says is own for cancels, all for views', () => {
    expect(policyOfRole({}).roles.get('r')).toMatchObject({ cancel: 'own', see: 'all', future: false, functions: [] });
  });
});

test('a policy is frozen through and through', () => {
  const policy = readPolicy(readFileSync('examples/guard-policy.json', 'utf8'));
  const look = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    expect(Object.isFrozen(value), path).toBe(true);
    expect(value, path).not.toHaveProperty('set');
    const members = Symbol.iterator in value ? [...(value as Iterable<unknown>)].entries() : Object.entries(value);
    for (const [name, member] of members) {
      if (Array.isArray(member) && Symbol.iterator in value && !Array.isArray(value))
        look(member[1], `${path}.${String(member[0])}`);
      else look(member, `${path}.${name}`);
    }
  };
  look(policy, 'policy');
  expect(policy.roles.size).toBe(3);
});

test('a policy of an object shares nothing with it, and leaves out what is undefined', () => {
  const functions = ['get_tick'];
  const policy = policyOfRole({ functions, symbols: undefined });
  functions.push('send_order');
  expect(policy.roles.get('r')?.functions).toEqual(['get_tick']);
  expect(policy.roles.get('r')).not.toHaveProperty('symbols');
});

test('the schema for editors has every member, with a description', () => {
  const schema = policySchema() as { readonly properties: Readonly<Record<string, { readonly description?: string }>> };
  const names = 'version zone days audit fresh contracts accounts roles principals'.split(' ');
  expect(names.filter((name) => (schema.properties[name]?.description ?? '') === '')).toEqual([]);
  expect(schema).toMatchObject({ additionalProperties: false, required: ['version', 'roles', 'principals'] });
});
