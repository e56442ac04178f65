/**
 * Numbers, bytes and other single values of the standard library.
 *
 * @module
 */
import type { Node } from '../../machine/nodes.js';
import { integerOf, isBare, ownNames } from '../known.js';
import type { Recogniser } from '../known.js';

const DECIMAL = /^\s*[-+]?(?:(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[-+]?\d+)?|inf(?:inity)?|s?nan\d*)\s*$/i;

const decimal: Recogniser = (call, args) => {
  const [text] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 1 || text?.kind !== 'str') return undefined;
  if (!DECIMAL.test(text.value)) return { invalid: (facts) => facts.badDecimal(JSON.stringify(text.value)) };
  return { type: 'decimal.Decimal', profile: 'data', text: text.value, names: ownNames(call) };
};

/** `Fraction('1/3')`, and `Fraction(1, 3)` since Python 3.12. */
const fraction: Recogniser = (call, args) => {
  if (call.how !== 'REDUCE' || !isBare(call)) return undefined;
  const [first, second] = args;
  const text =
    args.length === 1 && first?.kind === 'str'
      ? first.value
      : args.length === 2 && first?.kind === 'int' && second?.kind === 'int'
        ? `${first.value}/${second.value}`
        : undefined;
  if (text === undefined) return undefined;
  // `0*[1-9]`, and not `\d*[1-9]`, which takes quadratic time.
  if (!/^[-+]?\d+(?:\/0*[1-9]\d*)?$/.test(text)) return { invalid: (facts) => facts.badFraction(JSON.stringify(text)) };
  return { type: 'fractions.Fraction', profile: 'data', text, names: ownNames(call) };
};

function floatOf(node: Node | undefined): number | undefined {
  return node?.kind === 'float' ? node.value : integerOf(node);
}

const complex: Recogniser = (call, args) => {
  const [real, imaginary] = args.map(floatOf);
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 2) return undefined;
  if (real === undefined || imaginary === undefined) return undefined;
  const sign = imaginary < 0 || Object.is(imaginary, -0) ? '' : '+';
  const text = `(${real}${sign}${Object.is(imaginary, -0) ? '-0' : imaginary}j)`;
  return { type: 'complex', profile: 'data', text, names: ownNames(call) };
};

/** Bytes in protocols 0 to 2: `_codecs.encode(text, 'latin1')`. Any other codec is refused, because some run much code. */
const encode: Recogniser = (call, args, context) => {
  const [text, codec] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 2) return undefined;
  if (text?.kind !== 'str' || codec?.kind !== 'str' || !/^latin-?1$/.test(codec.value)) return undefined;
  const bytes = context.bytesText(text);
  if (bytes === undefined) return { invalid: (facts) => facts.wideBytes };
  return { type: 'bytes', profile: 'data', text: bytes, isLiteral: true, names: ownNames(call) };
};

/** Empty bytes in protocols 0 to 2. */
const emptyBytes: Recogniser = (call, args) =>
  call.how === 'REDUCE' && isBare(call) && args.length === 0
    ? { type: 'bytes', profile: 'data', text: "b''", names: ownNames(call) }
    : undefined;

/** A bytearray before protocol 5: of nothing, of bytes, or of a text and `latin-1`. */
const bytearray: Recogniser = (call, args, context) => {
  if (call.how !== 'REDUCE' || !isBare(call) || args.length > 2) return undefined;
  const [content, codec] = args;
  if (args.length === 2 && (codec?.kind !== 'str' || !/^latin-?1$/.test(codec.value))) return undefined;
  const text = content === undefined ? "bytearray(b'')" : context.bytesText(content, 'bytearray');
  if (text === undefined || (content?.kind === 'str' && args.length === 1)) return undefined;
  const names = [...ownNames(call), ...(content === undefined ? [] : (context.known(content)?.names ?? []))];
  return { type: 'bytearray', profile: 'data', text, isLiteral: true, names };
};

function indexText(node: Node): string | undefined {
  if (node.kind === 'none') return 'None';
  return node.kind === 'int' || node.kind === 'bool' ? String(node.value) : undefined;
}

function ranged(type: string): Recogniser {
  return (call, args) => {
    const parts = args.map(indexText);
    if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 3 || parts.includes(undefined)) return undefined;
    return { type, profile: 'data', text: `${type}(${parts.join(', ')})`, names: ownNames(call) };
  };
}

const address: Recogniser = (call, args, context) => {
  const [value] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 1) return undefined;
  const type = context.nameOf(call.callable) ?? 'ipaddress';
  if (value?.kind === 'int')
    return { type, profile: 'data', text: addressText(type, value.value), names: ownNames(call) };
  if (value?.kind !== 'str' || !/^[0-9a-fA-F.:%/]+$/.test(value.value)) return undefined;
  return { type, profile: 'data', text: value.value, names: ownNames(call) };
};

function addressText(type: string, value: number | bigint): string {
  const number = BigInt(value);
  if (type.endsWith('IPv4Address'))
    return [24n, 16n, 8n, 0n].map((shift) => String((number >> shift) & 255n)).join('.');

  const groups = Array.from({ length: 8 }, (_, index) => ((number >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  return groups.join(':').replace(/(?:^|:)0(?::0)+(?::|$)/, '::');
}

const purePath: Recogniser = (call, args, context) => {
  if (call.how !== 'REDUCE' || !isBare(call)) return undefined;
  const parts = args.map((node) => (node.kind === 'str' ? node.value : undefined));
  if (parts.includes(undefined)) return undefined;
  const type = context.nameOf(call.callable) ?? 'pathlib.PurePath';
  const separator = type.includes('Windows') ? '\\' : '/';
  const text = parts.reduce<string>(
    (joined, part) =>
      joined === '' || joined.endsWith(separator) ? joined + (part ?? '') : joined + separator + (part ?? ''),
    '',
  );
  return { type: type.replace('._local', ''), profile: 'data', text, names: ownNames(call) };
};

/** `type(None)`, `type(...)`, `type(NotImplemented)`: how these three types travel. */
const singletonType: Recogniser = (call, args, context) => {
  const [value] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 1 || value === undefined) return undefined;
  const constant = value.kind === 'none' ? 'None' : context.nameOf(value);
  if (constant !== 'None' && constant !== 'builtins.Ellipsis' && constant !== 'builtins.NotImplemented')
    return undefined;
  const text = `type(${constant.replace('builtins.', '')})`;
  return { type: 'type', profile: 'data', text, names: ownNames(call, value) };
};

/** The constants that travel as names. */
export const CONSTANTS: Readonly<Record<string, string>> = {
  'builtins.Ellipsis': 'Ellipsis',
  'builtins.NotImplemented': 'NotImplemented',
};

const PATHS = ['PurePosixPath', 'PureWindowsPath', 'PosixPath', 'WindowsPath', 'PurePath', 'Path'];
const ADDRESSES = ['IPv4Address', 'IPv6Address', 'IPv4Network', 'IPv6Network', 'IPv4Interface', 'IPv6Interface'];

/** Recognisers by name. */
export const VALUES: Readonly<Record<string, Recogniser>> = {
  'decimal.Decimal': decimal,
  'fractions.Fraction': fraction,
  'builtins.complex': complex,
  '_codecs.encode': encode,
  'builtins.bytes': emptyBytes,
  'builtins.bytearray': bytearray,
  'builtins.range': ranged('range'),
  'builtins.slice': ranged('slice'),
  'builtins.type': singletonType,
  ...Object.fromEntries(ADDRESSES.map((name) => [`ipaddress.${name}`, address])),
  ...Object.fromEntries(
    PATHS.flatMap((name) => [`pathlib.${name}`, `pathlib._local.${name}`].map((path) => [path, purePath])),
  ),
};
