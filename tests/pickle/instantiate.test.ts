/**
 * INST and OBJ: CPython calls what they name, but for a class without arguments and `__getinitargs__`. The codec cannot
 * know which of them it is, so it writes the same opcode.
 */
import { loadPyodide } from 'pyodide';
import { beforeAll, describe, expect, test } from 'vitest';
import { ClassRegistry, dumps, loads, PyObject, tokens } from 'vnpy-bridge/pickle';
import { bytes } from '../support/bytes.js';

const PYTHON = String.raw`
import json, pickle
class Plain:
    def __init__(self): self.x = 'called'
class InitArgs:
    def __init__(self): self.x = 'called'
    def __getinitargs__(self): return ()
class Takes:
    def __init__(self, *args): self.x = args
def function(): return 'called'
class Meta(type): pass
class OfMeta(metaclass=Meta):
    def __init__(self): self.x = 'called'

def signature(data):
    try: value = pickle.loads(bytes.fromhex(data))
    except Exception as error: return type(error).__name__ + ': ' + str(error)
    return type(value).__name__ + ' ' + repr(value if isinstance(value, str) else vars(value))
`;

const named = (qualname: string): Uint8Array => bytes('(i__main__\n', qualname, '\n.');
const pushed = (qualname: string): Uint8Array => bytes('(c__main__\n', qualname, '\no.');

const CASES: readonly (readonly [what: string, data: Uint8Array, python: string])[] = [
  ['INST of a class', named('Plain'), 'Plain {}'],
  ['OBJ of a class', pushed('Plain'), 'Plain {}'],
  ['INST of a class with __getinitargs__', named('InitArgs'), "InitArgs {'x': 'called'}"],
  ['OBJ of a class with __getinitargs__', pushed('InitArgs'), "InitArgs {'x': 'called'}"],
  ['INST of a function', named('function'), "str 'called'"],
  ['OBJ of a function', pushed('function'), "str 'called'"],
  ['OBJ of a class of a metaclass', pushed('OfMeta'), 'OfMeta {}'],
  ['OBJ with arguments', bytes('(c__main__\nTakes\nK\x01K\x02o.'), "Takes {'x': (1, 2)}"],
  ['INST with a state', bytes('(i__main__\nPlain\n}Vy\nK\x01sb.'), "Plain {'y': 1}"],
];

describe('INST and OBJ', () => {
  let signature: (data: Uint8Array) => string;
  beforeAll(async () => {
    const python = await loadPyodide();
    python.runPython(PYTHON);
    signature = (data) => python.runPython(`signature('${Buffer.from(data).toString('hex')}')`) as string;
  });

  test.each(CASES)('%s means the same at every protocol', (_, data, expected) => {
    expect(signature(data)).toBe(expected);
    for (const protocol of [0, 1, 2, 3, 4, 5]) {
      const written = dumps(loads(data), { protocol });
      expect(signature(written)).toBe(expected);
      expect(Array.from(tokens(written), ({ opcode }) => opcode.name)).toContain('OBJ');
    }
  });

  test('call the function that CPython calls, and no __new__ of it', () => {
    const value = loads(bytes('(cbuiltins\nglobals\no.'));
    expect(value).toBeInstanceOf(PyObject);
    expect(value).toMatchObject({ construction: 'instantiate', class: { qualname: 'globals' }, args: [] });
    expect(Array.from(tokens(dumps(value)), ({ opcode }) => opcode.name)).not.toContain('NEWOBJ');
  });

  test('lead back to their own object', () => {
    const value = loads(bytes('(c__main__\nTakes\n]q\x00h\x00oq\x01h\x00h\x01a0.')) as PyObject;
    for (const object of [value, loads(dumps(value)) as PyObject]) {
      expect(object.args[0]).toBe(object.args[1]);
      expect(object.args[0]).toEqual([object]);
    }
  });

  test('make an instance of a registered class, and give all they have to a definition', () => {
    class Order {
      volume = 1;
    }
    const registry = ClassRegistry.of(
      {
        kind: 'object',
        module: 'm',
        qualname: 'Order',
        type: Order,
        create: () => new Order(),
        fields: [{ name: 'volume' }],
      },
      {
        kind: 'custom',
        module: 'm',
        qualname: 'Seen',
        construct: ({ construction, args }) => ({ construction, args }),
      },
    );
    expect(loads(bytes('(im\nOrder\n.'), { registry })).toEqual(new Order());
    expect(loads(bytes('(im\nSeen\n.'), { registry })).toMatchObject({ construction: 'instantiate', args: [] });
    expect(loads(bytes('(cm\nSeen\nNo.'), { registry })).toMatchObject({ construction: 'instantiate', args: [null] });
    // Python would run __init__.
    expect(loads(bytes('(cm\nOrder\nNo.'), { registry })).toMatchObject({ construction: 'instantiate', args: [null] });
  });
});
