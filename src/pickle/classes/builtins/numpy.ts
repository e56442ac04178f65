/**
 * numpy's arrays, scalars and element types, under the module names of numpy 1 and 2.
 *
 * How they travel: `array_reduce`, `array_reduce_ex_picklebuffer`, `array_setstate` and `arraydescr_reduce` in numpy's C
 * sources. What is written uses numpy 1's names, which numpy 2 keeps for old pickles.
 *
 * @module
 */
import { encodeLatin1 } from '../../wire/text.js';
import { hasNoMetadata, markNoMetadata, NDArray, NumpyScalar } from '../../values/numpy.js';
import { NumpyDType } from '../../values/numpy-dtype.js';
import { viewElements } from '../../values/numpy-elements.js';
import { PickleBuffer } from '../../values/pickle-buffer.js';
import { PyDict } from '../../values/py-dict.js';
import { PyGlobal } from '../../values/py-global.js';
import { Tuple } from '../../values/tuple.js';
import { isDict, notPortable } from './definition.js';
import type { BuildContext, BuiltinDefinition } from './definition.js';

const MULTIARRAY = ['numpy.core.multiarray', 'numpy._core.multiarray'];
const NUMERIC = ['numpy.core.numeric', 'numpy._core.numeric'];

const ndarrayClass = PyGlobal.from('codec', 'numpy', 'ndarray');

/** As in numpy, one object for each of the usual types, so that a pickle of many arrays has each type once. */
const USUAL_TYPES: ReadonlyMap<string, NumpyDType> = new Map(
  ['<f8', '<f4', '<i8', '<i4', '<i2', '|i1', '<u8', '<u4', '<u2', '|u1', '|b1', '<c16', '|O', '<M8[ns]', '<m8[ns]'].map(
    (text) => [text, new NumpyDType(text)],
  ),
);

const USUAL_TYPES_WITHOUT_METADATA: ReadonlyMap<string, NumpyDType> = new Map(
  ['<M8[ns]', '<m8[ns]', '<M8[us]', '<m8[us]'].map((text) => [text, markNoMetadata(new NumpyDType(text))]),
);

/** The element type of an array or a scalar. */
function dtypeOf(value: NDArray | NumpyScalar): NumpyDType {
  const { dtype: text } = value;
  if (!hasNoMetadata(value)) return USUAL_TYPES.get(text) ?? new NumpyDType(text);
  return USUAL_TYPES_WITHOUT_METADATA.get(text) ?? markNoMetadata(new NumpyDType(text));
}

/** A value of an element type, with what is to be remembered of that. */
function withTypeOf<T extends NDArray | NumpyScalar>(type: NumpyDType, value: T): T {
  return hasNoMetadata(type) ? markNoMetadata(value) : value;
}

/** The state of an element type has these where it has no fields, no subarray, no metadata. */
function isPlainDType(state: Tuple): boolean {
  const [version, , subarray, names, fields] = state;
  return (version === 3 || version === 4) && subarray === null && names === null && fields === null;
}

const dtype: BuiltinDefinition = {
  kind: 'custom',
  module: 'numpy',
  qualname: 'dtype',
  type: NumpyDType,
  when: 'state',
  construct({ args, state }) {
    const [code] = args;
    if (typeof code !== 'string' || !(state instanceof Tuple) || !isPlainDType(state)) return undefined;
    const order: unknown = state[1];
    const metadata: unknown = state[8];
    const text = `${String(order)}${code === 'O8' ? 'O' : code}${unit(metadata)}`;
    if (!isKnown(text)) return undefined;
    const type = new NumpyDType(text);
    return metadata instanceof Tuple && metadata[0] === null ? markNoMetadata(type) : type;
  },
  reduce(value) {
    return dtypeReduction(value as NumpyDType);
  },
};

function isKnown(text: string): boolean {
  try {
    new NumpyDType(text);
    return true;
  } catch {
    return false;
  }
}

/** The unit of M8 and m8: `(metadata, (b'ns', 1, 1, 1))`, the metadata None or, before numpy 2.1, an empty dict. */
function unit(metadata: unknown): string {
  if (metadata === undefined) return '';
  const parts = metadata instanceof Tuple && isEmpty(metadata[0]) ? (metadata[1] as unknown) : undefined;
  if (!(parts instanceof Tuple)) return '?';
  const [name, count, , events] = parts as Tuple;
  const text = name instanceof Uint8Array ? String.fromCharCode(...name) : name;
  if (typeof text !== 'string' || typeof count !== 'number' || events !== 1) return '?';
  return text === 'generic' ? '' : `[${count === 1 ? '' : count}${text}]`;
}

function isEmpty(metadata: unknown): boolean {
  if (metadata instanceof PyDict) return metadata.size === 0;
  return metadata === null || (isDict(metadata) && Object.keys(metadata).length === 0);
}

function dtypeReduction(type: NumpyDType): { args: unknown[]; state: Tuple } {
  const { kind, itemSize, text } = type;
  const order = text.charAt(0);
  const unitMatch = /\[(\d*)([^\]]+)\]$/.exec(text);
  const code = kind === 'O' ? 'O8' : text.slice(1).replace(/\[.*$/, '');
  const sizes = kind === 'U' ? [itemSize, 4, 8] : kind === 'S' ? [itemSize, 1, 0] : [-1, -1, kind === 'O' ? 63 : 0];
  const isTime = kind === 'M' || kind === 'm';
  const state: unknown[] = [isTime ? 4 : 3, order, null, null, null, ...sizes];
  if (isTime) {
    const count = unitMatch?.[1] === undefined || unitMatch[1] === '' ? 1 : Number(unitMatch[1]);
    const name = encodeLatin1(unitMatch?.[2] ?? 'generic');
    state.push(Tuple.of<unknown>(hasNoMetadata(type) ? null : {}, Tuple.of<unknown>(name, count, 1, 1)));
  }
  return { args: [code, false, true], state: Tuple.from(state) };
}

function rawBytes(data: unknown): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data;
  return typeof data === 'string' ? encodeLatin1(data) : undefined;
}

function shapeOf(shape: unknown): number[] | undefined {
  return shape instanceof Tuple && shape.every((length) => typeof length === 'number') ? [...shape] : undefined;
}

function reconstruct(module: string): BuiltinDefinition {
  return {
    kind: 'custom',
    module,
    qualname: '_reconstruct',
    when: 'state',
    construct({ args, state }) {
      const [type] = args;
      // Subclasses of ndarray have states of their own.
      if (!(type instanceof PyGlobal) || type.module !== 'numpy' || type.qualname !== 'ndarray') return undefined;
      if (!(state instanceof Tuple) || state.length !== 5) return undefined;
      const [, shapeGiven, element, fortran, content] = state;
      const shape = shapeOf(shapeGiven);
      if (shape === undefined || !(element instanceof NumpyDType)) return undefined;
      const isFortran = fortran === true || fortran === 1;
      if (element.kind === 'O')
        return Array.isArray(content) ? new NDArray(element.text, shape, content, isFortran) : undefined;

      const bytes = rawBytes(content);
      if (bytes === undefined) return undefined;
      return withTypeOf(element, NDArray.fromBytes(element.text, shape, bytes, isFortran));
    },
  };
}

/** Protocol 5: `_frombuffer(buffer, dtype, shape, 'C' or 'F')`. */
function fromBuffer(module: string): BuiltinDefinition {
  return {
    kind: 'custom',
    module,
    qualname: '_frombuffer',
    construct({ args }, context) {
      const [content, element, shapeGiven, order] = args;
      const shape = shapeOf(shapeGiven);
      if (args.length !== 4 || !(content instanceof Uint8Array) || !(element instanceof NumpyDType)) return undefined;
      if (shape === undefined || (order !== 'C' && order !== 'F')) return undefined;
      return arrayOver(content, element, shape, order === 'F', context);
    },
  };
}

/** An array in the memory of a buffer, as both forms make it in Python. */
function arrayOver(
  content: Uint8Array,
  element: NumpyDType,
  shape: readonly number[],
  fortran: boolean,
  context: BuildContext,
): NDArray {
  const data = viewElements(element, content);
  return withTypeOf(element, new NDArray(element.text, shape, data, fortran, context.isWriteable(content)));
}

/**
 * `ndarray(shape, dtype, buffer, 0, None, 'C' or 'F')`, which makes what `_frombuffer` does. It is what is written. numpy 2
 * warns of `_frombuffer` under the name that numpy 1 has, and numpy 1 does not have the name of numpy 2.
 */
const arrayClass: BuiltinDefinition = {
  kind: 'custom',
  module: 'numpy',
  qualname: 'ndarray',
  construct({ args }, context) {
    const [shapeGiven, element, content, offset, strides, order] = args;
    const shape = shapeOf(shapeGiven);
    if (args.length !== 6 || !(content instanceof Uint8Array) || !(element instanceof NumpyDType)) return undefined;
    if (shape === undefined || offset !== 0 || strides !== null) return undefined;
    return order === 'C' || order === 'F' ? arrayOver(content, element, shape, order === 'F', context) : undefined;
  },
};

function scalar(module: string): BuiltinDefinition {
  return {
    kind: 'custom',
    module,
    qualname: 'scalar',
    construct({ args }, { lossless }) {
      const [element, content] = args;
      const bytes = rawBytes(content);
      if (args.length !== 2 || !(element instanceof NumpyDType) || bytes === undefined) return undefined;
      const value = withTypeOf(element, new NumpyScalar(element.text, bytes));
      // The unit of a date or a duration is in its type: without it the number says nothing.
      if (lossless || element.kind === 'M' || element.kind === 'm') return value;
      if (typeof value.value !== 'bigint') return value.value;
      const number = Number(value.value);
      return Number.isSafeInteger(number) ? number : value.value;
    },
  };
}

const arrayWriter: BuiltinDefinition = {
  ...reconstruct('numpy.core.multiarray'),
  type: NDArray,
  reduce(value, { foreign, protocol, takesBuffers }) {
    const array = value as NDArray;
    const { data, fortran, shape, writeable } = array;
    if (shape.length > 32 && foreign !== 'write')
      throw notPortable(`An array of ${shape.length} dimensions can be loaded with numpy 2 only`);

    const content = array.memory();
    const type = dtypeOf(array);
    const dimensions = Tuple.from(shape);
    // What `_reconstruct` makes has the byte order of the machine, and can be changed.
    if (protocol >= 5 && content !== undefined && (takesBuffers || !writeable || type.bigEndian)) {
      const buffer = PickleBuffer.view(content, !writeable);
      return { callable: ndarrayClass, args: [dimensions, type, buffer, 0, null, fortran ? 'F' : 'C'] };
    }
    return {
      args: [ndarrayClass, Tuple.of(0), Uint8Array.of(0x62)],
      state: Tuple.of<unknown>(1, dimensions, type, fortran, content ?? data),
    };
  },
};

const scalarWriter: BuiltinDefinition = {
  ...scalar('numpy.core.multiarray'),
  type: NumpyScalar,
  reduce(value) {
    return { args: [dtypeOf(value as NumpyScalar), (value as NumpyScalar).bytes] };
  },
};

export const NUMPY_BUILTINS: readonly BuiltinDefinition[] = [
  dtype,
  ...MULTIARRAY.flatMap((module) => [reconstruct(module), scalar(module)]),
  ...NUMERIC.map(fromBuffer),
  arrayClass,
  arrayWriter,
  scalarWriter,
];
