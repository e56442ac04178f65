import { describe, expect, test } from 'vitest';
import { bytes, little } from '../../support/bytes.js';
import { inspect } from './harness.js';

// Tables as nobody's pandas writes them: what pandas' compiled code would follow out of its memory, and what calls something. No
// profile allows it, and nothing of it takes long to look at.

const text = (value: string): Uint8Array => bytes('X', little(Buffer.byteLength(value), 4), value);
const int = (value: number): Uint8Array => bytes(0x8a, 8, little(value, 8));
const name = (module: string, attribute: string): Uint8Array => bytes(text(module), text(attribute), 0x93);
const tuple = (...items: readonly Uint8Array[]): Uint8Array => bytes('(', ...items, 't');
const list = (...items: readonly Uint8Array[]): Uint8Array => bytes('](', ...items, 'e');
const dict = (entries: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  bytes('}(', ...Object.entries(entries).flatMap(([key, value]) => [text(key), value]), 'u');
const call = (callable: Uint8Array, ...args: readonly Uint8Array[]): Uint8Array => bytes(callable, tuple(...args), 'R');
const raw = (data: Uint8Array): Uint8Array => bytes('B', little(data.length, 4), data);
const NONE = bytes('N');
const FALSE = bytes(0x89);
const TRUE = bytes(0x88);
const pickle = (value: Uint8Array): Uint8Array => bytes(0x80, 4, value, '.');

function dtype(code: string): Uint8Array {
  const flags = code.startsWith('O') ? 63 : 0;
  const state = tuple(int(3), text('|'), NONE, NONE, NONE, int(-1), int(-1), int(flags));
  return bytes(call(name('numpy', 'dtype'), text(code), FALSE, TRUE), state, 'b');
}

function array(shape: readonly number[], content: Uint8Array, code = 'i8'): Uint8Array {
  const made = call(
    name('numpy._core.multiarray', '_reconstruct'),
    name('numpy', 'ndarray'),
    tuple(int(0)),
    bytes('C\x01b'),
  );
  return bytes(made, tuple(int(1), tuple(...shape.map(int)), dtype(code), FALSE, content), 'b');
}

const numbers = (...values: readonly number[]): Uint8Array => raw(bytes(...values.map((value) => little(value, 8))));
const slice = (start: number, stop: number, step = 1): Uint8Array =>
  call(name('builtins', 'slice'), int(start), int(stop), int(step));
const range = (stop: number): Uint8Array =>
  call(
    name('pandas.core.indexes.base', '_new_Index'),
    name('pandas.core.indexes.range', 'RangeIndex'),
    dict({ name: NONE, start: int(0), stop: int(stop), step: int(1) }),
  );
const block = (values: Uint8Array, places: Uint8Array): Uint8Array =>
  call(name('pandas._libs.internals', '_unpickle_block'), values, places, int(2));

interface FrameParts {
  readonly blocks?: readonly Uint8Array[];
  readonly axes?: readonly Uint8Array[];
  readonly state?: Readonly<Record<string, Uint8Array>>;
}

const TWO = array([2, 3], numbers(1, 2, 3, 4, 5, 6));

function frame({
  blocks = [block(TWO, slice(0, 2))],
  axes = [range(2), range(3)],
  state = {},
}: FrameParts = {}): Uint8Array {
  const manager = call(name('pandas.core.internals.managers', 'BlockManager'), tuple(...blocks), list(...axes));
  const whole = { _mgr: manager, _typ: text('dataframe'), _metadata: bytes(']'), attrs: bytes('}'), ...state };
  return bytes(name('pandas.core.frame', 'DataFrame'), ')', 0x81, dict(whole), 'b');
}

async function verdict(value: Uint8Array, profile = 'pandas'): Promise<string> {
  const run = await inspect(['check', '--format', 'json', '--profile', profile], { stdin: pickle(value) });
  return (JSON.parse(run.stdout) as { verdict: string }).verdict;
}

test('the parts make an honest table', async () => {
  expect(await verdict(frame())).toBe('ALLOWED TYPES');
  expect((await inspect(['show', '-q'], { stdin: pickle(frame()) })).stdout).toContain(
    'DataFrame of 3 rows × 2 columns',
  );
});

const MULTI = (codes: readonly number[], levels = 2): Uint8Array =>
  call(
    name('pandas.core.indexes.base', '_new_Index'),
    name('pandas.core.indexes.multi', 'MultiIndex'),
    dict({
      levels: list(range(levels)),
      codes: list(array([codes.length], numbers(...codes))),
      sortorder: NONE,
      names: list(NONE),
    }),
  );

const ARROW = (offsets: readonly number[], content: string, length = offsets.length - 1): Uint8Array => {
  const buffer = (data: Uint8Array): Uint8Array => call(name('pyarrow.lib', 'py_buffer'), raw(data));
  const places = bytes(...offsets.map((offset) => little(offset, 8)));
  const parts = list(NONE, buffer(places), buffer(bytes(content)));
  const type = call(name('pyarrow.lib', 'type_for_alias'), text('large_string'));
  const restored = call(
    name('pyarrow.lib', '_restore_array'),
    tuple(type, int(length), int(0), int(0), parts, bytes(']'), NONE),
  );
  const own = call(name('pandas', 'StringDtype'), text('pyarrow'), name('pandas', 'NA'));
  return bytes(name('pandas.arrays', 'ArrowStringArray'), ')', 0x81, dict({ _pa_array: restored, _dtype: own }), 'b');
};

const alias = (type: string): Uint8Array => call(name('pyarrow.lib', 'type_for_alias'), text(type));
const buffers = (...parts: readonly (Uint8Array | undefined)[]): Uint8Array =>
  list(...parts.map((part) => (part === undefined ? NONE : call(name('pyarrow.lib', 'py_buffer'), raw(part)))));
const EMPTY = bytes(']');

interface ArrowParts {
  readonly length: number;
  readonly parts: Uint8Array;
  readonly nulls?: number;
  readonly children?: Uint8Array;
  readonly dictionary?: Uint8Array;
  /** What the column says that it is of; else what its array is of. */
  readonly named?: Uint8Array;
}

const arrowData = (type: Uint8Array, { length, parts, nulls = 0, children = EMPTY, dictionary = NONE }: ArrowParts) =>
  tuple(type, int(length), int(nulls), int(0), parts, children, dictionary);

/** A column of an `ArrowDtype`. */
function arrow(type: Uint8Array, parts: ArrowParts): Uint8Array {
  const restored = call(name('pyarrow.lib', '_restore_array'), arrowData(type, parts));
  const state = dict({ _storage: text('pyarrow'), pyarrow_dtype: parts.named ?? type });
  const own = bytes(name('pandas', 'ArrowDtype'), ')', 0x81, state, 'b');
  return bytes(
    name('pandas.arrays', 'ArrowExtensionArray'),
    ')',
    0x81,
    dict({ _pa_array: restored, _dtype: own }),
    'b',
  );
}

const INT32 = alias('int32');
const ints = (...values: readonly number[]): Uint8Array => bytes(...values.map((value) => little(value, 4)));
const WORDS = arrowData(alias('string'), { length: 2, parts: buffers(undefined, ints(0, 1, 2), bytes('ab')) });
const SIDES = call(name('pyarrow.lib', 'dictionary'), INT32, alias('string'), FALSE);
const sides = (...codes: readonly number[]): ArrowParts => ({
  length: codes.length,
  parts: buffers(undefined, ints(...codes)),
  dictionary: WORDS,
});
const LISTS = call(name('pyarrow.lib', 'list_'), call(name('pyarrow.lib', 'field'), text('item'), INT32, TRUE, NONE));
const lists = (...places: readonly number[]): ArrowParts => ({
  length: places.length - 1,
  parts: buffers(undefined, ints(...places)),
  children: list(arrowData(INT32, { length: 2, parts: buffers(undefined, ints(1, 2)) })),
});

describe('tables that do not fit together', () => {
  test('the forms below are honest with other numbers', async () => {
    expect(await verdict(MULTI([0, 1, -1]))).toBe('ALLOWED TYPES');
    expect(await verdict(ARROW([0, 1, 3], 'abc'))).toBe('ALLOWED TYPES');
    expect(await verdict(arrow(INT32, { length: 2, parts: buffers(bytes('\x03'), ints(1, 2)), nulls: -1 }))).toBe(
      'ALLOWED TYPES',
    );
    expect(await verdict(arrow(SIDES, sides(0, 1)))).toBe('ALLOWED TYPES');
    expect(await verdict(arrow(LISTS, lists(0, 1, 2)))).toBe('ALLOWED TYPES');
  });

  test.each<[string, Uint8Array]>([
    ['a block beyond the columns', frame({ blocks: [block(TWO, slice(1, 3))] })],
    ['a block with too few places', frame({ blocks: [block(TWO, slice(0, 1))] })],
    [
      'two blocks for a column',
      frame({ blocks: [block(TWO, slice(0, 2)), block(array([1, 3], numbers(1, 2, 3)), slice(0, 1))] }),
    ],
    ['a column without a block', frame({ axes: [range(3), range(3)] })],
    ['more rows than values', frame({ axes: [range(2), range(4)] })],
    ['places that are negative', frame({ blocks: [block(TWO, array([2], numbers(-1, 0)))] })],
    ['places beyond the columns', frame({ blocks: [block(TWO, array([2], numbers(0, 7)))] })],
    ['a shape larger than its bytes', frame({ blocks: [block(array([2, 3], numbers(1)), slice(0, 2))] })],
    [
      'a shape whose product overflows',
      frame({ blocks: [block(array([2 ** 40, 2 ** 40], raw(bytes())), slice(0, 2))] }),
    ],
    ['a negative shape', frame({ blocks: [block(array([-2, -3], numbers(1, 2, 3, 4, 5, 6)), slice(0, 2))] })],
    [
      'a million million columns',
      frame({
        blocks: [block(array([2 ** 40, 0], raw(bytes())), slice(0, 2 ** 40))],
        axes: [range(2 ** 40), range(0)],
      }),
    ],
    [
      'five million columns',
      frame({ blocks: [block(array([5e6, 0], raw(bytes())), slice(0, 5e6))], axes: [range(5e6), range(0)] }),
    ],
    ['a code beyond its level', MULTI([0, 2])],
    ['a code below -1', MULTI([0, -2])],
    ['texts that go back', ARROW([0, 3, 1], 'abc')],
    ['texts beyond their bytes', ARROW([0, 1, 99], 'abc')],
    ['texts before their bytes', ARROW([-8, 1, 2], 'abc')],
    ['more texts than offsets', ARROW([0, 1], 'abc', 1000)],
    ['more numbers of Arrow than bytes', arrow(INT32, { length: 3, parts: buffers(undefined, ints(1, 2)) })],
    [
      'fewer bits of Arrow than numbers',
      arrow(INT32, { length: 9, parts: buffers(bytes('\x03'), ints(...new Array<number>(9).fill(1))) }),
    ],
    [
      'missing numbers of Arrow without bits',
      arrow(INT32, { length: 2, parts: buffers(undefined, ints(1, 2)), nulls: 1 }),
    ],
    [
      'a column of Arrow of another type',
      arrow(INT32, { length: 2, parts: buffers(undefined, ints(1, 2)), named: alias('int64') }),
    ],
    ['a million million nothings of Arrow', arrow(alias('null'), { length: 2 ** 40, parts: buffers(undefined) })],
    ['a code beyond its dictionary', arrow(SIDES, sides(0, 2))],
    ['a negative code of a dictionary', arrow(SIDES, sides(0, -1))],
    ['a list beyond its items', arrow(LISTS, lists(0, 1, 3))],
    ['a list that goes back', arrow(LISTS, lists(0, 2, 1))],
    ['an attribute that pandas does not write', frame({ state: { to_csv: text('x') } })],
    ['a special attribute', frame({ state: { __class__: name('pandas.core.series', 'Series') } })],
    ['metadata that name other attributes', frame({ state: { _metadata: list(text('to_csv')) } })],
    ['flags with other arguments', frame({ state: { _flags: dict({ obj: NONE }) } })],
  ])('%s', async (_, value) => {
    expect(await verdict(value)).not.toBe('ALLOWED TYPES');
    const start = performance.now();
    for (const command of [
      ['show'],
      ['json', '-q'],
      ['json', '-q', '--arrays', 'numbers', '--max-nodes', '999'],
      ['py'],
    ]) {
      const run = await inspect(command, { stdin: pickle(value) });
      expect(run.stdout.length, command.join(' ')).toBeLessThan(200_000);
    }
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('a table of a million columns is shown, and cut', async () => {
    const wide = frame({ blocks: [block(array([1e6, 0], raw(bytes())), slice(0, 1e6))], axes: [range(1e6), range(0)] });
    const run = await inspect(['show', '-q', '--width', '80'], { stdin: pickle(wide) });
    expect(run.stdout).toContain('DataFrame of 0 rows × 1000000 columns');
    expect(run.stdout).toMatch(/… 99\d{4} more columns: /);
    const json = await inspect(['json', '-q'], { stdin: pickle(wide) });
    expect(json.stdout).toContain('1000 of 1000000 columns: --arrays numbers writes them all');
  });

  test('a struct of structs that are shared, sixty levels deep, is looked at in no time', async () => {
    const get = (index: number): Uint8Array => bytes('j', little(index, 4));
    const put = (value: Uint8Array, index: number): Uint8Array => bytes(value, 'r', little(index, 4));
    // Each level is two of the level before: types at 0, fields at 100, arrays at 200.
    const parts = [put(INT32, 0), put(arrowData(get(0), { length: 1, parts: buffers(undefined, ints(1)) }), 200)];
    const levels = 60;
    for (let level = 1; level <= levels; level++) {
      parts.push(put(call(name('pyarrow.lib', 'field'), text('f'), get(level - 1), TRUE, NONE), 100 + level));
      parts.push(put(call(name('pyarrow.lib', 'struct'), list(get(100 + level), get(100 + level))), level));
      const children = list(get(199 + level), get(199 + level));
      parts.push(put(arrowData(get(level), { length: 1, parts: buffers(undefined), children }), 200 + level));
    }
    const restored = (level: number): Uint8Array => call(name('pyarrow.lib', '_restore_array'), get(200 + level));
    const start = performance.now();
    const shown = await inspect(['show', '-q', '--depth', '1', '--max-items', '999'], {
      stdin: pickle(list(...parts, restored(1), restored(2), restored(levels))),
    });
    expect(shown.stdout).toContain("struct<f: int32, f: int32> array of 1 [{'f': 1, 'f': 1}]");
    expect(shown.stdout).toContain('_restore_array()');
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('an array of nothing, a million million times, ends', async () => {
    const run = await inspect(['json', '-q', '--ndjson', '--arrays', 'numbers'], {
      stdin: pickle(array([2 ** 40, 0], raw(bytes()))),
    });
    expect(run.stdout.length).toBeLessThan(100_000);
  });
});

/** Calls of a name with one argument: what articles and advisories about scanners have. */
const ATTACKS: readonly (readonly [module: string, attribute: string])[] = [
  ['pandas.io.pickle', 'read_pickle'],
  ['pandas', 'read_pickle'],
  ['pandas.core.computation.eval', 'eval'],
  ['pandas', 'eval'],
  ['pandas.compat.pickle_compat', 'loads'],
  ['pandas.io.common', 'get_handle'],
  ['pandas', 'read_csv'],
  ['pandas._testing', 'subprocess.Popen'],
  ['pandas.core.frame', 'DataFrame.query'],
  ['pandas.core.apply', 'frame_apply'],
  ['pandas.core.frame', 'os.system'],
  ['numpy.testing._private.utils', 'runstring'],
  ['numpy.testing._private.utils', 'measure'],
  ['numpy.f2py.crackfortran', 'myeval'],
  ['numpy.f2py.capi_maps', 'getinit'],
  ['numpy.distutils.exec_command', 'exec_command'],
  ['numpy', 'load'],
  ['numpy.lib.npyio', 'load'],
  ['numpy.lib._npyio_impl', 'load'],
  ['numpy', 'fromfile'],
  ['numpy.core.multiarray', 'fromfile'],
  ['numpy._core.multiarray', 'fromfile'],
  ['numpy.core._multiarray_umath', 'builtins.exec'],
  ['numpy.core.numeric', 'builtins.eval'],
  ['numpy._core.numeric', 'operator.attrgetter'],
  ['numpy.core.records', 'os.fspath'],
  ['numpy.ctypeslib', 'load_library'],
  ['numpy', 'vectorize'],
  ['numpy.lib.format', 'read_array'],
  ['joblib', 'load'],
  ['joblib.numpy_pickle', 'load'],
  ['builtins', 'eval'],
  ['os', 'system'],
];

/** The same of names that nobody singles out: they are no part of a table. */
const UNKNOWN: readonly (readonly [module: string, attribute: string])[] = [
  ['numpy.ma.core', 'eval'],
  ['numpy.core.fromnumeric', 'take'],
  ['pandas.core.generic', 'NDFrame'],
  ['pandas.core.dtypes.common', 'pandas_dtype'],
  ['pyarrow.lib', 'open_stream'],
  ['pyarrow', 'PythonFile'],
];

describe('attacks', () => {
  test.each(ATTACKS)('%s %s is refused by the profiles, and by wildcards', async (module, attribute) => {
    const value = call(name(module, attribute), text('id'));
    for (const profile of ['numpy', 'pandas']) expect(await verdict(value, profile)).toBe('REFUSE');
    const hidden = frame({
      blocks: [block(array([1, 1], list(value), 'O8'), slice(0, 1))],
      axes: [range(1), range(1)],
    });
    expect(await verdict(hidden)).toBe('REFUSE');
    const allowed = ['--allow', 'pandas.*', '--allow', 'numpy.*', '--allow', 'pyarrow.*'];
    expect((await inspect(['check', '--profile', 'pandas', ...allowed], { stdin: pickle(value) })).code).toBe(1);
  });

  test.each(UNKNOWN)('%s %s is not allowed', async (module, attribute) => {
    const value = call(name(module, attribute), text('id'));
    for (const profile of ['numpy', 'pandas']) expect(await verdict(value, profile)).toBe('UNKNOWN TYPES');
  });

  const POPEN = name('subprocess', 'Popen');
  test.each<[string, Uint8Array]>([
    [
      'a constructor by _new_Index',
      call(name('pandas.core.indexes.base', '_new_Index'), POPEN, dict({ args: text('id') })),
    ],
    [
      'a subclass by _reconstruct',
      call(name('numpy._core.multiarray', '_reconstruct'), POPEN, tuple(int(0)), bytes('C\x01b')),
    ],
    [
      'a class by NDArrayBacked',
      call(name('pandas._libs.arrays', '__pyx_unpickle_NDArrayBacked'), POPEN, int(82904607), NONE),
    ],
    ['a cache that calls', frame({ state: { attrs: dict({ x: call(name('os', 'system'), text('id')) }) } })],
    ['a frame from another class', bytes(POPEN, ')', 0x81, dict({ _mgr: NONE, _typ: text('dataframe') }), 'b')],
  ])('%s is refused', async (_, value) => {
    expect(await verdict(value)).toBe('REFUSE');
  });

  test('what writes into a class is refused', async () => {
    const write = bytes(name('pandas.core.frame', 'DataFrame'), dict({ __reduce__: text('x') }), 'b');
    expect(await verdict(tuple(frame(), write))).toBe('REFUSE');
  });
});
