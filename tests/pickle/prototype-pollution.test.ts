/** Names that mean something to JavaScript are nothing but names in a pickle. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClassRegistry, dumps, loads, PyDict, PyGlobal, PyObject, Tuple, UnpicklingError } from 'vnpy-bridge/pickle';
import type { LoadsOptions } from 'vnpy-bridge/pickle';
import { bytes } from '../support/bytes.js';

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toJSON',
  'then',
  'hasOwnProperty',
  'toString',
  'valueOf',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  'length',
  'class',
  'args',
  'steps',
  '0',
];

const text = (value: string): Uint8Array => bytes(0x8c, value.length, value);
/** A dict {name: {'polluted': True}, 'after': 1}. */
const dictOf = (name: string): Uint8Array =>
  bytes('}(', text(name), '}', text('polluted'), 0x88, 's', text('after'), 'K', 1, 'u');
const p4 = (...parts: (string | number | Uint8Array)[]): Uint8Array => bytes(0x80, 4, ...parts, '.');
const global = (module: string, name: string): Uint8Array => bytes(text(module), text(name), 0x93);

class Known {
  price = 0;
  describe(): string {
    return `price ${this.price}`;
  }
}
const registry = ClassRegistry.of({
  kind: 'object',
  module: 'm',
  qualname: 'Known',
  type: Known,
  create: () => new Known(),
  fields: [{ name: 'price', float: true }],
});

const modes: readonly [string, LoadsOptions][] = [
  ['by default', {}],
  ['lossless', { lossless: true }],
  ["with dict: 'map'", { dict: 'map' }],
  ['with a registry', { registry }],
];

/** The own properties of the objects that every other object inherits from. */
function snapshot(): unknown {
  return [Object, Function, Array, Map, Set, Uint8Array, Promise, Known, PyObject, PyGlobal, PyDict, Tuple].map(
    (type) => [
      type.name,
      Reflect.ownKeys(type).map(String),
      Reflect.ownKeys(type.prototype as object).map((key) => [
        String(key),
        typeof Object.getOwnPropertyDescriptor(type.prototype, key)?.value,
      ]),
    ],
  );
}

let before: unknown;
beforeEach(() => {
  before = snapshot();
});
afterEach(() => {
  expect(snapshot()).toEqual(before);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

/** What a dict-like value holds under a key of its own. */
function own(value: unknown, name: string): unknown {
  if (value instanceof Map) return value.get(name);
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

function keysOf(value: unknown): unknown[] {
  return value instanceof Map ? [...value.keys()] : Object.keys(value as object);
}

describe.each(modes)('%s', (_, options) => {
  describe.each(NAMES)('%s', (name) => {
    test('is a key of a dict like any other', () => {
      const value = loads(p4(dictOf(name)), options);
      expect(keysOf(value).sort()).toEqual(['after', name].sort());
      expect(own(own(value, name), 'polluted')).toBe(true);
      expect(Reflect.get(value as object, 'polluted')).toBeUndefined();
      const prototype: unknown = Object.getPrototypeOf(value);
      expect(prototype === Object.prototype || prototype === PyDict.prototype).toBe(true);
    });

    test('is a key of a dict in a dict, in a list, and as SETITEM', () => {
      const value = loads(p4(bytes('}', text(name), dictOf(name), 's')), options);
      expect(own(own(own(value, name), name), 'polluted')).toBe(true);
    });

    test('is the name of an attribute of an unregistered class', () => {
      const value = loads(p4(bytes(global('m', 'Unknown'), ')', 0x81, dictOf(name), 'b')), options);
      if (!(value instanceof PyObject)) throw new Error('not a PyObject');
      expect(own(own(value.state, name), 'polluted')).toBe(true);
      expect(Object.getPrototypeOf(value)).toBe(PyObject.prototype);
      expect(value.args).toHaveLength(0);
    });

    test('is the name of a slot', () => {
      const state = bytes('N', dictOf(name), 0x86);
      const value = loads(p4(bytes(global('m', 'Unknown'), ')', 0x81, state, 'b')), options);
      if (!(value instanceof PyObject)) throw new Error('not a PyObject');
      expect(own(own((value.state as unknown[])[1], name), 'polluted')).toBe(true);
    });

    test('is the name of a keyword argument', () => {
      const value = loads(p4(bytes(global('m', 'Unknown'), ')', dictOf(name), 0x92)), options);
      if (!(value instanceof PyObject)) throw new Error('not a PyObject');
      expect(own(own(value.kwargs, name), 'polluted')).toBe(true);
      expect(Reflect.get(value, 'polluted')).toBeUndefined();
    });

    test('is the name of a class and of a module', () => {
      const value = loads(p4(global(name, name)), options);
      if (!(value instanceof PyGlobal)) throw new Error('not a PyGlobal');
      expect([value.module, value.qualname]).toEqual([name, name]);
    });

    test('is an attribute of a registered class as data, or refused, and never changes its class', () => {
      const pickle = p4(bytes(global('m', 'Known'), ')', 0x81, dictOf(name), 'b'));
      let value: unknown;
      try {
        value = loads(pickle, { ...options, registry });
      } catch (error) {
        expect(error).toBeInstanceOf(UnpicklingError);
        return;
      }
      expect(Object.getPrototypeOf(value)).toBe(Known.prototype);
      expect((value as Known).describe()).toBe('price 0');
      expect(Object.hasOwn(value as object, name)).toBe(true);
    });

    test('survives the way back', () => {
      const pickle = p4(dictOf(name));
      const again = loads(dumps(loads(pickle, { ...options, lossless: true })), { dict: 'map' });
      expect(keysOf(again)).toEqual([name, 'after']);
    });
  });

  test('a decoded value is not a thenable', async () => {
    const value = loads(p4(bytes('}', text('then'), global('builtins', 'print'), 's')), options);
    await expect(Promise.resolve(value)).resolves.toBe(value);
  });

  test('JSON.stringify of a decoded dict calls nothing from it', () => {
    const value = loads(p4(bytes('}(', text('toJSON'), global('builtins', 'print'), text('a'), 'K', 1, 'u')), {
      ...options,
      dict: 'object',
    });
    expect(JSON.stringify(value)).toContain('"a":1');
  });
});

describe('writing', () => {
  test.each(NAMES)('%s as a key of a plain object', (name) => {
    const value: Record<string, unknown> = JSON.parse(`{${JSON.stringify(name)}: {"polluted": true}}`) as Record<
      string,
      unknown
    >;
    expect(own(own(loads(dumps(value), { dict: 'map' }), name), 'polluted')).toBe(true);
  });

  test('does not look at inherited properties', () => {
    const inherited = Object.create({ inherited: 1 }) as Record<string, unknown>;
    // An object with a prototype of its own is an instance of no registered class.
    expect(() => dumps(inherited)).toThrow(/\$/);
    const bare = Object.assign(Object.create(null) as Record<string, unknown>, { a: 1 });
    expect(loads(dumps(bare))).toEqual({ a: 1 });
  });

  test('does not call toJSON, then, valueOf or a Symbol.toPrimitive of the value', () => {
    const called: string[] = [];
    const note = (name: string) => () => {
      called.push(name);
      return 1;
    };
    const value = { toJSON: note('toJSON'), valueOf: note('valueOf'), [Symbol.toPrimitive]: note('toPrimitive') };
    expect(() => dumps(value)).toThrow(/toJSON/);
    expect(called).toEqual([]);
  });
});
