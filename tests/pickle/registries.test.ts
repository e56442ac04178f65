/** Registries in one process: what one knows of a class or an enum is nothing to another. */
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  ClassRegistry,
  DefaultDict,
  dumps,
  FrozenSet,
  loads,
  OrderedDict,
  PickleError,
  PyDict,
  PyGlobal,
  PyObject,
  Tuple,
} from 'vnpy-bridge/pickle';
import type { ClassDefinition } from 'vnpy-bridge/pickle';
import { caught } from '../support/caught.js';
import { call } from '../support/refused.js';
import { rowClass } from '../support/rows.js';

/** Classes and members that no test has shown to a registry before, and registries that differ in what they say of them. */
function world() {
  const { make, row } = rowClass();
  const members = [Object.freeze({ of: 'E' }), Object.freeze(['E'])] as const;
  const enumOf = (...values: readonly unknown[]): ClassDefinition => ({
    kind: 'enum',
    module: 'm',
    qualname: 'E',
    members: members.map((member, at) => ({ name: `M${at}`, values: [values[at]], member })),
  });
  const registries: Record<string, () => ClassRegistry> = {
    'no Row as a key, and E of 1 and 2': () => ClassRegistry.of(row(false), enumOf(1, 2)),
    'any Row as a key, and no E': () => ClassRegistry.of(row(true)),
    'a Row by default, and E of 2 and 3': () => ClassRegistry.of(row(), enumOf(2, 3)),
    'no class at all': () => ClassRegistry.empty,
  };
  return { make, members, registries };
}

type World = ReturnType<typeof world>;

const NAMES = Object.keys(world().registries);

const newRow = new PyObject(new PyGlobal('m', 'Row'), Tuple.of(), 'new');

/** Written as they stand: a key, and everything that Python makes keys of. */
function* keyed(key: unknown): Generator {
  yield new PyDict([[key, 1]]);
  yield new PyDict([[Tuple.of('t', Tuple.of(key)), 1]]);
  yield call('builtins', 'set', [key]);
  yield call('builtins', 'frozenset', [Tuple.of(key)]);
  yield new PyObject(new PyGlobal('collections', 'OrderedDict'), Tuple.of<unknown>([[key, 1]]));
  yield call('collections', 'Counter', new PyDict([[key, 1]]));
  const added = [{ kind: 'add', items: ['a', key] } as const];
  yield new PyObject(new PyGlobal('builtins', 'set'), Tuple.of(), 'call', undefined, added);
}

/** The same of this side's own. */
function* made(key: unknown): Generator {
  const entries: [unknown, unknown][] = [
    ['a', 1],
    [key, 2],
  ];
  yield new Map(entries);
  yield new PyDict(entries);
  yield [new PyDict([[Tuple.of(Tuple.of(1, key)), 2]])];
  yield new OrderedDict(entries);
  yield new DefaultDict(null, entries);
  yield new PyDict(new PyDict(entries));
  yield new Set([key]);
  yield new FrozenSet([Tuple.of(key)]);
}

function outcome(work: () => unknown): string {
  try {
    return inspect(work(), { depth: 10 });
  } catch (error) {
    return error instanceof PickleError ? `${error.code}: ${error.message}` : String(error);
  }
}

/** What a registry makes of everything that has a key of a class or an enum in it. */
function outcomes({ make, members }: World, registry: ClassRegistry): string[] {
  const read = [newRow, call('m', 'E', 1), call('m', 'E', 2), call('m', 'E', 3)].flatMap((key) =>
    [...keyed(key)].map((value) => outcome(() => loads(dumps(value), { registry }))),
  );
  const written = [make(), ...members].flatMap((key) =>
    [2, 5].flatMap((protocol) => [...made(key)].map((value) => outcome(() => dumps(value, { registry, protocol })))),
  );
  return [...read, ...written];
}

describe('a registry', () => {
  const pairs = NAMES.flatMap((one) => NAMES.filter((other) => other !== one).map((other) => [one, other] as const));

  test.each(pairs)('that knows %s is alone, whatever another knows: %s', (one, other) => {
    const build = (from: World, name: string): ClassRegistry => from.registries[name]?.() ?? ClassRegistry.empty;
    const lonely = world();
    const alone = outcomes(lonely, build(lonely, one));

    const before = world();
    const registry = build(before, one);
    outcomes(before, registry);
    outcomes(before, build(before, other));
    expect(outcomes(before, registry)).toEqual(alone);

    const after = world();
    outcomes(after, build(after, other));
    expect(outcomes(after, build(after, one))).toEqual(alone);
  });

  test('does not grow with values that its enums do not have', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const { members, registries } = world();
    const registry = registries[NAMES[0] ?? '']?.() ?? ClassRegistry.empty;
    const data = dumps(call('m', 'E', Tuple.from(Array.from({ length: 100_000 }, (_, n) => n + 0.5))));
    const read = (): void => {
      expect(loads(data, { registry })).toBeInstanceOf(PyObject);
    };
    const before = held();
    read();
    expect(held() - before).toBeLessThan(3 * 2 ** 20);
    expect(loads(dumps(call('m', 'E', 1)), { registry })).toBe(members[0]);
  });

  test('differs from the others in each of these', () => {
    const all = NAMES.map((name) => {
      const from = world();
      return outcomes(from, from.registries[name]?.() ?? ClassRegistry.empty).join('\n');
    });
    expect(new Set(all).size).toBe(NAMES.length);
  });
});

describe('a PyDict', () => {
  const { make, members, registries } = world();
  const strict = registries[NAMES[0] ?? '']?.() ?? ClassRegistry.empty;
  const open = registries[NAMES[1] ?? '']?.() ?? ClassRegistry.empty;

  test.each([
    ['an instance', make()],
    ['an instance in a tuple', Tuple.of(1, Tuple.of(make()))],
  ])('made by hand takes %s, and dumps refuses it by its registry', (_, key) => {
    const dict = new PyDict([[key, 1]]);
    expect(dict.get(key)).toBe(1);
    expect(caught(() => dumps([dict], { registry: strict }))).toMatchObject({
      code: 'UNHASHABLE',
      path: '$[0]',
      message: "The key cannot be hashed in Python: unhashable type: 'Row' (at $[0])",
    });
    expect(loads(dumps(dict, { registry: open }), { registry: open })).toBeInstanceOf(PyDict);
  });

  test.each(members.map((member) => [inspect(member), member] as const))(
    'made by hand takes %s, which is a member to one registry and no key to another',
    (_, member) => {
      const dict = new PyDict<unknown, number>([[member, 1]]);
      expect(loads(dumps(dict, { registry: strict }), { registry: strict })).toEqual(dict);
      expect(caught(() => dumps(dict, { registry: open }))).toMatchObject({ code: 'UNHASHABLE', path: '$' });
      expect(caught(() => dumps(dict))).toMatchObject({ code: 'UNHASHABLE', path: '$' });
    },
  );

  test('refuses at once what no registry can have as a key', () => {
    for (const key of [['E'], { of: 'E' }, new Map(), Tuple.of({})])
      expect(() => new PyDict([[key, 1]])).toThrow(/^unhashable type: /);
  });

  test('that loads has filled, and its copy, goes on by the registry of loads', () => {
    const read = loads(dumps(new Map([[7, 1]])), { registry: strict }) as PyDict;
    for (const dict of [read, new PyDict(read), new OrderedDict(read)]) {
      expect(() => dict.set(make(), 1)).toThrow("unhashable type: 'Row'");
      expect(() => dict.set(Object.freeze([]), 1)).toThrow("unhashable type: 'list'");
      expect(dict.set(members[0], 1).get(members[0])).toBe(1);
      expect(caught(() => dumps(dict, { registry: open }))).toMatchObject({ code: 'UNHASHABLE' });
    }
  });

  test('that a definition gave with keys of its own is checked by dumps, though loads has filled it', () => {
    const registry = strict.with({
      kind: 'custom',
      module: 'm',
      qualname: 'd',
      construct: () => new PyDict([[make(), 1]]),
    });
    const entries: [unknown, unknown][] = [[call('m', 'E', 1), 2]];
    const written = new PyObject(new PyGlobal('m', 'd'), Tuple.of(), 'call', undefined, [{ kind: 'set', entries }]);
    const dict = loads(dumps(written), { registry }) as PyDict;
    expect(dict.get(members[0])).toBe(2);
    expect(caught(() => dumps(dict, { registry }))).toMatchObject({ code: 'UNHASHABLE' });
  });

  test('holds a member and the value of it as two keys, as Python does for an Enum', () => {
    const dict = new PyDict<unknown, string>([
      [members[0], 'member'],
      [1, 'value'],
    ]);
    const read = loads(dumps(dict, { registry: strict }), { registry: strict }) as PyDict;
    expect([read.size, read.get(members[0]), read.get(1)]).toEqual([2, 'member', 'value']);
    expect(dumps(new Map<unknown, unknown>(dict), { registry: strict })).toEqual(dumps(dict, { registry: strict }));
  });
});
