/**
 * The one table of pickle opcodes: tokenizer, disassembler, decoder, encoder and inspector all go by it.
 *
 * Facts from CPython's `Lib/pickletools.py`, protocols 0 to 5.
 *
 * @module
 */

/** How the bytes after an opcode are to be read. The names are those of `pickletools`. */
export type ArgumentKind =
  | 'none'
  | 'uint1'
  | 'uint2'
  | 'uint4'
  | 'uint8'
  | 'int4'
  | 'float8'
  | 'decimalnl_short'
  | 'decimalnl_long'
  | 'floatnl'
  | 'stringnl'
  | 'stringnl_noescape'
  | 'stringnl_noescape_pair'
  | 'unicodestringnl'
  | 'string1'
  | 'string4'
  | 'unicodestring1'
  | 'unicodestring4'
  | 'unicodestring8'
  | 'bytes1'
  | 'bytes4'
  | 'bytes8'
  | 'bytearray8'
  | 'long1'
  | 'long4';

/** What an opcode takes from the stack or leaves on it. `mark stackslice` is everything down to the topmost mark. */
export type StackItem =
  | 'any'
  | 'mark'
  | 'stackslice'
  | 'None'
  | 'bool'
  | 'int'
  | 'int_or_bool'
  | 'float'
  | 'str'
  | 'bytes'
  | 'bytes_or_str'
  | 'bytearray'
  | 'buffer'
  | 'list'
  | 'tuple'
  | 'dict'
  | 'set'
  | 'frozenset';

/** One row of the table. */
export interface Opcode {
  /** The byte in the stream, 0 to 255. */
  readonly code: number;
  /** CPython's name, for example `SHORT_BINUNICODE`. */
  readonly name: string;
  /** The first protocol that has it, 0 to 5. */
  readonly protocol: number;
  readonly argument: ArgumentKind;
  /** What it takes from the stack, bottom first. */
  readonly before: readonly StackItem[];
  /** What it leaves on the stack, bottom first. */
  readonly after: readonly StackItem[];
  /** What it does, in a sentence. */
  readonly doc: string;
}

/** The highest protocol that exists, and that this codec reads and writes. */
export const HIGHEST_PROTOCOL = 5;

/** What CPython 3.8 to 3.13 writes unless told otherwise, and so does this codec. */
export const DEFAULT_PROTOCOL = 4;

function row<const Name extends string>(
  name: Name,
  code: number,
  protocol: number,
  argument: ArgumentKind,
  effect: string,
  doc: string,
): Opcode & { readonly name: Name } {
  const [before = '', after = ''] = effect.split('->');
  return Object.freeze({ code, name, protocol, argument, before: items(before), after: items(after), doc });
}

function items(text: string): readonly StackItem[] {
  return Object.freeze(text.split(' ').filter((word) => word !== '') as StackItem[]);
}

const TABLE = Object.freeze([
  // Protocol 0: text.
  row(
    'MARK',
    0x28,
    0,
    'none',
    '-> mark',
    'Push a mark: the start of a run of items that a later opcode takes together.',
  ),
  row('STOP', 0x2e, 0, 'none', 'any ->', 'End of the pickle: the value on top of the stack is the result.'),
  row('POP', 0x30, 0, 'none', 'any ->', 'Throw away the top of the stack, or the topmost mark.'),
  row('DUP', 0x32, 0, 'none', 'any -> any any', 'Push the top of the stack once more.'),
  row('FLOAT', 0x46, 0, 'floatnl', '-> float', 'Push a float written as a line of text.'),
  row(
    'INT',
    0x49,
    0,
    'decimalnl_short',
    '-> int_or_bool',
    'Push an int written as a line of text; 00 and 01 are False and True.',
  ),
  row('LONG', 0x4c, 0, 'decimalnl_long', '-> int', 'Push an int of any size written as a line of text.'),
  row('NONE', 0x4e, 0, 'none', '-> None', 'Push None.'),
  row(
    'PERSID',
    0x50,
    0,
    'stringnl_noescape',
    '-> any',
    'Push the object that the reader knows by this persistent id, a line of text.',
  ),
  row('REDUCE', 0x52, 0, 'none', 'any any -> any', 'Call the callable below the top with the argument tuple on top.'),
  row('STRING', 0x53, 0, 'stringnl', '-> bytes_or_str', 'Push a Python 2 str written as a quoted line of text.'),
  row('UNICODE', 0x56, 0, 'unicodestringnl', '-> str', 'Push a str written as a raw-unicode-escape line.'),
  row('APPEND', 0x61, 0, 'none', 'list any -> list', 'Append the top of the stack to the list below it.'),
  row('BUILD', 0x62, 0, 'none', 'any any -> any', 'Give the state on top of the stack to the object below it.'),
  row(
    'GLOBAL',
    0x63,
    0,
    'stringnl_noescape_pair',
    '-> any',
    'Push the class or function named by two lines: module, name.',
  ),
  row('DICT', 0x64, 0, 'none', 'mark stackslice -> dict', 'Make a dict of the keys and values above the topmost mark.'),
  row('GET', 0x67, 0, 'decimalnl_short', '-> any', 'Push the memo entry whose number is a line of text.'),
  row(
    'INST',
    0x69,
    0,
    'stringnl_noescape_pair',
    'mark stackslice -> any',
    'Make an instance of the named class from the items above the topmost mark.',
  ),
  row('LIST', 0x6c, 0, 'none', 'mark stackslice -> list', 'Make a list of the items above the topmost mark.'),
  row('PUT', 0x70, 0, 'decimalnl_short', '->', 'Store the top of the stack in the memo under the number on the line.'),
  row('SETITEM', 0x73, 0, 'none', 'dict any any -> dict', 'Put the key and value on top into the dict below them.'),
  row('TUPLE', 0x74, 0, 'none', 'mark stackslice -> tuple', 'Make a tuple of the items above the topmost mark.'),
  // Protocol 1: binary.
  row('EMPTY_TUPLE', 0x29, 1, 'none', '-> tuple', 'Push an empty tuple.'),
  row('POP_MARK', 0x31, 1, 'none', 'mark stackslice ->', 'Throw away everything down to the topmost mark.'),
  row('BINFLOAT', 0x47, 1, 'float8', '-> float', 'Push a float of 8 bytes, big endian.'),
  row('BININT', 0x4a, 1, 'int4', '-> int', 'Push a signed int of 4 bytes.'),
  row('BININT1', 0x4b, 1, 'uint1', '-> int', 'Push an int of one byte, 0 to 255.'),
  row('BININT2', 0x4d, 1, 'uint2', '-> int', 'Push an int of two bytes, 0 to 65535.'),
  row(
    'BINPERSID',
    0x51,
    1,
    'none',
    'any -> any',
    'Replace the persistent id on top by the object that the reader knows by it.',
  ),
  row('BINSTRING', 0x54, 1, 'string4', '-> bytes_or_str', 'Push a Python 2 str of up to 2 GiB.'),
  row('SHORT_BINSTRING', 0x55, 1, 'string1', '-> bytes_or_str', 'Push a Python 2 str of up to 255 bytes.'),
  row('BINUNICODE', 0x58, 1, 'unicodestring4', '-> str', 'Push a str of up to 4 GiB of UTF-8.'),
  row('EMPTY_LIST', 0x5d, 1, 'none', '-> list', 'Push an empty list.'),
  row(
    'APPENDS',
    0x65,
    1,
    'none',
    'list mark stackslice -> list',
    'Append the items above the topmost mark to the list below it.',
  ),
  row('BINGET', 0x68, 1, 'uint1', '-> any', 'Push the memo entry with this number, 0 to 255.'),
  row('LONG_BINGET', 0x6a, 1, 'uint4', '-> any', 'Push the memo entry with this number.'),
  row(
    'OBJ',
    0x6f,
    1,
    'none',
    'mark any stackslice -> any',
    'Make an instance of the class right above the mark from the items above it.',
  ),
  row('BINPUT', 0x71, 1, 'uint1', '->', 'Store the top of the stack in the memo under this number, 0 to 255.'),
  row('LONG_BINPUT', 0x72, 1, 'uint4', '->', 'Store the top of the stack in the memo under this number.'),
  row(
    'SETITEMS',
    0x75,
    1,
    'none',
    'dict mark stackslice -> dict',
    'Put the keys and values above the topmost mark into the dict below it.',
  ),
  row('EMPTY_DICT', 0x7d, 1, 'none', '-> dict', 'Push an empty dict.'),
  // Protocol 2 (Python 2.3): new-style classes.
  row('PROTO', 0x80, 2, 'uint1', '->', 'Say which protocol follows.'),
  row(
    'NEWOBJ',
    0x81,
    2,
    'none',
    'any any -> any',
    'Make an object with cls.__new__(cls, *args); __init__ does not run.',
  ),
  row('EXT1', 0x82, 2, 'uint1', '-> any', 'Push the class or function registered under this extension code, 1 byte.'),
  row('EXT2', 0x83, 2, 'uint2', '-> any', 'Push the class or function registered under this extension code, 2 bytes.'),
  row('EXT4', 0x84, 2, 'int4', '-> any', 'Push the class or function registered under this extension code, 4 bytes.'),
  row('TUPLE1', 0x85, 2, 'none', 'any -> tuple', 'Make a tuple of the top item.'),
  row('TUPLE2', 0x86, 2, 'none', 'any any -> tuple', 'Make a tuple of the top two items.'),
  row('TUPLE3', 0x87, 2, 'none', 'any any any -> tuple', 'Make a tuple of the top three items.'),
  row('NEWTRUE', 0x88, 2, 'none', '-> bool', 'Push True.'),
  row('NEWFALSE', 0x89, 2, 'none', '-> bool', 'Push False.'),
  row('LONG1', 0x8a, 2, 'long1', '-> int', "Push an int of up to 255 bytes, little endian, two's complement."),
  row('LONG4', 0x8b, 2, 'long4', '-> int', "Push an int of up to 2 GiB, little endian, two's complement."),
  // Protocol 3 (Python 3.0): bytes.
  row('BINBYTES', 0x42, 3, 'bytes4', '-> bytes', 'Push bytes, up to 4 GiB.'),
  row('SHORT_BINBYTES', 0x43, 3, 'bytes1', '-> bytes', 'Push bytes, up to 255.'),
  // Protocol 4 (Python 3.4): frames, sets, large objects.
  row('SHORT_BINUNICODE', 0x8c, 4, 'unicodestring1', '-> str', 'Push a str of up to 255 bytes of UTF-8.'),
  row('BINUNICODE8', 0x8d, 4, 'unicodestring8', '-> str', 'Push a str whose length takes 8 bytes.'),
  row('BINBYTES8', 0x8e, 4, 'bytes8', '-> bytes', 'Push bytes whose length takes 8 bytes.'),
  row('EMPTY_SET', 0x8f, 4, 'none', '-> set', 'Push an empty set.'),
  row(
    'ADDITEMS',
    0x90,
    4,
    'none',
    'set mark stackslice -> set',
    'Add the items above the topmost mark to the set below it.',
  ),
  row(
    'FROZENSET',
    0x91,
    4,
    'none',
    'mark stackslice -> frozenset',
    'Make a frozenset of the items above the topmost mark.',
  ),
  row('NEWOBJ_EX', 0x92, 4, 'none', 'any any any -> any', 'Make an object with cls.__new__(cls, *args, **kwargs).'),
  row(
    'STACK_GLOBAL',
    0x93,
    4,
    'none',
    'str str -> any',
    'Push the class or function named by the two strings on top: module, qualified name.',
  ),
  row('MEMOIZE', 0x94, 4, 'none', 'any -> any', 'Store the top of the stack in the memo under the next number.'),
  row('FRAME', 0x95, 4, 'uint8', '->', 'Start of a frame: this many bytes follow that no opcode straddles.'),
  // Protocol 5 (Python 3.8): out-of-band buffers.
  row('BYTEARRAY8', 0x96, 5, 'bytearray8', '-> bytearray', 'Push a bytearray whose length takes 8 bytes.'),
  row('NEXT_BUFFER', 0x97, 5, 'none', '-> buffer', 'Push the next out-of-band buffer.'),
  row('READONLY_BUFFER', 0x98, 5, 'none', 'buffer -> buffer', 'Make the buffer on top read-only.'),
]);

/** The name of an opcode: of these there are no others. */
export type OpcodeName = (typeof TABLE)[number]['name'];

/** All 68 opcodes, by protocol, then by byte. */
export const OPCODES: readonly (Opcode & { readonly name: OpcodeName })[] = TABLE;

const byCode: readonly (Opcode | undefined)[] = (() => {
  const table = new Array<Opcode | undefined>(256).fill(undefined);
  for (const opcode of OPCODES) table[opcode.code] = opcode;
  return table;
})();

/** The opcode of a byte, or undefined for the 188 bytes that are none. */
export function opcodeOf(code: number): Opcode | undefined {
  return byCode[code];
}

/** The opcode of a name (`'BINPUT'`), or undefined. */
export function opcodeNamed(name: string): Opcode | undefined {
  return OPCODES.find((opcode) => opcode.name === name);
}
