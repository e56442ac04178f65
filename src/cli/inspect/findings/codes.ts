/**
 * The closed list of what the inspector can say about an input. docs/findings.md is made from it.
 *
 * @module
 */

/** How a finding counts, by the letter of its code. */
const LEVELS = { E: 'error', I: 'limit', P: 'refuse', L: 'lint', N: 'note' } as const;

/**
 * How a finding counts. `error`: CPython would raise here, the input is damaged (exit code 2). `limit`: a bound was
 * reached, the rest was not looked at (3). `refuse`: the policy of `check` forbids it (1). `lint`: loads, but not
 * everywhere or not as it seems. `note`: worth knowing.
 */
export type FindingLevel = (typeof LEVELS)[keyof typeof LEVELS];

/** What docs/findings.md and `explain` say about a code. */
export interface FindingKind {
  readonly level: FindingLevel;
  readonly title: string;
  readonly meaning: string;
  readonly advice: string;
}

const TEXTS = {
  E001: {
    title: 'Empty input',
    meaning: 'There is not one byte to read. CPython raises EOFError.',
    advice: 'Check what wrote the file, or whether the capture dropped the payload.',
  },
  E010: {
    title: 'Unknown opcode',
    meaning: 'The byte is no opcode of any pickle protocol. What follows cannot be understood.',
    advice: 'Is it a pickle at all? Compressed, encrypted and text inputs start with such bytes: try --from.',
  },
  E011: {
    title: 'Unsupported protocol',
    meaning: 'PROTO names a protocol above 5. CPython raises ValueError.',
    advice: 'Was the second byte changed on the way? No CPython writes such a number.',
  },
  E020: {
    title: 'Truncated argument',
    meaning: 'An opcode says how many bytes belong to it, or ends with a line feed, and the input ends before.',
    advice: 'Was only the first part of a message captured, or a file copied while it was being written?',
  },
  E021: {
    title: 'No STOP',
    meaning: 'The input ends before the STOP opcode. CPython raises EOFError.',
    advice: 'The end is missing: look for a second part of the message or the file.',
  },
  E022: {
    title: 'Invalid argument',
    meaning: 'The argument of an opcode has not the form that the opcode needs: a number, a quoted string, an escape.',
    advice: 'CPython raises here. A pickle written by hand or changed as text looks like this.',
  },
  E023: {
    title: 'Invalid text encoding',
    meaning: 'Bytes of a text are not UTF-8 (or, for the strings of Python 2, not in the encoding given).',
    advice: 'For strings of Python 2 try --encoding latin1 or --encoding bytes.',
  },
  E024: {
    title: 'Not a pickle',
    meaning: 'The input is text, or JSON, and no form of a pickle that can be written as text. CPython raises.',
    advice: 'Is it the right file? Of text that holds pickles in a form of its own, --from says which.',
  },
  E030: {
    title: 'Stack underflow',
    meaning: 'An opcode takes more values from the stack than there are above the last MARK.',
    advice: 'Bytes are missing or changed before this place.',
  },
  E031: {
    title: 'No MARK',
    meaning: 'An opcode takes everything down to the last MARK, and there is none.',
    advice: 'Bytes are missing or changed before this place.',
  },
  E032: {
    title: 'Missing memo entry',
    meaning: 'GET asks for an entry of the memo that nothing was stored under.',
    advice: 'Was the first part of a stream cut away, or a pickle of a reused Pickler read on its own?',
  },
  E033: {
    title: 'Odd number of items',
    meaning: 'A dict gets a key without a value.',
    advice: 'Bytes are missing or changed before this place.',
  },
  E034: {
    title: 'Wrong target',
    meaning: 'An opcode adds items or state to a value that cannot take them, such as APPEND to a tuple.',
    advice: 'CPython raises here. Bytes were changed, or somebody wrote the pickle by hand.',
  },
  E035: {
    title: 'Unhashable key',
    meaning: 'A list, dict, set or bytearray is the key of a dict or the item of a set. CPython raises TypeError.',
    advice: 'The inspector shows the key; no Python loads it.',
  },
  E036: {
    title: 'Not callable',
    meaning: 'REDUCE, NEWOBJ, OBJ or INST call something that cannot be a class or function, or with wrong arguments.',
    advice: 'CPython raises here. Bytes were changed, or somebody wrote the pickle by hand.',
  },
  E037: {
    title: 'Invalid name',
    meaning: 'The module or the name of a global is no text, or is not UTF-8.',
    advice: 'No CPython writes this.',
  },
  E038: {
    title: 'Frame broken',
    meaning:
      'A frame ends behind the input, or an opcode crosses the end of its frame. Older unpicklers then read the same ' +
      'bytes in different ways: one may see data where another runs a call.',
    advice: 'Treat it as an attack unless you know better. CPython raises from 3.13.15 and 3.14.7 on.',
  },
  E039: {
    title: 'Invalid extension code',
    meaning: 'EXT1, EXT2 or EXT4 with a code of 0 or below. CPython raises.',
    advice: 'Bytes were changed, or somebody wrote the pickle by hand.',
  },
  E040: {
    title: 'Missing buffer',
    meaning: 'NEXT_BUFFER asks for an out-of-band buffer that was not given.',
    advice: 'Give the buffers in order with --buffer FILE.',
  },
  E041: {
    title: 'Invalid value of a known type',
    meaning: 'The arguments of a well-known type (a date, a Decimal) are none that its constructor takes.',
    advice: 'The inspector shows the raw call.',
  },
  E050: {
    title: 'Damaged container',
    meaning: 'The compressed file, archive or array file around the pickle is damaged or contradicts itself.',
    advice: 'What came out was inspected. Loaders differ in what they make of the rest.',
  },
  E051: {
    title: 'Damaged capture',
    meaning: 'A record of the capture cannot be read, or packets of a connection are missing.',
    advice: 'Messages before and after were inspected. Capture with a larger buffer and the full packet length.',
  },
  E052: {
    title: 'Trailing bytes',
    meaning: 'After the last STOP come bytes that do not start another pickle. CPython ignores them.',
    advice: 'Look at them with `pickle-inspect hex`: they may belong to another format, or hide something.',
  },
  E053: {
    title: 'Unreadable encoding',
    meaning: 'The input was announced or recognised as hex, base64 or a bytes literal, and is not well formed.',
    advice: 'Say with --from what it is.',
  },
  I001: {
    title: 'Input too large',
    meaning: 'The input is longer than --max-bytes, or unpacks to more than --max-inflate.',
    advice: 'Raise the limit if you trust the size.',
  },
  I002: {
    title: 'Too many opcodes',
    meaning: 'The pickle has more opcodes than --max-ops.',
    advice: 'Raise the limit if you trust the size.',
  },
  I003: {
    title: 'Nested too deeply',
    meaning: 'The value is nested more deeply than --max-depth.',
    advice: 'Raise the limit if you trust the input.',
  },
  I004: {
    title: 'Too large when written out',
    meaning: 'Written out, shared values repeated, the value is larger than --max-nodes (a "billion laughs").',
    advice: 'Use `show` or `json --mode typed`, which write every shared value once.',
  },
  I005: {
    title: 'Too slow',
    meaning: 'Reading took longer than --timeout.',
    advice: 'Raise the limit, or choose messages with --messages.',
  },
  I006: {
    title: 'Not supported',
    meaning: 'The input is in a container or encryption that the inspector cannot open.',
    advice: 'Unpack it first, then inspect what comes out.',
  },
  I007: {
    title: 'Encrypted connection',
    meaning: 'The ZeroMQ connection uses CURVE: its frames cannot be read from outside.',
    advice: 'Capture inside one of the programs instead.',
  },
  P101: {
    title: 'Dangerous name',
    meaning: 'Loading imports a name that runs commands or code, or opens files or connections when it is called.',
    advice: 'Do not load this pickle.',
  },
  P102: {
    title: 'Attribute write',
    meaning:
      'BUILD on a class, function or module, or with special attribute names, changes it when the pickle is loaded.',
    advice: 'As grave as a call: do not load this pickle.',
  },
  P103: {
    title: 'Computed call',
    meaning: 'What is called is itself the result of a call, so that its name does not stand in the pickle.',
    advice: 'Do not load this pickle.',
  },
  P104: {
    title: 'Odd name',
    meaning: 'A name with a leading underscore, with dots, or with characters that no Python name has.',
    advice: 'Such names reach private parts of a module. Do not load unless you know why it is there.',
  },
  P201: {
    title: 'Name not allowed',
    meaning: 'Loading imports a name that neither the profile nor --allow lists.',
    advice: 'If you know the class, allow it with --allow module.Class.',
  },
  P202: {
    title: 'Allowed name, other use',
    meaning: 'The name is allowed for one way of writing a value; here it is used in another.',
    advice: 'Allow the name itself with --allow if the use is yours.',
  },
  P203: {
    title: 'Persistent id',
    meaning: 'The value is fetched by the loading program under an id; what that does the pickle does not say.',
    advice: 'Allow with --allow persid if your program expects it.',
  },
  P204: {
    title: 'Extension code',
    meaning: 'A class or function is named by a number of the registry of copyreg, so its name is not visible.',
    advice: 'Allow with --allow ext:<code> if your program registers it.',
  },
  P205: {
    title: 'Denied name',
    meaning: 'Loading imports a name that --deny or the policy forbids.',
    advice: 'Do not load this pickle.',
  },
  P206: {
    title: 'Suspicious container',
    meaning: 'The archive names one thing in its directory and another in its headers, or hides a member.',
    advice: 'Scanners and loaders read such archives differently. Do not load it.',
  },
  N301: {
    title: 'Pickle inside a value',
    meaning: 'A bytes or text value holds a pickle itself. It runs only when a program loads it in turn.',
    advice: 'It was inspected too; its findings count.',
  },
  N302: {
    title: 'Not written by pickle.dumps',
    meaning: 'No Pickler writes such opcodes: written by hand, by another library, or optimised.',
    advice: 'Nothing wrong by itself.',
  },
  N303: {
    title: 'Lost in plain JSON',
    meaning: 'The plain mode cannot express a type, a key or a number exactly.',
    advice: 'Use `json --mode typed`, which loses nothing.',
  },
  N304: {
    title: 'Enum value that vnpy does not know',
    meaning: 'A vnpy enum is written with a value that no known version and language has.',
    advice: 'The peer is newer, or its texts are translated differently. Loading raises ValueError there.',
  },
  N305: {
    title: 'No pickle inside',
    meaning: 'The file or message holds no pickle: a numeric array, a plain text frame, a subscription.',
    advice: 'Nothing to inspect.',
  },
  N306: {
    title: 'Numbers beside the pickle',
    meaning:
      'torch wrote the numbers of tensors behind the pickle, as it did before 1.6 and in tar files. No pickle is read there.',
    advice: 'Nothing is wrong: torch.load reads them where they stand.',
  },
  L401: {
    title: 'Memo entry defined again',
    meaning: 'PUT stores under an index that is in use. Unpicklers take the last; pickletools refused it until 3.13.',
    advice: 'No Pickler writes this.',
  },
  L402: {
    title: 'PROTO out of place',
    meaning: 'PROTO occurs twice, or not at the start.',
    advice: 'No Pickler writes this. Some scanners stop here.',
  },
  L403: {
    title: 'Opcode of a later protocol',
    meaning: 'An opcode belongs to a later protocol than PROTO names. CPython reads it; other libraries may not.',
    advice: 'Write it again with `pickle-inspect repack`.',
  },
  L404: {
    title: 'Items left on the stack',
    meaning: 'At STOP more than one value is on the stack. CPython ignores them; pickletools refuses.',
    advice: 'Values that were left may hide calls: they are listed by `check`.',
  },
  L405: {
    title: 'Number that unpicklers read differently',
    meaning:
      'A number as text that C, pure Python and pickletools do not agree about: octal, hex, underscores, spaces, infinity, ' +
      'or more than 4300 digits.',
    advice: 'The value shown is that of the C unpickler.',
  },
  L406: {
    title: 'Odd frame',
    meaning: 'An empty frame, a frame in a protocol that has none, or an opcode outside of any frame in between.',
    advice: 'CPython reads it. Scanners and loaders may differ.',
  },
  L407: {
    title: 'String of Python 2',
    meaning: 'STRING, BINSTRING or SHORT_BINSTRING: bytes or text, by the encoding that the loader chooses.',
    advice: 'Load with encoding="latin1" or "bytes".',
  },
  L408: {
    title: 'Lone surrogates or their pairs',
    meaning: 'A text holds surrogates: not valid UTF-8 elsewhere, and pairs look like another character in JavaScript.',
    advice: 'Python loads it; encoding it as UTF-8 fails.',
  },
  L409: {
    title: 'Value thrown away',
    meaning: 'POP or POP_MARK discards a value that was made by a call. The call happens all the same.',
    advice: 'Look at it: hidden calls are an old trick.',
  },
  L410: {
    title: 'Duplicate key',
    meaning: 'A dict gets the same key twice. The last value wins; 1, 1.0 and True are the same key.',
    advice: 'No Pickler writes this.',
  },
  L411: {
    title: 'Name that Python reads differently by version',
    meaning: 'A module of Python 2 under protocol 3 or later, or a dotted name under a protocol below 4.',
    advice: 'Loading may raise ImportError or AttributeError.',
  },
  L412: {
    title: 'Enum by value in one language',
    meaning: 'A translated vnpy enum is written by its value: it loads only where vnpy runs in the same language.',
    advice: 'Written by name (as this package does) it loads everywhere.',
  },
} as const satisfies Readonly<Record<`${keyof typeof LEVELS}${number}`, Omit<FindingKind, 'level'>>>;

/** The code of a finding. */
export type FindingCode = keyof typeof TEXTS;

/** Every kind of finding, by code. */
export const FINDINGS = Object.fromEntries(
  Object.entries(TEXTS).map(([code, texts]) => [code, { level: LEVELS[code[0] as keyof typeof LEVELS], ...texts }]),
) as Readonly<Record<FindingCode, FindingKind>>;

/** Everything known about a code. */
export function findingKind(code: FindingCode): FindingKind {
  return FINDINGS[code];
}

/** Whether text is a code of the list. */
export function isFindingCode(text: string): text is FindingCode {
  return Object.hasOwn(FINDINGS, text);
}
