/**
 * Fast paths against the opcodes one by one: a decoding in steps of one opcode takes no fast path (see src/pickle/decode/loop.ts),
 * so whatever the bytes are, both must give the same value, or the same error at the same place.
 */
import { inflateSync } from 'node:zlib';
import { describe, expect, vi, test } from 'vitest';
import { Unpickler, UnpicklingError } from 'vnpy-bridge/pickle';
import type { LoadsOptions } from 'vnpy-bridge/pickle';
import { vnpyRegistry } from 'vnpy-bridge/vnpy';
import { bytes, fromBase64, little } from '../support/bytes.js';
import { readPickleFixtures } from '../support/pickle-fixtures.js';

// A busy machine takes its time over thousands of pickles.
vi.setConfig({ testTimeout: 60_000 });

/** As CPython 3.11 with vnpy 4.5.0 pickles them; deflated. */
const VNPY: Readonly<Record<string, string>> = {
  'a tick with a fixed zone':
    'eNptk81r1EAYxkeafmw/DhZPIuJF0Euo1XpubdcVF0G0Fw8SJslLdmx2JiSTrFsQ6kF7mYO441VQ8CKCZ/tXeBCP3orfiHoXZyZpM2GbU97f+87zPMzw7jjPlhxkvrvynEBSHC9oMnShAMpdoBGhIMVkW5dyJM8/lA/UmMOHicJTsEmCLVcKJ8QcS7FojvIUh5C6zL8HAZdiRs9s6P7h8fkIcxjgoUdxX8lMrG/eVGLZsO+zWP2k/vLlpRV1Eu4HPUwjNXLCVg4YzTimWrt9MDFSIW5fu9qWj+QtxVUe4ESJ905axUiuz05/OzbZOo2mX5wxPc23GdU9VbZ0GUJswnbRjZ2ki3aVoBZ9rIWdMvHCl+d7n/fefX36skw6VbA4V43rux8XkRLNU8oKSGXnytn2HbaPkFhgCVCPUA4pZFx21tb2I33pYjbGGfeSlAQgO6tvfpinEHOGVqrdCTETkz7hXp6omberqDppWMgGVNHXTypqjA71PlS0R6JeTf+VtBWzQQ3fVzBJwQtilhn4qcrjk7Cc9C5o/H0ML2v8cwxf1PjXGL6k8e8xvKLx3wrjbOsoyxo3LGvcsKxxw7LGtuW8TlJeesPT5rapzW1Xm9u2Nm/46jhH+Vq84Wvxhq/FG74Wt33V+wc4LvfkVL0ar/6UW9QquHewlHPlUrpmx3I/98H9D+v3fgI=',
  'three bars, with names from the memo':
    'eNqtUctOAjEUBUSYGXAhYatxo4KPiZroGkVEQ0wMrlwYUoaGixlaMpRBTEzQ4GMxO+pf+Euuff2EnRYGFm5MbNKk99ybc8497Udf3iIheS555llcL+WSVs9kDqphx6TVK2wx7sUPkHOIGOJDnr3jt2IsWUcMd1GvQlATc2+mfJbnXqzda1apLR5OdWdva5d7Gr62AJG6GElPE1uUtBkiglorjCeG3IueHx8V+AMvC7wmBFhDkENqqhjyvBH/Cs/q0rTs+fgNJX5PlLpf1rAtzZZCp/1WKfQkCH3SR0ncIAw7LrI5JD3tZFwI9ch2U2nHXGp3hFgxd6HCESIdh1AXO7y4bw76EpujLUwqkg23mWgsjhqGbLSchuVTvH4qCgMadZig3wrVbdqdgO8KTFg2beMJ/KF4dZdVxgknVMKmDKxThaj6F4iDBjoYkIB5SEF6FFZYhbXgBwBLsAwrYrWcFINVf6N7+cwEO0A2MA5rgVtYDzzCRuALNv/oJvKbm/6Um8G/usHY/AFURexh',
  'a tick and a bar in a zone of the IANA database':
    'eNpdk8uO0zAUhltNaZPOjMQAa2DDTYIAact+GIpAlUaImRUSipzU9Jhx7chx0ikSEixglV3NM/BuPAXHzlxSR7J0vt/H//Hl5Efvz9+djvs+m8f1rUrk60grMqcqkulXmmlTB6csO3tDNDEb8+Sn+Y55ewui6YqsE0GW1NQ7R6cfTN0v1stUcgxUGr96McGV9DwDIhaYcqftnElRaCKs9/QyY2Pq3sm7t1Pzy3xEfY4FNENzOGjBxhwNB/+6N8K7dseYlpaMayYKUw8WVBOtlTUKvklBmfgiMfyE4Xsboh4mpcjxMJya37bK/mHByPMTuwEgzMy6VnUzveZgWKJfSV5iPOvUgS6VkBVVFvZlTkXChKaKFtoqQ04KneSKZS5712FrNWdLppMyb3IdzOVKOHRmV0uHwBZwjSGXqxbliiYZl0VTJWXzZi556XHs8cjjsccTx6Q42/K75tjjkcdjj53fnvVvLqExbAuxL4x8YewLjaktsmXaEmJfGPnC2BcmF7ecEe7a7LgOK51ctvNu086R684yhW49eE3U1g8BfRhAACEM4SYcwO2LLr3nuhTuu5YKXK9UhJtjeDDrwEMcj3A8xfEMR2Rvz73r1VvD1C9Oo//hQla6',
  'two contracts':
    'eNplUktrE1EUNjU2j0ZJSze+HyhUsGFSxa3C2JYSSIq4cCPDZOY259rk3svMTcwIggqiA3eX40J3rgR3uvE3+EeC+gtceubVRrwwcB/fOed7zMvy+z9LJ9L1BDfe0WfWJkJFLR24Pgtasv+UeRpNw5aCrjz9wNUuzvDmK3xB2MbA1eyZGznCHTE0J+1H+2iWw2jUl0M09b3e1l3L2rQ3LTRVNvXAFQOCrS9O8KQItStoRnW7QMzQnLJ3drYf4xt8iKacdW/Ov32Zf/9627J+vv40N2+paUUF0h8TQWiYyn6+p+rlntJcirw85M8ZdnxTUwH3mObeIe7e+/EhWR9NfcSFM5HDMY3olOjoTotj15wJtVROOFZKBpr5GJuGYNpRMuRpfzoDJ0wQOX5iTGxOy3SyE+qAHzLcvf9Zpe6a1fxhLEj1MOJiQDQzg9Cs5I86UsnYosmQetNUU6XmxDsx4Xg7Q7te+dUoZellUotCNlU8iBA2CPK71FyENHNIouhADrkkg/Z6To8yzl84MZzSLRlN1GoT7RSBNo8DbWX5jPtQzv4FqEAVannmbYK0EVZgFdb+y40e1uEsnOv4cP4oB7jQKcHFLlyK4XIMV2K4StYFKW+4lhtFhde7cCNV9a9wuJVJXVqUCha0YSvVQZV3cvYptSP2jLX+AjUvGi0=',
  'a tick that holds itself, at protocol 5':
    'eNptlL9v00AUgG3qtEnbDFTMDEhIZQmlUOamJQ2QBdEuICHr7Bz2UefOOp+TBqkSDMByAyKPlYERITHTv4IBMbJVUH4IIXbEne3is1JPz9+9e9+7s54f1V4uO1b23INluTSk8bglOOpj3mLeA+wLkPUd4u9eQwLBBC48hn2VtxgggUdo7FI0wCBnNndugZxNxgOPRSrg3urVlTW1E+/5IaKBSjljVvYZTQSiunbnOGMC0tm+vtWBJ3Bb8b4SCKKKh6eNlwlszs99s2uNs7pjlealJBKEJiDnAiyQEFwXqj9kFBN6n6nwrgpv6FDxhpvSWB0mwvBUW5rthKCL27qBEBHo2ZpmK05+sObXVwdfDt4fvXidH2h2yKJULdx89mnJknWRcsqGmEN343znDju0LNlkMaYuoQJznAjottuHge5VzkcoEW7MiY+hu/72R3bnciGjRdXejKxHZECEm8Yq5926VezMWJ+NqKJvnhc0E/2v97GgIQnCkv7NaSNioxJ+KGDMsetHLMng56Ifj/TzTPeSxt+n8KrGP6fwZY1/TeErGv+ewmsa/ykwSnZPUpa4oixxRVniirLEpnJRd5JfesVpclNqctNqclNr8opXt3OS1+AVr8ErXoNXvAY3ver7+yjKx+mcbAyFezyqC/motrLJkzW8pyY0m3Abgfoh9OzeKSxtAaGTpl7ohDXc+gedpXnc',
  'a tick at protocol 2':
    'eNptlMlv00AUh52mq9uylH0rayFlSdssZadJ2zRALijtwSBVluMMialr52ePU4pUCQ6EK+IP4MCxQuJMr/wDHBBHbhUgQAhxR4wnaSeO4tPz+2bmfW9svacdi5AiisQehPSqVVmNUkcrEidqFx4RncoLhr40q1FNRsfoM4TX0BlRBtjqkkbJiraqWtoyQZcSZqmZhXvoVrpZ5K4uF2wTPfzFKcQmx5PoVXrZC3mslzWrRNAXKKbblks1i8qZBpchK51s/fztuQz6n2Mgj0F+QJHVpQaruUPfCuXtADt1VbeLRHdlYvmBjF1KP9vV82E91NU3zNvcza1MjRrWBIZq2JPHXl1VC55hspSqyiVCNUodGfv0J7ZFDOuhLT9gwR0/wH6lj21XPavCbsYkOFDDwTwOKYMsm3YNbWzeb6CsGTicC9VwJI+jNRzLY5j3w6/rOF/87fXG143331+94ddzgltVbdNjC07effF5SOL9Us+x7CpxcCo7PZK5b29KEt9tV4ilGhYlDnEpTmfT6c2S354i8+ZcqlYcQyc4k029/Slx0r9FGlVGcmFewjSWDap6FZzNpt6lJHEKzxftFQvnsqn1l4Lw4vXzI+z8T4KUjVK5QUYZ+Vcn/o2Z9koDnGfgowAVh6i6absEFxj4IlwLRrG+Q53ARYZ+tEMxXGLoVzsUR5Sh3+1QAmMM/WmHkhhn6K9Amru0rTER1BAohlhQQ6A44kENgRJIBDUESiIpNAYahvUPxzwmhUcLi+GyEGlhcVwRJi0sgatCpYUlcS3o4mtuu1wPujSxGG4EXZpYHDeDLk0sgVtBlyaWxJRwqf9XumbyiZAqD/NMlaqNAZTml1ofQFE+SqaVLj6F2NzBzBpmI0rIPx+ZRcxFcqFcB+EJimw57HkFEv0PpoB0ew==',
};

const vnpy = Object.entries(VNPY).map(([name, text]) => ({
  name,
  data: new Uint8Array(inflateSync(fromBase64(text))),
}));

/** A value as text: types, values, order and sharing. */
function graph(root: unknown): string {
  const ids = new Map<object, number>();
  const lines: string[] = [];
  const work: unknown[] = [root];
  const shown = (value: unknown): string => {
    if (typeof value !== 'object' || value === null)
      return `${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}`;

    const known = ids.get(value);
    if (known !== undefined) return `#${known}`;
    ids.set(value, ids.size);
    work.push(value);
    return `#${ids.size - 1}`;
  };
  shown(root);
  for (let value = work.pop(); value !== undefined; value = work.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    const type =
      (Object.getPrototypeOf(value) as { constructor?: { name: string } } | null)?.constructor?.name ?? 'null';
    const parts =
      value instanceof Map || value instanceof Set
        ? [...(value as Iterable<unknown>)].flat().map(shown)
        : Object.entries(value).map(([key, part]) => `${key}: ${shown(part)}`);
    lines.push(`#${ids.get(value) ?? ''} ${type} ${parts.join(', ')}`);
  }
  return `${shown(root)} ${lines.join('\n')}`;
}

/** What comes of something: its value as text, or its error. */
function outcome(work: () => unknown): string {
  try {
    return graph(work());
  } catch (error) {
    if (!(error instanceof UnpicklingError)) throw error;
    return `${error.code} at ${error.offset ?? '-'}, ${error.opcode ?? '-'}: ${error.message}`;
  }
}

function inSteps(unpickler: Unpickler, data: Uint8Array, opcodes: number): unknown {
  const steps = unpickler.loadSteps(data, opcodes);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** A pair of readers, so that neither is helped by what the other has seen. */
function readers(options: LoadsOptions): (data: Uint8Array) => [fast: string, slow: string] {
  const [fast, slow] = [new Unpickler(options), new Unpickler(options)];
  return (data) => [outcome(() => fast.load(data)), outcome(() => inSteps(slow, data, 1))];
}

/** Damage that is the same in every run. */
function* damaged(data: Uint8Array, values: readonly number[]): Generator<Uint8Array> {
  for (let at = 0; at < data.length; at++) {
    for (const value of values) {
      const copy = Uint8Array.from(data);
      copy[at] = value < 0 ? (copy[at] ?? 0) ^ -value : value;
      yield copy;
    }
  }
}

const OPTIONS: readonly LoadsOptions[] = [
  { registry: vnpyRegistry },
  { registry: vnpyRegistry, lossless: true },
  { registry: vnpyRegistry, dict: 'map', view: true },
];

describe.each(vnpy)('$name', ({ data }) => {
  test('is the same value, again and again, in steps of any size', () => {
    for (const options of OPTIONS) {
      const read = readers(options);
      for (let round = 0; round < 3; round++) {
        const [fast, slow] = read(data);
        expect(fast).toBe(slow);
        expect(fast).not.toMatch(/^[A-Z_]+ at/);
      }
      for (const opcodes of [2, 3, 4, 5, 7, 50])
        expect(outcome(() => inSteps(new Unpickler(options), data, opcodes))).toBe(read(data)[0]);
    }
  });

  test('is the same error wherever it is cut', () => {
    const read = readers({ registry: vnpyRegistry, trailing: 'ignore' });
    read(data);
    for (let length = 0; length < data.length; length++) {
      const [fast, slow] = read(data.subarray(0, length));
      expect(fast).toBe(slow);
    }
  });

  test('is the same value or error whatever a byte is changed to', () => {
    const read = readers({ registry: vnpyRegistry, lenient: true });
    read(data);
    // A bit of a name, a length more, MEMOIZE, POP, BINGET, MARK, and what is no UTF-8.
    for (const copy of damaged(data, [-1, -0x20, 0x94, 0x30, 0x68, 0x28, 0xff])) {
      const [fast, slow] = read(copy);
      expect(fast).toBe(slow);
    }
  });

  test('meets each limit at the same place', () => {
    for (let limit = 0; limit < 400; limit += 3) {
      for (const options of [{ maxOpcodes: limit }, { maxMemo: limit }, { maxText: 4 * limit }]) {
        const read = readers({ registry: vnpyRegistry, ...options });
        // The registry remembers which attributes came last: those of this pickle.
        new Unpickler({ registry: vnpyRegistry }).load(data);
        const [fast, slow] = read(data);
        expect(fast).toBe(slow);
      }
    }
  });
});

describe('runs of strings', () => {
  const string = (text: string): Uint8Array => {
    const utf8 = new TextEncoder().encode(text);
    return bytes(0x8c, utf8.length, utf8, 0x94);
  };
  // Of every length around the limits, with short ones, other text and gaps between.
  const texts = Array.from({ length: 120 }, (_, index) => {
    if (index % 11 === 10) return '合约说明'.repeat(index % 4 === 0 ? 1 : 5);
    return `${index} ${'abcdefghij'.repeat(30)}`.slice(0, index % 5 === 0 ? index % 33 : 30 + ((index * 7) % 200));
  });
  const list = bytes('](', ...texts.flatMap((text, index) => [string(text), index % 17 === 16 ? 'N' : '']), 'e.');
  const framed = bytes(0x80, 4, 0x95, little(list.length, 8), list);

  test('are the same text, whole and in frames', () => {
    for (const data of [list, framed]) {
      const [fast, slow] = readers({})(data);
      expect(fast).toBe(slow);
      const value = new Unpickler().load(data) as unknown[];
      expect(value.filter((item) => item !== null)).toEqual(texts);
    }
  });

  test('are the same wherever they are cut or damaged', () => {
    const read = readers({ trailing: 'ignore' });
    for (let at = 0; at < framed.length; at += 7) {
      const copy = Uint8Array.from(framed);
      copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
      for (const data of [framed.subarray(0, at), copy, list.subarray(0, at)]) {
        const [fast, slow] = read(data);
        expect(fast).toBe(slow);
      }
    }
  });

  test('of one decoding are not taken for those of the next', () => {
    const reader = new Unpickler();
    const other = Uint8Array.from(list, (byte) => (byte === 0x61 ? 0x7a : byte));
    for (const data of [list, other, list.subarray(0, 900), other])
      expect(outcome(() => reader.load(data))).toBe(outcome(() => inSteps(new Unpickler(), data, 1)));
  });
});

describe('pickles of CPython', () => {
  test('are the same values, whole and damaged', () => {
    const read = readers({ trailing: 'ignore', maxDepth: 200 });
    for (const { data, buffers, title } of readPickleFixtures()) {
      if (buffers.length > 0 || data.length > 3000) continue;
      const [fast, slow] = read(data);
      expect(fast, title).toBe(slow);
      // Every so many bytes, so that long ones take no longer than short ones.
      const stride = Math.ceil(data.length / 8);
      for (let at = 1; at < data.length; at += stride) {
        const copy = Uint8Array.from(data);
        copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
        const [damagedFast, damagedSlow] = read(copy);
        expect(damagedFast, `${title}, byte ${at}`).toBe(damagedSlow);
        const [cutFast, cutSlow] = read(data.subarray(0, at));
        expect(cutFast, `${title}, cut at ${at}`).toBe(cutSlow);
      }
    }
  });
});
