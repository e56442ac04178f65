/**
 * `decimal`, `fractions`, `uuid`, `range`, `slice`, `pathlib`, `ipaddress`.
 *
 * How they travel: the `__reduce__` methods of these modules in CPython 2.7 to 3.14.
 *
 * @module
 */
import { PyDecimal, PyFraction } from '../../values/exact-numbers.js';
import { PyIpAddress } from '../../values/ip-addresses.js';
import type { IpClass } from '../../values/ip-text.js';
import { PATH_CLASSES, PyPath } from '../../values/paths.js';
import type { PathClass } from '../../values/paths.js';
import { PyGlobal } from '../../values/py-global.js';
import { PyRange, PySlice } from '../../values/ranges.js';
import { PyUuid } from '../../values/uuid.js';
import { entriesOf, notPortable } from './definition.js';
import type { BuiltinDefinition } from './definition.js';

function isInt(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

const decimal: BuiltinDefinition = {
  kind: 'custom',
  module: 'decimal',
  qualname: 'Decimal',
  type: PyDecimal,
  construct({ args }) {
    const [text] = args;
    return args.length === 1 && typeof text === 'string' ? new PyDecimal(text) : undefined;
  },
  reduce(value) {
    return { args: [(value as PyDecimal).text] };
  },
};

const fraction: BuiltinDefinition = {
  kind: 'custom',
  module: 'fractions',
  qualname: 'Fraction',
  type: PyFraction,
  construct({ args }) {
    const [first, second] = args;
    if (args.length === 2 && isInt(first) && isInt(second)) return PyFraction.read(BigInt(first), BigInt(second));
    // Before 3.12: its text. Python itself reads no int of more digits.
    const match = typeof first === 'string' ? /^(-?\d{1,4300})(?:\/(\d{1,4300}))?$/.exec(first) : null;
    if (args.length !== 1 || match === null) return undefined;
    return PyFraction.read(BigInt(match[1] ?? 0), BigInt(match[2] ?? 1));
  },
  reduce(value) {
    const { numerator, denominator } = value as PyFraction;
    return { args: [numerator, denominator] };
  },
};

const uuid: BuiltinDefinition = {
  kind: 'custom',
  module: 'uuid',
  qualname: 'UUID',
  type: PyUuid,
  when: 'state',
  construct({ args, state }) {
    const entries = args.length > 0 ? [] : [...(entriesOf(state) ?? [])];
    const [name, int] = entries[0] ?? [];
    // Some systems say whether the UUID was made safely; that stays inert data.
    return entries.length === 1 && name === 'int' && isInt(int) ? new PyUuid(BigInt(int)) : undefined;
  },
  reduce(value) {
    return { construction: 'new', state: { int: (value as PyUuid).int } };
  },
};

const range: BuiltinDefinition = {
  kind: 'custom',
  module: 'builtins',
  qualname: 'range',
  type: PyRange,
  construct({ args }) {
    const [start, stop, step] = args;
    if (args.length !== 3 || !isInt(start) || !isInt(stop) || !isInt(step)) return undefined;
    return new PyRange(start, stop, step);
  },
  reduce(value) {
    const { start, stop, step } = value as PyRange;
    return { args: [start, stop, step] };
  },
};

const slice: BuiltinDefinition = {
  kind: 'custom',
  module: 'builtins',
  qualname: 'slice',
  type: PySlice,
  construct({ args }) {
    return args.length === 3 ? new PySlice(args[0], args[1], args[2]) : undefined;
  },
  reduce(value) {
    const { start, stop, step } = value as PySlice;
    return { args: [start, stop, step] };
  },
};

function path(module: string, qualname: PathClass): BuiltinDefinition {
  return {
    kind: 'custom',
    module,
    qualname,
    construct({ args }, { forward }) {
      return args.every((part) => typeof part === 'string') ? PyPath.read(qualname, args, forward) : undefined;
    },
  };
}

// CPython 3.13 says `pathlib._local`, which no other version has; every version has `pathlib`.
const paths = PATH_CLASSES.flatMap((name) => [path('pathlib', name), path('pathlib._local', name)]);

const pathWriter: BuiltinDefinition = {
  ...path('pathlib', 'PosixPath'),
  type: PyPath,
  reduce(value, { foreign }) {
    const { type, parts } = value as PyPath;
    if (foreign !== 'write' && !type.startsWith('Pure') && !PyPath.isDecoded(value as PyPath))
      throw notPortable(`A ${type} can be loaded on one kind of system only; a Pure${type} on all`);

    return { callable: PyGlobal.from('codec', 'pathlib', type), args: parts };
  },
};

function ipAddress(qualname: IpClass): BuiltinDefinition {
  return {
    kind: 'custom',
    module: 'ipaddress',
    qualname,
    construct({ args }) {
      const [value] = args;
      if (args.length !== 1) return undefined;
      if (typeof value === 'string') return new PyIpAddress(qualname, value);
      if ((qualname !== 'IPv4Address' && qualname !== 'IPv6Address') || !isInt(value)) return undefined;
      return PyIpAddress.fromInt(qualname, BigInt(value));
    },
  };
}

const IP_CLASSES: readonly IpClass[] = ['IPv6Address', 'IPv4Network', 'IPv6Network', 'IPv4Interface', 'IPv6Interface'];

const ipWriter: BuiltinDefinition = {
  ...ipAddress('IPv4Address'),
  type: PyIpAddress,
  reduce(value) {
    const { type, text } = value as PyIpAddress;
    return { callable: PyGlobal.from('codec', 'ipaddress', type), args: [text] };
  },
};

export const STANDARD_BUILTINS: readonly BuiltinDefinition[] = [
  decimal,
  fraction,
  uuid,
  range,
  slice,
  ...paths,
  pathWriter,
  ...IP_CLASSES.map(ipAddress),
  ipWriter,
];
