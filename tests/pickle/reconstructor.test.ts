/** `copyreg._reconstructor`, by which protocols 0 and 1 make an instance without its class's `__new__`. */
import { describe, expect, test } from 'vitest';
import { ClassRegistry, dumps, loads, PyGlobal, PyObject, Tuple } from 'vnpy-bridge/pickle';

/** The character of each as a byte. */
const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** CPython's pickles of two instances of `Q`, whose `__new__` needs an argument. */
const PICKLES = [
  '(lp0\nccopy_reg\n_reconstructor\np1\n(cm\nQ\np2\nc__builtin__\nobject\np3\nNtp4\nRp5\n(dp6\nVkey\np7\nVk\np8\nsbag1\n(g2\ng3\nNtp9\nRp10\n(dp11\ng7\nVl\np12\nsba.',
  ']q\x00(ccopy_reg\n_reconstructor\nq\x01(cm\nQ\nq\x02c__builtin__\nobject\nq\x03Ntq\x04Rq\x05}q\x06X\x03\x00\x00\x00keyq\x07X\x01\x00\x00\x00kq\x08sbh\x01(h\x02h\x03Ntq\tRq\n}q\x0bh\x07X\x01\x00\x00\x00lq\x0csbe.',
] as const;
const Q = new PyGlobal('m', 'Q');
const q = (key: string): PyObject => new PyObject(Q, Tuple.of(), 'new', undefined, [{ kind: 'state', state: { key } }]);

describe.each(PICKLES.map((pickle, protocol) => [protocol, latin1(pickle)] as const))(
  'an object of a class that is not registered, at protocol %i',
  (protocol, pickle) => {
    test('is an instance that no __init__ has run for', () => {
      expect(loads(pickle)).toEqual([q('k'), q('l')]);
    });

    test.each([{}, { lossless: true }])('is written by the same call again, read with %o', (options) => {
      expect(dumps(loads(pickle, options), { protocol })).toEqual(pickle);
    });

    test.each([0, 1, 2, 3, 4, 5])('is written without __new__ of its class at protocol %i too', (other) => {
      const written = dumps(loads(pickle), { protocol: other });
      expect(dumps(loads(written), { protocol })).toEqual(pickle);
    });
  },
);

describe('an object that stands for another call', () => {
  test('made by __newobj__ is written as one that runs __new__', () => {
    const pickle = latin1('\x80\x02cm\nQ\nq\x00)\x81q\x01.');
    const [value] = loads(latin1('(lccopy_reg\n__newobj__\n(cm\nQ\ntRa.')) as unknown[];
    expect(dumps(value, { protocol: 2 })).toEqual(pickle);
  });

  test('given by a definition of the user stays what it is', () => {
    const own = Object.freeze(new PyObject(new PyGlobal('m', 'f'), Tuple.of()));
    const registry = ClassRegistry.of({ kind: 'custom', module: 'm', qualname: 'Q', construct: () => own });
    const data = latin1('ccopy_reg\n_reconstructor\n(cm\nQ\nc__builtin__\nobject\nNtR.');
    expect(loads(data, { registry })).toBe(own);
    expect(dumps(own, { protocol: 2 })).toEqual(latin1('\x80\x02cm\nf\nq\x00)Rq\x01.'));
  });
});
