/** The memo: the same object wherever the pickle stores and fetches it, under whatever index. */
import { describe, expect, it } from 'vitest';
import { loads, Unpickler } from '../../src/pickle/index.js';
import type { LoadsOptions } from '../../src/pickle/index.js';
import { ClassRegistry, PyDict } from '../../src/pickle/index.js';
import { bytes, little } from '../support/bytes.js';

/** Decoded at once, and opcode by opcode, which takes no fast path. */
const WAYS: Readonly<Record<string, (data: Uint8Array, options?: LoadsOptions) => unknown>> = {
  'at once': loads,
  'opcode by opcode': (data, options) => {
    const steps = new Unpickler(options).loadSteps(data, 1);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    return step.value;
  },
};

/** The character of each as a byte. */
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe.each(Object.entries(WAYS))('%s', (_, load) => {
  describe('a dict that gets a key which a plain object cannot have', () => {
    const pairs: Readonly<Record<string, string>> = {
      'stored twice': '}q\x00q\x01K\x01K\x02sh\x00\x86.',
      'stored twice by MEMOIZE': '\x80\x04}\x94\x94K\x01K\x02sh\x00\x86.',
      'stored by LONG_BINPUT and by MEMOIZE': '\x80\x04}r\x00\x00\x00\x00\x94K\x01K\x02sh\x00\x86.',
      'fetched, then stored again under its index': '}q\x00h\x00q\x00K\x01K\x02s\x86.',
      'fetched, then stored under another index': '}q\x00h\x00q\x01K\x01K\x02s\x86.',
      'whose index goes to another object, then is its own again': '}q\x00Nq\x000q\x00h\x00K\x01K\x02s\x86.',
    };
    it.each(Object.entries(pairs))('%s, is one object', (__, pickle) => {
      const pair = load(latin1(pickle)) as unknown[];
      expect(pair).toHaveLength(2);
      expect(pair[0]).toEqual(new PyDict([[1, 2]]));
      expect(pair[1]).toBe(pair[0]);
    });

    it('is the one in a list, after its index went to that list', () => {
      // d = {}; l = [d]; memo[0] = l; d[1] = 2; (d, l)
      const [dict, list] = load(latin1('}q\x00]h\x00aq\x05q\x000K\x01K\x02sh\x05\x86.')) as [unknown, unknown[]];
      expect(dict).toEqual(new PyDict([[1, 2]]));
      expect(list[0]).toBe(dict);
    });

    it('is the same for each of its persistent ids', () => {
      const known = {};
      const persistentLoad = (): unknown => known;
      const pair = load(latin1('\x80\x04K\x01QK\x01QK\x05K\x06s\x86.'), { persistentLoad }) as unknown[];
      expect(pair[0]).toEqual(new PyDict([[5, 6]]));
      expect(pair[1]).toBe(pair[0]);
    });

    it('is the same for each call that gives it', () => {
      const known = {};
      const registry = ClassRegistry.of({ kind: 'custom', module: 'm', qualname: 'f', construct: () => known });
      const pair = load(latin1('cm\nf\n)Rcm\nf\n)RK\x05K\x06s\x86.'), { registry }) as unknown[];
      expect(pair[0]).toEqual(new PyDict([[5, 6]]));
      expect(pair[1]).toBe(pair[0]);
    });
  });

  it('fetches a None', () => {
    expect(load(bytes(0x80, 4, 'N', 0x94, '0h', 0, '.'))).toBeNull();
    expect(load(latin1('N\x940j\x00\x00\x00\x00.'))).toBeNull();
  });

  it('fetches an entry with a large index, however many entries were stored since', () => {
    // l = []; memo[1025] = l; 600 lists into memo[1], …; fetched, memo[1025] is l
    const data = bytes(0x80, 4, ']r', little(1025, 4), '(', ...Array<Uint8Array>(600).fill(bytes(']', 0x94)));
    const list = load(bytes(data, 'j', little(3, 4), '0j', little(1025, 4), 'e.')) as unknown[];
    expect(list).toHaveLength(601);
    expect(list[600]).toBe(list);
  });

  describe('of None at a large index, and then of more numbers than that', () => {
    const many = Array.from({ length: 2100 }, (__, index) => bytes('J', little(index, 4), 0x94, '0'));
    const data = bytes(0x80, 4, 'Nr', little(2000, 4), '0', ...many);

    it('counts each index once, so that MEMOIZE stays at the one that was taken', () => {
      // As CPython: it goes by the number of entries, which storing under an index in use does not change.
      expect(load(bytes(data, 'j', little(2000, 4), '.'))).toBe(2099);
      expect(load(bytes(data, 'j', little(1999, 4), '.'))).toBe(1998);
      expect(() => load(bytes(data, 'j', little(2001, 4), '.'))).toThrow('memo entry 2001, which was never stored');
    });

    it('does so for strings', () => {
      const text = (index: number): Uint8Array => bytes(0x8c, 4, String(1000 + index).padStart(4), 0x94, '0');
      const strings = Array.from({ length: 2100 }, (__, index) => text(index));
      const start = bytes(0x80, 4, 'Nr', little(2000, 4), '0', ...strings);
      expect(load(bytes(start, 'j', little(2000, 4), '.'))).toBe('3099');
      expect(() => load(bytes(start, 'j', little(2001, 4), '.'))).toThrow('memo entry 2001, which was never stored');
    });
  });
});
