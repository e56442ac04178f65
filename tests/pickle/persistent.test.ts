/**
 * Persistent ids wherever a value may stand. CPython loads each pickle, and what the codec writes of it, with the same
 * `persistent_load`, and both must give the same.
 */
import { loadPyodide } from 'pyodide';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PyObject } from 'vnpy-bridge/pickle';
import { ClassRegistry, dumps, loads, PersistentId } from 'vnpy-bridge/pickle';
import { bytes } from '../support/bytes.js';
import { caught } from '../support/caught.js';

const PYTHON = String.raw`
import io, json, pickle
class C:
    def __new__(cls, *args, **kwargs):
        self = object.__new__(cls); self.given = (args, kwargs); return self
    def __init__(self, *args, **kwargs): self.called = True
def function(*args): return ('function', args)
def setter(made, state): made.append(('set', state))
class Unpickler(pickle.Unpickler):
    objects = None
    def persistent_load(self, id):
        made = {'class': lambda: C, 'function': lambda: function, 'args': lambda: (1, [2]), 'kwargs': lambda: {'a': 1},
                'object': C, 'list': list, 'dict': dict, 'set': set, 'state': lambda: {'b': 2}}
        return self.objects.setdefault(id, made[id]())
def show(value):
    if isinstance(value, C): return ['C', show(vars(value))]
    if isinstance(value, dict): return {str(k): show(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)): return [type(value).__name__] + [show(v) for v in value]
    if isinstance(value, set): return ['set'] + sorted(map(repr, value))
    return repr(value)
def signature(data):
    unpickler = Unpickler(io.BytesIO(bytes.fromhex(data)))
    unpickler.objects = {}
    try: value = unpickler.load()
    except Exception as error: return type(error).__name__ + ': ' + str(error)
    return json.dumps(show(value))
`;

const p = (id: string): Uint8Array => bytes('P', id, '\n');

/** All but the last are as CPython's pickler makes them, or as it loads them. */
const CASES: readonly (readonly [what: string, data: Uint8Array, lowest: number])[] = [
  ['the class of NEWOBJ', bytes(0x80, 4, p('class'), ')', 0x81, '.'), 0],
  ['the class of NEWOBJ with arguments', bytes(0x80, 4, p('class'), 'K\x01', 0x85, 0x81, '.'), 0],
  ['the class of NEWOBJ_EX', bytes(0x80, 4, p('class'), ')}Va\nK\x01s', 0x92, '.'), 0],
  ['the callable of REDUCE', bytes(0x80, 4, p('function'), 'K\x01', 0x85, 'R.'), 0],
  ['the class of OBJ', bytes('(', p('class'), 'o.'), 0],
  ['the arguments of REDUCE', bytes('c__main__\nfunction\n', p('args'), 'R.'), 0],
  ['the arguments of NEWOBJ', bytes(0x80, 4, 'c__main__\nC\n', p('args'), 0x81, '.'), 2],
  ['the arguments of NEWOBJ_EX', bytes(0x80, 4, 'c__main__\nC\n', p('args'), '}Va\nK\x01s', 0x92, '.'), 4],
  ['the keyword arguments', bytes(0x80, 4, 'c__main__\nC\n)', p('kwargs'), 0x92, '.'), 4],
  ['all of a call', bytes(0x80, 4, p('class'), p('args'), p('kwargs'), 0x92, '.'), 4],
  ['the result of a call as arguments', bytes('c__main__\nfunction\nc__main__\nfunction\n)RR.'), 0],
  ['what a Counter counts', bytes('ccollections\nCounter\n', p('kwargs'), 0x85, 'R.'), 0],
  ['a state', bytes('(c__main__\nC\no', p('state'), 'b.'), 0],
  ['what gets a state', bytes(p('object'), '}Vx\nK\x01sb.'), 0],
  ['what gets an item', bytes(p('list'), 'K\x01a.'), 0],
  ['what gets items', bytes(0x80, 4, p('list'), '(K\x01K\x02e.'), 0],
  ['what gets a key', bytes(p('dict'), 'Va\nK\x01s.'), 0],
  ['what gets keys', bytes(0x80, 4, p('dict'), '(Va\nK\x01Vb\nK\x02u.'), 0],
  ['what gets items of a set', bytes(0x80, 4, p('set'), '(K\x01K\x02', 0x90, '.'), 0],
  ['what a setter gets', bytes(0x80, 4, p('list'), 0x94, 'c__main__\nsetter\nh\x00K\x01', 0x86, 'R0.'), 0],
  ['what gets items twice, and stands there twice', bytes(p('list'), 'q\x00K\x01ah\x00K\x02ah\x00', 0x86, '.'), 0],
  ['what gets itself', bytes(p('list'), 'q\x00h\x00a0(lh\x00a0K\x05.'), 0],
];

describe('a persistent id', () => {
  let signature: (data: Uint8Array) => string;
  beforeAll(async () => {
    const python = await loadPyodide();
    python.runPython(PYTHON);
    signature = (data) => python.runPython(`signature('${Buffer.from(data).toString('hex')}')`) as string;
  });

  test.each(CASES)('may be %s', (_, data, lowest) => {
    const expected = signature(data);
    expect(expected).not.toContain('Error');
    const value = loads(data);
    for (const protocol of [0, 1, 2, 3, 4, 5]) {
      if (protocol < lowest)
        expect(caught(() => dumps(value, { protocol }))).toMatchObject({ code: 'PROTOCOL_TOO_LOW' });
      else expect(signature(dumps(value, { protocol }))).toBe(expected);
    }
  });

  test('is inert, and shows what it got', () => {
    const id = loads(bytes(p('list'), 'K\x01a.'));
    expect(id).toEqual(new PersistentId('list', [{ kind: 'append', items: [1] }]));
    const call = loads(bytes('cm\nf\n', p('args'), 'R.')) as PyObject;
    expect(call.args).toHaveLength(0);
    expect(call.argsFrom).toEqual(new PersistentId('args'));
    expect('argsFrom' in (loads(bytes('cm\nf\n)R.')) as PyObject)).toBe(false);
  });

  test('that persistentLoad resolved takes what that value takes', () => {
    expect(loads(bytes(p('list'), 'K\x01a.'), { persistentLoad: () => [0] })).toEqual([0, 1]);
    const error = caught(() => loads(bytes('cm\nf\n', p('args'), 'R.'), { persistentLoad: () => 'no tuple' }));
    expect(error).toMatchObject({ code: 'BAD_CALL', opcode: 'REDUCE' });
  });

  test('as the arguments of a registered class makes an inert call', () => {
    class Order {
      volume = 1;
    }
    const registry = ClassRegistry.of(
      { kind: 'object', module: 'm', qualname: 'Order', type: Order, create: () => new Order(), fields: [] },
      { kind: 'enum', module: 'm', qualname: 'E', members: [{ name: 'A', values: ['a'], member: Object.freeze({}) }] },
    );
    for (const name of ['Order', 'E']) {
      const data = bytes(0x80, 4, 'cm\n', name, '\n', p('args'), 0x81, '.');
      expect(loads(data, { registry })).toMatchObject({ construction: 'new', argsFrom: { id: 'args' } });
    }
  });

  test('is not sent to a peer that may not know it', () => {
    const value = loads(bytes('cm\nf\n', p('args'), 'R.'));
    expect(caught(() => dumps(value, { foreign: 'decoded' }))).toMatchObject({ code: 'NOT_PORTABLE' });
  });
});
