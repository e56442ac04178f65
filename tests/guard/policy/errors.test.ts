/** Every fault that a policy can have, with its line. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PolicyError } from '../../../src/guard/errors.js';
import { policyOf, readPolicy } from '../../../src/guard/policy/read.js';
import { faultsOf, KEY, OTHER_KEY, textFaults } from './support.js';

const whole = (members: string): string => `{\n"version": 1,\n"roles": {},\n"principals": {}${members}}`;

describe('a text that is no JSON', () => {
  test.each<readonly [name: string, text: string, fault: RegExp]>([
    ['nothing', '', /^1 {2}no JSON/],
    ['no end', '{\n"version": 1', /^2 {2}no JSON: a "}" is missing/],
    ['a comment', whole('\n// why\n'), /^5 {2}no JSON: it has a comment/],
    ['a comment in a line', whole('/* why */'), /^4 {2}no JSON: it has a comment/],
    ['a comma at the end', whole(',\n'), /^5 {2}no JSON: a name .* comma too many/],
    ['a comma in a list', whole(',\n"days": [1,]'), /^5 {2}no JSON: a value is missing/],
    ['a name without quotes', whole(',\nzone: "UTC"'), /^5 {2}no JSON/],
    ['two values', `${whole('')}\n{}`, /^5 {2}no JSON: something stands behind/],
    ['Python', '{\n"version": None}', /^2 {2}no JSON/],
    ['a tab in a text', whole(',\n"zone": "U\tTC"'), /^5 {2}no JSON: a text has a character/],
  ])('%s', (_, text, fault) => {
    expect(textFaults(text)[0]).toMatch(fault);
  });

  test.each<readonly [name: string, text: string, fault: string]>([
    ['a name twice', whole(',\n"roles": {}'), '5 roles is there twice'],
    ['a name twice, written otherwise', whole(',\n"r\\u006fles": {}'), '5 roles is there twice'],
    ['an infinite number', whole(',\n"fresh": {\n"tick": 1e999}'), '6 fresh.tick must be a finite number, not 1e999'],
    ['a number too small', whole(',\n"fresh": {"tick": 1e-999}'), '5 fresh.tick is too small a number: 1e-999'],
    [
      'too many digits',
      whole(',\n"fresh": {"tick": 0.1000000000000000055}'),
      '5 fresh.tick has 19 digits: 15 at most can be kept',
    ],
  ])('%s', (_, text, fault) => {
    expect(textFaults(text)).toEqual([fault]);
  });

  test.each([
    ['lists', '['],
    ['objects', '{"a":'],
  ])('%s in each other, ten million bytes of them, are told and not followed', (_, opening) => {
    const text = opening.repeat(Math.floor(9_999_999 / opening.length));
    expect(textFaults(text)[0]).toMatch(/nested deeper than 32/);
  });

  test('more than 10 MB, and more values than memory is for', () => {
    expect(() => readPolicy(' '.repeat(10_000_001))).toThrow(/larger than 10 MB/);
    expect(textFaults(`[${'1,'.repeat(1_000_000)}1]`)[0]).toMatch(/too many values/);
  });
});

describe('what is wrong in one place', () => {
  const role = (text: string): string => `{ "version": 1, "principals": {},\n"roles": { "r": {\n${text}\n} } }`;
  const principal = (text: string): string =>
    `{ "version": 1, "roles": { "r": {} },\n"principals": { "p": {\n${text}\n} } }`;
  const top = (text: string): string => `{ "version": 1, "roles": {}, "principals": {},\n\n${text}\n}`;

  test.each<readonly [name: string, text: string, fault: RegExp]>([
    // the whole
    ['a list', '[]', /^1 {2}must be an object, not an array/],
    ['an unknown member', top('"zones": "UTC"'), /^3 zones is no member of a policy; did you mean "zone"\?/],
    ['a day', top('"day": "21:00"'), /^3 day .* did you mean "days"/],
    ['no time zone', top('"zone": "Asia/Shangai"'), /^3 zone is no time zone/],
    [
      'a time',
      top('"days": [{ "exchanges": ["SHFE"], "starts": "24:00" }]'),
      /^3 days\[0\]\.starts is no time of a day/,
    ],
    ['days', top('"days": [{ "exchanges": ["SHFE"], "starts": "18:00", "on": "mo-fr" }]'), /^3 .*\.on names no days/],
    [
      'an exchange',
      top('"days": [{ "exchanges": ["SHEF"], "starts": "18:00" }]'),
      /^3 days\[0\]\.exchanges\[0\] .* did you mean "SHFE"/,
    ],
    [
      'exchanges',
      top('"days": [{ "exchanges": ["X*X"], "starts": "18:00" }]'),
      /^3 .* matches none of vnpy's exchanges/,
    ],
    ['no time', top('"days": [{ "exchanges": ["SHFE"] }]'), /^3 days\[0\]\.starts is missing/],
    ['an audit', top('"audit": true'), /^3 audit must be the path of a file, .* not true/],
    ['an audit without a file', top('"audit": {}'), /^3 audit\.file is missing/],
    [
      'an anchor',
      top('"audit": { "file": "a", "anchors": ["mail"] }'),
      /^3 audit\.anchors\[0\] must be "log" or "file:"/,
    ],
    ['a freshness', top('"fresh": { "tick": 0 }'), /^3 fresh\.tick must be above 0, not 0/],
    ['a reference', top('"fresh": { "reference": "lasst" }'), /^3 fresh\.reference .* did you mean "last"/],
    ['a currency', top('"contracts": [{ "match": "*", "currency": "btc" }]'), /^3 contracts\[0\]\.currency must be/],
    ['an account', top('"accounts": { "CTP": {} }'), /^3 accounts\.CTP is no account/],
    [
      'an account by own fills',
      top('"accounts": { "CTP.*": { "limits": { "positionVolume": { "total": 1, "of": "own" } } } }'),
      /^3 accounts\["CTP\.\*"\]\.limits\.positionVolume\.of is own/,
    ],
    // roles
    ['what other formats have', role('"allow": {}'), /^3 roles\.r\.allow .* stands in the role itself/],
    ['a misspelt member', role('"simbols": []'), /^3 roles\.r\.simbols .* did you mean "symbols"/],
    [
      'a member of a limit',
      role('"limits": { "openOrders": {\n"persymbol": 3, "total": 1 } }'),
      /^4 .*\.persymbol .* did you mean "perSymbol"/,
    ],
    ['a text for a list', role('"functions": "get_*"'), /^3 roles\.r\.functions must be a list, with \[ and \]/],
    ['an empty pattern', role('"gateways": [""]'), /^3 roles\.r\.gateways\[0\] must not be empty/],
    ['Cyrillic', role('"gateways": ["C\u0422P"]'), /^3 .* character U\+0422, which looks like "T"/],
    ['wide letters', role('"gateways": ["\uFF23TP"]'), /^3 .* U\+FF23, which looks like "C"/],
    ['a zero', role('"gateways": ["CTP\\u0000"]'), /^3 .* character U\+0000/],
    ['a space at the end', role('"gateways": ["CTP "]'), /^3 .* begins or ends with a space/],
    ['half a character', role('"gateways": ["\\ud800"]'), /^3 .* character U\+D800/],
    ['a contract without exchange', role('"symbols": ["rb2705"]'), /^3 .* symbol\.EXCHANGE, "rb2705\.SHFE"/],
    [
      'a contract of no exchange',
      role('"deny": {\n"symbols": ["au*.SHEF"] }'),
      /^4 roles\.r\.deny\.symbols\[0\] .* did you mean "SHFE"/,
    ],
    ['an account without gateway', role('"accounts": ["1234"]'), /^3 .* GATEWAY\.accountid/],
    ['a product', role('"products": ["FUTURE"]'), /^3 .* did you mean "FUTURES"/],
    ['a type of orders', role('"orderTypes": ["limit"]'), /^3 .* did you mean "LIMIT"/],
    ['whose orders', role('"cancel": "alll"'), /^3 roles\.r\.cancel .* did you mean "all"/],
    ['a right', role('"rights": ["halts"]'), /^3 roles\.r\.rights\[0\] .* did you mean "halt"/],
    ['a warning above 1', role('"warnAt": 80'), /^3 roles\.r\.warnAt must be at most 1/],
    [
      'a role that is not there',
      role('"extends": ["rr"]'),
      /^3 roles\.r\.extends\[0\] there is no role "rr"; did you mean "r"/,
    ],
    ['a role of itself', role('"extends": ["r"]'), /^3 .* is a circle: r extends r/],
    // limits
    [
      '0',
      role('"limits": { "orderVolume": 0 }'),
      /^3 roles\.r\.limits\.orderVolume .* write false where none is allowed/,
    ],
    ['a negative limit', role('"limits": { "openOrders": -1 }'), /^3 .*openOrders must be above 0/],
    ['a number as text', role('"limits": { "orderVolume": "10" }'), /^3 .* must be a number above 0, .* not "10"/],
    ['null', role('"limits": { "orderVolume": null }'), /^3 .* not null/],
    ['true', role('"limits": { "ordersPerDay": true }'), /^3 .* not true/],
    ['an empty limit', role('"limits": { "openOrders": {} }'), /^3 .* is empty: it has the members total, perSymbol/],
    ['a limit that is not there', role('"limits": { "orderVolumne": 1 }'), /^3 .* did you mean "orderVolume"/],
    [
      'a currency of nowhere',
      role('"limits": { "orderNotional": { "CYN": 1 } }'),
      /^3 .*orderNotional\.CYN .* did you mean "CNY"/,
    ],
    [
      'a band without its side',
      role('"limits": { "priceBand": { "ticks": 1 } }'),
      /^3 .*priceBand\.aggressive is missing/,
    ],
    ['a band of 200 %', role('"limits": { "priceBand": 2 }'), /^3 .* at most 1: 0\.02 is 2 %/],
    ['half an order', role('"limits": { "duplicates": 1.5 }'), /^3 .* must be a whole number/],
    ['selfTrade', role('"limits": { "selfTrade": true }'), /^3 .* must be one of "refuse", not true/],
    [
      'what to do',
      role('"limits": { "lossPerDay": { "max": 1, "then": "stop" } }'),
      /^3 .*then must be one of "reduce", "halt"/,
    ],
    // principals
    ['no roles', principal('"plainUser": "x"'), /^2 principals\.p\.roles is missing/],
    [
      'a role of nobody',
      principal('"plainUser": "x", "roles": ["R"]'),
      /^3 principals\.p\.roles\[0\] there is no role "R"; did you mean "r"/,
    ],
    ['no way to it', principal('"roles": ["r"]'), /^2 principals\.p cannot be reached/],
    ['curveKeys', principal('"curveKeys": [], "roles": []'), /^3 .* did you mean "curveKey"/],
    ['no key', principal('"curveKey": "xx", "roles": []'), /^3 principals\.p\.curveKey is no CURVE key/],
    ['a key above 2^32', principal(`"curveKey": "${'#'.repeat(40)}", "roles": []`), /^3 .* is no CURVE key/],
    [
      'three keys',
      principal(`"curveKey": ["${KEY}", "${OTHER_KEY}", "${KEY}"], "roles": []`),
      /^3 .* two keys, not more/,
    ],
    ['the same key twice', principal(`"curveKey": ["${KEY}", "${KEY}"], "roles": []`), /^3 .* is there twice/],
    ['a NATS seed', principal('"natsKey": "SUAM", "roles": []'), /^3 .* no public key of a NATS user/],
    [
      'no address',
      principal('"addresses": ["10.1.2.3/16"], "roles": []'),
      /^3 principals\.p\.addresses\[0\] .* the network is 10\.1\.0\.0\/16/,
    ],
    ['no addresses', principal('"addresses": [], "roles": []'), /^3 .* is empty/],
    [
      'a day that is none',
      principal('"plainUser": "x", "roles": [], "until": "2027-02-30"'),
      /^3 principals\.p\.until is no time/,
    ],
    [
      'a duration',
      principal('"plainUser": "x", "roles": [], "cancelOnDisconnect": 90000'),
      /^3 .* at most a day, 86400 s/,
    ],
    [
      'a free port',
      principal('"roles": [], "listen": { "request": "tcp://127.0.0.1:*", "subscribe": "tcp://127.0.0.1:1" }'),
      /^3 principals\.p\.listen\.request needs the number of a port/,
    ],
    [
      'no listen address',
      principal('"roles": [], "listen": { "request": "3014", "subscribe": "tcp://127.0.0.1:1" }'),
      /^3 .*request .* an address looks like/,
    ],
    [
      'one for both',
      principal('"roles": [], "listen": { "request": "tcp://localhost:1", "subscribe": "tcp://127.0.0.1:1" }'),
      /^3 .*subscribe is there twice/,
    ],
    [
      'open to all',
      principal('"roles": [], "listen": { "request": "tcp://*:1", "subscribe": "tcp://127.0.0.1:2" }'),
      /^3 .*request can be reached from other machines/,
    ],
  ])('%s', (_, text, fault) => {
    const faults = textFaults(text);
    expect(faults[0]).toMatch(fault);
    expect(faults).toHaveLength(1);
  });

  test.each(['__proto__', 'constructor', 'prototype', '', 'de\u0455k', 'x'.repeat(201), 'a\nb'])(
    'the name %j',
    (name) => {
      const text = `{ "version": 1, "roles": { ${JSON.stringify(name)}: {} }, "principals": {\n${JSON.stringify(name)}: { "roles": [], "plainUser": "x" } } }`;
      const faults = textFaults(text);
      expect(faults.map((fault) => fault.slice(0, 3))).toEqual(['1 r', '2 p']);
      expect(faults[0]).toMatch(/has /);
    },
  );
});

describe('two that do not go together', () => {
  const principals = (one: object, other: object, name = 'q') => ({
    version: 1,
    roles: {
      r: {},
      own: { limits: { positionVolume: 3 } },
      all: { limits: { positionVolume: { total: 3, of: 'account' } } },
    },
    principals: { p: { roles: [], ...one }, [name]: { roles: [], ...other } },
  });
  test.each<readonly [name: string, one: object, other: object, fault: RegExp]>([
    [
      'one key',
      { curveKey: [KEY, OTHER_KEY] },
      { curveKey: OTHER_KEY },
      /^principals\.q\.curveKey is that of "p", too/,
    ],
    ['one user', { plainUser: 'x' }, { plainUser: 'x' }, /^principals\.q\.plainUser is that of "p"/],
    ['one web user', { webUser: 'x' }, { webUser: 'x' }, /^principals\.q\.webUser is that of "p"/],
    [
      'one NATS key',
      { natsKey: `U${'A'.repeat(55)}` },
      { natsKey: `U${'A'.repeat(55)}` },
      /^principals\.q\.natsKey is/,
    ],
    [
      'networks in each other',
      { addresses: ['10.1.2.3'] },
      { addresses: ['9.9.9.9', '10.0.0.0/8'] },
      /^principals\.q\.addresses\[1\] 10\.0\.0\.0\/8 could be "p"/,
    ],
    [
      'one address to listen',
      { listen: { request: 'tcp://127.0.0.1:1', subscribe: 'tcp://127.0.0.1:2' } },
      { listen: { request: 'tcp://127.0.0.1:3', subscribe: 'tcp://localhost:1' } },
      /^principals\.q\.listen\.subscribe is an address of "p"/,
    ],
    [
      'roles that count different positions',
      { plainUser: 'x' },
      { plainUser: 'y', roles: ['own', 'all'] },
      /^principals\.q\.roles\[1\] positionVolume\.of differs between the roles own and all/,
    ],
  ])('%s', (_, one, other, fault) => {
    const faults = faultsOf(() => policyOf(principals(one, other)));
    expect(faults.map(({ path, message }) => `${path} ${message}`)).toEqual([expect.stringMatching(fault)]);
  });

  test('addresses that only restrict may be the same', () => {
    const addresses = ['10.0.0.0/8'];
    expect(() => policyOf(principals({ addresses }, { addresses, curveKey: KEY }))).not.toThrow();
  });

  test('an address of this machine, and local', () => {
    const faults = faultsOf(() => policyOf(principals({ addresses: ['127.0.0.1'] }, {}, 'local')));
    expect(faults).toEqual([expect.objectContaining({ path: 'principals.p.addresses[0]' })]);
  });

  test('local, and a key', () => {
    const faults = faultsOf(() => policyOf(principals({ plainUser: 'x' }, { curveKey: KEY, webUser: 'w' }, 'local')));
    expect(faults.map(({ path }) => path)).toEqual(['principals.local.curveKey', 'principals.local.webUser']);
  });
});

describe('a role that extends another', () => {
  const extended = (parent: object, child: object): string[] =>
    faultsOf(() =>
      policyOf({
        version: 1,
        principals: {},
        roles: { base: { limits: parent }, child: { extends: ['base'], limits: child } },
      }),
    ).map(({ path }) => path);

  test.each<readonly [parent: object, child: object, path: string]>([
    [{ orderVolume: 5 }, { orderVolume: 6 }, 'orderVolume'],
    [{ orderVolume: false }, { orderVolume: 1 }, 'orderVolume'],
    [{ openOrders: 5 }, { openOrders: { total: 6, perSymbol: 1 } }, 'openOrders.total'],
    [{ orderNotional: 5 }, { orderNotional: { CNY: 6 } }, 'orderNotional.CNY'],
    [{ closeOnly: true }, { closeOnly: false }, 'closeOnly'],
    [{ cancelsPerDay: { total: 1, hard: true } }, { cancelsPerDay: { total: 1, hard: false } }, 'cancelsPerDay.hard'],
    [{ duplicates: { count: 2, within: 500 } }, { duplicates: { count: 2, within: 400 } }, 'duplicates.within'],
    [{ duplicates: 2 }, { duplicates: 3 }, 'duplicates.count'],
    [{ lossPerDay: { max: 5, then: 'halt' } }, { lossPerDay: 5 }, 'lossPerDay.then'],
    [{ refusals: 5 }, { refusals: { count: 5, within: 1000 } }, 'refusals.within'],
    [{ largeCancels: 5 }, { largeCancels: { lots: 400, max: 5 } }, 'largeCancels.lots'],
    [{ priceBand: 0.02 }, { priceBand: { aggressive: 0.02, ticks: 3 } }, 'priceBand.ticks'],
    [{ positionVolume: 5 }, { positionVolume: { total: 5, of: 'account' } }, 'positionVolume.of'],
  ])('%j is not widened to %j', (parent, child, path) => {
    expect(extended(parent, child)).toEqual([`roles.child.limits.${path}`]);
    // As it is, it passes.
    expect(() => extended(parent, parent)).toThrow('it was taken for a policy');
  });

  test('stands in a chain of 8 at most', () => {
    const chain = (length: number) => ({
      version: 1,
      principals: {},
      roles: Object.fromEntries(
        Array.from({ length }, (_, index) => [`r${index}`, { extends: index === 0 ? [] : [`r${index - 1}`] }]),
      ),
    });
    expect(() => policyOf(chain(8))).not.toThrow();
    const faults = faultsOf(() => policyOf(chain(9)));
    expect(faults).toEqual([
      expect.objectContaining({ path: 'roles.r8.extends', message: expect.stringContaining('more than 8') as string }),
    ]);
    // Whichever comes first.
    const { roles, ...rest } = chain(9);
    const turned = { ...rest, roles: Object.fromEntries(Object.entries(roles).reverse()) };
    expect(faultsOf(() => policyOf(turned)).length).toBeGreaterThan(0);
  });

  test('may not come back to itself, over whom ever', () => {
    const roles = { a: { extends: ['b'] }, b: { extends: ['c'] }, c: { extends: ['a'] } };
    const faults = faultsOf(() => policyOf({ version: 1, principals: {}, roles }));
    expect(faults.map(({ message }) => message)).toEqual(['is a circle: a extends b extends c extends a']);
  });
});

test('all faults are told at once, by their lines, those of the form beside those of the meaning', () => {
  const text = `{
  "version": 2,
  "roles": {
    "trader": { "extends": ["viewr"],
      "simbols": [], "limits": { "openOrders": {
        "total": 0 } } },
    "viewer": {}
  },
  "principals": {
    "desk": { "curveKey": "x",
      "roles": ["tradr"] },
    "lost": { "roles": [] }
  }
}`;
  const faults = textFaults(text);
  expect(faults.map((fault) => fault.split(' ').slice(0, 2).join(' '))).toEqual([
    '2 version',
    '4 roles.trader.extends[0]',
    '5 roles.trader.simbols',
    '6 roles.trader.limits.openOrders.total',
    '10 principals.desk.curveKey',
    '11 principals.desk.roles[0]',
    '12 principals.lost',
  ]);
  expect(() => readPolicy(text)).toThrow(/^the policy has 7 faults:\nline 2: version must be 1, not 2\n/);
});

test('of ten thousand faults a hundred are told, and counted are all', () => {
  const roles = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`r${index}`, { x: 1 }]));
  const text = JSON.stringify({ version: 1, principals: {}, roles });
  expect(faultsOf(() => readPolicy(text))).toHaveLength(100);
  expect(() => readPolicy(text)).toThrow(/has 10000 faults[^]*and 9980 more$/);
});

describe('an object that is no policy', () => {
  const circle: Record<string, unknown> = {};
  circle['roles'] = circle;
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no keys');
      },
    },
  );
  test.each<readonly [name: string, value: object, message: RegExp]>([
    [
      'NaN',
      { version: 1, roles: {}, principals: {}, fresh: { tick: NaN } },
      /fresh\.tick must be a finite number, not NaN/,
    ],
    ['a bigint', { version: 1n }, /version must be what JSON can hold, not 1/],
    ['a Map', { version: 1, roles: new Map() }, /roles must be what JSON can hold, not an object/],
    ['a circle', circle, /nested deeper than 32/],
    ['one that cannot be looked at', hostile, /cannot be read: no keys/],
    ['a list', [], /must be an object, not an array/],
  ])('%s', (_, value, message) => {
    expect(() => policyOf(value)).toThrow(message);
    expect(() => policyOf(value)).toThrow(PolicyError);
  });
});

/** The example's members, each of which may be something else. */
const sound = {
  version: 1,
  audit: 'a',
  days: [{ exchanges: ['*'], starts: '18:00' }],
  accounts: { 'CTP.*': { limits: { lossPerDay: 5 } } },
  roles: {
    viewer: { functions: ['get_*'] },
    trader: { extends: ['viewer'], limits: { openOrders: { total: 5 } }, deny: { symbols: ['*.SHFE'] } },
  },
  principals: { desk: { curveKey: KEY, roles: ['trader'], until: '2027-01-01' }, local: { roles: [] } },
};

test('whatever stands in the place of a member, nothing but a PolicyError is thrown', () => {
  const places = (value: unknown, path: readonly string[] = []): (readonly string[])[] =>
    typeof value === 'object' && value !== null
      ? [path, ...Object.entries(value).flatMap(([name, member]) => places(member, [...path, name]))]
      : [path];
  const replaced = (value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown => {
    if (name === undefined) return by;
    const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
    Reflect.set(copy, name, replaced(Reflect.get(value as object, name), rest, by));
    return copy;
  };
  fc.assert(
    fc.property(fc.constantFrom(...places(sound)), fc.jsonValue({ maxDepth: 3 }), (path, by) => {
      try {
        readPolicy(JSON.stringify(replaced(sound, path, by)));
      } catch (error) {
        expect(error).toBeInstanceOf(PolicyError);
        expect((error as PolicyError).issues.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 1000 },
  );
});

test('whatever text is damaged, nothing but a PolicyError is thrown', () => {
  const text = JSON.stringify(sound, null, 1);
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(8), fc.string({ maxLength: 4 }), (at, cut, put) => {
      try {
        readPolicy(text.slice(0, at) + put + text.slice(at + cut));
      } catch (error) {
        expect(error).toBeInstanceOf(PolicyError);
      }
    }),
    { numRuns: 1000 },
  );
});
