/**
 * `builtins`, `copyreg` and `_codecs`: how basic types travel at protocols that have no opcode for them.
 *
 * How they travel: CPython's `Lib/pickle.py` and `Lib/copyreg.py`.
 *
 * @module
 */
import { encodeLatin1, encodeUtf8 } from '../../wire/text.js';
import { ByteArray } from '../../values/byte-array.js';
import { Complex } from '../../values/complex.js';
import { Collisions } from '../../values/collisions.js';
import { storedKey } from '../../values/dict-keys.js';
import { FrozenSet } from '../../values/frozen-set.js';
import { KeyIndex } from '../../values/keys.js';
import { PyFloat } from '../../values/py-float.js';
import { PyGlobal } from '../../values/py-global.js';
import type { BuildContext, BuiltinDefinition } from './definition.js';

/** The items of a list, each once by Python's equality; undefined for what no Set can hold in reasonable time. */
function distinct(list: unknown, { lossless, maxCollisions, hashing }: BuildContext): unknown[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const index = new KeyIndex(hashing);
  const seen = new Set<unknown>();
  const collisions = new Collisions(maxCollisions);
  const items: unknown[] = [];
  for (const item of list as unknown[]) {
    const stored = storedKey(item, lossless);
    const key = index.canonical(stored, true);
    if (seen.has(key)) continue;
    if (items.length >= maxCollisions && !collisions.add(stored)) return undefined;
    seen.add(key);
    items.push(stored);
  }
  return items;
}

const set: BuiltinDefinition = {
  kind: 'custom',
  module: 'builtins',
  qualname: 'set',
  filledByInit: true,
  construct({ args }, context) {
    if (args.length === 0) return new Set();
    const items = args.length === 1 ? distinct(args[0], context) : undefined;
    return items === undefined ? undefined : new Set(items);
  },
};

const frozenset: BuiltinDefinition = {
  kind: 'custom',
  module: 'builtins',
  qualname: 'frozenset',
  construct({ args }, context) {
    if (args.length === 0) return new FrozenSet();
    const items = args.length === 1 ? distinct(args[0], context) : undefined;
    return items === undefined ? undefined : new FrozenSet(items);
  },
};

const bytearray: BuiltinDefinition = {
  kind: 'custom',
  module: 'builtins',
  qualname: 'bytearray',
  filledByInit: true,
  construct({ args }) {
    const [content, encoding] = args;
    if (args.length === 0) return new ByteArray();
    if (args.length === 1 && content instanceof Uint8Array) return ByteArray.from(content);
    // Protocols 0 to 2: text and the name of its encoding.
    const bytes = args.length === 2 && typeof content === 'string' ? encodeText(content, encoding) : undefined;
    return bytes === undefined ? undefined : ByteArray.from(bytes);
  },
};

const bytes: BuiltinDefinition = {
  kind: 'custom',
  module: 'builtins',
  qualname: 'bytes',
  construct({ args }) {
    const [content, encoding] = args;
    if (args.length === 0) return new Uint8Array();
    return args.length === 2 && typeof content === 'string' ? encodeText(content, encoding) : undefined;
  },
};

const codecsEncode: BuiltinDefinition = {
  kind: 'custom',
  module: '_codecs',
  qualname: 'encode',
  construct({ args }) {
    const [text, encoding] = args;
    return args.length === 2 && typeof text === 'string' ? encodeText(text, encoding) : undefined;
  },
};

function encodeText(text: string, encoding: unknown): Uint8Array | undefined {
  switch (encoding) {
    case 'latin1':
    case 'latin-1': {
      const encoded = encodeLatin1(text);
      if (encoded === undefined) throw new RangeError('has text beyond Latin-1');
      return encoded;
    }
    case 'utf8':
    case 'utf-8':
      return encodeUtf8(text);
    default:
      return undefined;
  }
}

const complex: BuiltinDefinition = {
  kind: 'custom',
  module: 'builtins',
  qualname: 'complex',
  type: Complex,
  construct({ args }) {
    const [real, imag] = args.map((part) => (part instanceof PyFloat ? part.value : part));
    if (args.length !== 2 || typeof real !== 'number' || typeof imag !== 'number') return undefined;
    return new Complex(real, imag);
  },
  reduce(value) {
    const { real, imag } = value as Complex;
    return { args: [new PyFloat(real), new PyFloat(imag)] };
  },
};

const getattr: BuiltinDefinition = {
  kind: 'custom',
  module: 'builtins',
  qualname: 'getattr',
  construct({ args }, context) {
    const [owner, name] = args;
    if (args.length !== 2 || !(owner instanceof PyGlobal) || typeof name !== 'string') return undefined;
    return context.enumMember(owner, name) ?? context.lookUp(owner.module, `${owner.qualname}.${name}`);
  },
};

/** Protocols 0 and 1: `copyreg._reconstructor(cls, object, None)` is `object.__new__(cls)`. */
const reconstructor: BuiltinDefinition = {
  kind: 'custom',
  module: 'copyreg',
  qualname: '_reconstructor',
  construct({ args }, context) {
    const [type, base, state] = args;
    const isObject = base instanceof PyGlobal && base.module === 'builtins' && base.qualname === 'object';
    if (args.length !== 3 || !isObject || state !== null) return undefined;
    return context.reconstruct(type);
  },
};

/** What `__reduce__` of some classes names, for protocols without NEWOBJ. */
const newobj: BuiltinDefinition = {
  kind: 'custom',
  module: 'copyreg',
  qualname: '__newobj__',
  construct({ args }, context) {
    return args.length === 0 ? undefined : context.newObject(args[0], [...args.slice(1)]);
  },
};

/** Python 3's modules under Python 2's names, for pickles that are read without `fixImports`. */
const aliases: BuiltinDefinition[] = [set, frozenset, bytearray, complex, getattr].map((definition) => ({
  ...definition,
  module: '__builtin__',
  type: undefined,
}));

export const CORE_BUILTINS: readonly BuiltinDefinition[] = [
  set,
  frozenset,
  bytearray,
  bytes,
  codecsEncode,
  complex,
  getattr,
  reconstructor,
  newobj,
  ...aliases,
  { ...reconstructor, module: 'copy_reg' },
  { ...newobj, module: 'copy_reg' },
];
