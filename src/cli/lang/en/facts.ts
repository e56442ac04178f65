/**
 * What a finding of `pickle-inspect` says of its place, in English: the shape that every other language has to fill. JSON and
 * SARIF have the English sentence in every language.
 *
 * @module
 */

/** What the codec says of bytes that it cannot read. */
export interface CodecFault {
  readonly code: string;
  readonly opcode: string | undefined;
  readonly offset: number | undefined;
  readonly message: string;
}

/** What a dangerous name does. */
export type Danger =
  'process' | 'code' | 'import' | 'attribute' | 'file' | 'network' | 'native' | 'unpickle' | 'interpreter';

/** What plain JSON cannot express. */
export type Loss =
  | 'nan'
  | 'infinity'
  | 'bigInt'
  | 'missing'
  | 'base64'
  | 'text'
  | 'object'
  | 'array'
  | 'bool'
  | 'null'
  | 'cycle'
  | 'keyText'
  | 'sameKeys';

const dangers: Readonly<Record<Danger, string>> = {
  process: 'runs programs',
  code: 'runs code',
  import: 'imports and runs modules',
  attribute: 'reaches any attribute or builds calls',
  file: 'reads, writes or removes files',
  network: 'opens connections',
  native: 'calls native code',
  unpickle: 'loads other pickles',
  interpreter: 'changes the interpreter',
};

const lost: Readonly<Record<Loss, (type: string) => string>> = {
  nan: () => 'nan became null',
  infinity: () => 'an infinity became text',
  bigInt: () => 'an int beyond 2**53 became text',
  missing: (type) => `${type} became null`,
  base64: (type) => `${type} became base64 text`,
  text: (type) => `${type} became text`,
  object: (type) => `${type} became an object`,
  array: (type) => `${type} became an array`,
  bool: (type) => `${type} became a bool`,
  null: (type) => `${type} became null`,
  cycle: () => 'a value inside of itself became null',
  keyText: (type) => `a key of type ${type} became text`,
  sameKeys: () => 'two keys became the same',
};

/** What opcodes do wrong: it follows on the name and place of the opcode. */
const opcodes = {
  emptyStack: 'takes a value, and the stack is empty',
  nothingAboveMark: 'takes a value, and there is nothing above the last MARK',
  noMark: 'needs a MARK, and none is open',
  digits: (digits: number, most: number): string => `has ${digits} digits, CPython reads up to ${most}`,
  storesNothing: 'stores the top of the stack, and there is none',
  storedAlready: (index: number): string => `stores under ${index}, which is in use`,
  impossibleIndex: (index: number): string => `has the impossible index ${index}`,
  noMemo: (index: number): string => `asks for memo entry ${index}, which is not there`,
  extension: (code: number): string => `has the code ${code}`,
  throwsAway: 'throws away the result of a call',
  frameTooLong: (size: string, left: number): string => `says ${size} bytes, ${left} remain`,
  emptyFrame: 'is empty',
  inProtocol: (protocol: number): string => `in protocol ${protocol}`,
  namesProtocol: (protocol: number): string => `names protocol ${protocol}`,
  notAtStart: 'is not at the start',
  secondTime: 'is not at the start a second time',
  noBuffer: (index: number): string => `asks for buffer ${index}, which was not given`,
  onKind: (kind: string): string => `on a ${kind}`,
  needsTexts: (one: string, other: string): string => `needs two texts, and finds ${one} and ${other}`,
  needsClass: 'needs a class above the MARK',
  holdsUnhashable: (kind: string): string => `holds a ${kind}, which cannot be hashed`,
  addsUnhashable: (kind: string): string => `adds a ${kind}, which cannot be hashed`,
  ofProtocol: (protocol: number, named: number): string => `is of protocol ${protocol}, PROTO says ${named}`,
  insideFrame: 'starts inside another frame',
  crossesFrame: (end: number): string => `crosses the end of its frame at byte ${end}`,
  givesItems: (kind: string | undefined): string => `gives items to ${kind === undefined ? 'nothing' : `a ${kind}`}`,
  givesPairs: (kind: string | undefined): string =>
    `gives keys and values to ${kind === undefined ? 'nothing' : `a ${kind}`}`,
  givesState: (kind: string | undefined): string => `gives state to ${kind === undefined ? 'nothing' : `a ${kind}`}`,
  oddItems: (count: number): string => `has ${count} items: a key without a value`,
  noListItem: 'sets an item of a list that is not there',
  calls: (kind: string): string => `calls a ${kind}`,
  noTuple: (kind: string): string => `has a ${kind} for arguments, not a tuple`,
  noDict: (kind: string): string => `has a ${kind} for keyword arguments`,
  oneQuote: 'has one quote, not two',
  python2: 'holds a str of Python 2',
  notAscii: 'holds bytes that are not ASCII',
  notUtf8: 'holds bytes that are not UTF-8',
  namesNothing: 'names nothing',
  otherUse: (name: string): string => `uses ${name} in another way than Python writes it`,
  writesInto: (keys: string, target: string): string => `writes ${keys} into ${target}`,
  callsResult: 'calls the result of a call',
  callsDanger: (call: string, danger: string): string => `calls ${call}, which ${danger}`,
  specialAttribute: (name: string): string => `writes the special attribute ${name}`,
};

/** What is wrong about a container, a text form or a capture. */
const containers = {
  notFormat: (format: string): string => `the input is not ${format}: it is no text`,
  plainText: 'the input is text, not a pickle',
  plainJson: 'the input is JSON, not a pickle',
  unsupported: (what: string): string => `the input is a ${what} file, which pickle-inspect does not open`,
  unpackWith: (command: string): string => `unpack it first: ${command}`,
  newerNode: (hint: string): string => `${hint}; or use Node.js 22.15 or later`,
  holdsArrays: 'it holds arrays, and pickles only as values: look with h5py',
  holdsTables: 'it holds tables, not a pickle: look with pandas',
  withPassword: 'unpack it with its password first',
  unpacksToMore: (format: string, bytes: number): string => `the ${format} data unpacks to more than ${bytes} bytes`,
  breaksOff: (format: string, why: string): string => `the ${format} data breaks off: ${why}`,
  archiveIsPickle: 'the archive is a pickle too, for a loader that does not look for archives',
  recordingIsPickle: 'the recording is a pickle too, for a loader that does not look for recordings',
  ofArchive: (what: string): string => `the archive: ${what}`,
  ofMember: (name: string, what: string): string => `${name}: ${what}`,
  archiveUnpacksToMore: (bytes: number): string => `the archive unpacks to more than ${bytes} bytes`,
  notEncrypted: 'the flags say that it is encrypted, and it is not',
  encrypted: (name: string): string => `${name} is encrypted: it was not opened`,
  noMember: (count: number): string => `none of the ${count} members of the archive is a pickle`,
  tarBreaks: (at: number): string => `at byte ${at} of the tar archive there is no header of a member`,
  npyHeader: 'the header of the NumPy file is cut off or of no known version',
  npyNumbers: (array: string): string => `a NumPy array of numbers, without a pickle: ${array}`,
  afterRecords: (bytes: number): string => `${bytes} bytes after the last record`,
  ofLine: (line: number, what: string): string => `line ${line}: ${what}`,
  captureBreaks: (at: number): string => `the capture file breaks off or is damaged at byte ${at}`,
  noConnection: (packets: number): string =>
    `${packets} packets, and no ZeroMQ (ZMTP 3) connection over TCP among them`,
  unread: (bytes: number, flow: string, why: string): string => `${bytes} bytes of ${flow} could not be read: ${why}`,
  encryptedFlow: (flow: string, mechanism: string): string => `${flow} is encrypted with ${mechanism}`,
  packetsMissing: 'packets are missing from the capture',
  endsInside: 'the capture ends in the middle of a message',
  noStart: 'the start of a frame was not captured',
  olderZmtp: (what: string): string => `an older ZMTP than 3, or another protocol: ${what}`,
  noFrame: (what: string): string => `these bytes are no ZMTP frame: ${what}`,
  noFrameFromFirst: (what: string): string =>
    `these bytes are no ZMTP frame: ${what}, counted from the first one in the capture`,
  inSegment: (what: string, end: number): string => `${what} (in the segment that ends at byte ${end})`,
  recordingIs: (what: string): string => `the recording is ${what}`,
  recordingCut: (bytes: number): string =>
    `the recording was not closed: ${bytes} bytes at its end are no whole record`,
  noFramePickle: (sizes: string): string => `no frame of the message (${sizes} bytes) is a pickle`,
  noDumpLine: (line: number): string => `line ${line} is no line of a hex dump`,
  noHexDigit: (shown: string): string => `${shown} is no hex digit`,
  oddDigits: (count: number): string => `${count} hex digits make no whole number of bytes`,
  noBase64Digit: (shown: string): string => `${shown} is no base64 digit`,
  base64Cut: 'the base64 text is cut or padded wrongly',
  noLiteralAt: (at: number): string => `no bytes literal at character ${at}: expected b'...'`,
  noLiteral: "no bytes literal: expected b'...'",
  asciiOnly: (at: number): string => `a bytes literal holds ASCII only: character ${at}`,
  hexEscape: (at: number): string => `\\x without two hex digits at character ${at}`,
  noClosingQuote: 'the bytes literal has no closing quote: was only a part copied?',
  frameNoBase64: 'a frame is no base64 text',
  noFrames: (fields: string): string => `no field "frames" or "payload" with base64 in it (found: ${fields})`,
  otherBytes: 'other bytes stand where its directory should be: a loader can find other members there',
  noDirectory: (why: string): string => `its directory cannot be read: ${why}`,
  noLocalHeader: (at: number): string => `no local header at ${at}`,
  notListed: 'the archive directory does not name this member',
  otherName: (listed: string, own: string): string => `the directory calls it ${listed}, its own header ${own}`,
  otherMethod: (listed: number, own: number): string =>
    `compression method ${listed} in the directory, ${own} in the header`,
  cutOff: 'its data is cut off',
  wrongChecksum: 'its checksum is wrong',
  noMethod: (method: number): string => `its compression method ${method} is not supported`,
  packedBreaksOff: (why: string): string => `its compressed data breaks off: ${why}`,
};

/** Sentences by what they say. What a sentence quotes comes as it is. */
export const facts = {
  dangers,
  lost,
  opcodes,
  containers,

  opcode: (name: string, offset: number, what: string): string => `${name} at byte ${offset} ${what}`,
  times: (what: string, count: number): string => `${what} (${count} times)`,
  listed: (phrases: readonly string[]): string => phrases.join(', '),

  // --- reading
  ofCodec: ({ message }: CodecFault): string => message,
  empty: 'the input is empty',
  noStop: (bytes: number): string => `the input ends at byte ${bytes} without STOP`,
  moreOpcodes: (most: number, offset: number): string => `more than ${most} opcodes: stopped at byte ${offset}`,
  timeUp: (offset: number): string => `the time is up at byte ${offset}`,
  nestedArrays: (most: number, offset: number): string =>
    `arrays of objects are nested more than ${most} deep at byte ${offset}`,
  nestedValues: (most: number, offset: number): string => `values are nested more than ${most} deep at byte ${offset}`,
  moreOfKind: (count: number): string => `and ${count} more of this kind, which are not listed`,
  gaveUp: (errors: number): string => `gave up after ${errors} errors`,
  left: (items: number, offset: number): string => `${items} items are left on the stack at STOP (byte ${offset})`,
  leftWithMarks: (items: number, marks: number, offset: number): string =>
    `${items} items and ${marks} open MARK are left on the stack at STOP (byte ${offset})`,
  surrogates: (offset: number): string => `the text at byte ${offset} holds surrogates`,
  unhashableKey: (offset: number, kind: string): string =>
    `the key at byte ${offset} is a ${kind}, which cannot be hashed`,
  arrayCut: (offset: number, bytes: number, left: number): string =>
    `the array behind BUILD at byte ${offset} has ${bytes} bytes, ${left} remain`,
  longerInput: (bytes: number): string => `the input is longer than ${bytes} bytes`,
  trailing: (bytes: number, from: number, shown: string): string =>
    `${bytes} bytes follow STOP from byte ${from} on: ${shown}`,

  numbers: (bytes: number, storages: number, from: number): string =>
    `${bytes} bytes from byte ${from} on are the numbers of ${storages} ${storages === 1 ? 'tensor' : 'tensors'}`,

  // --- checking
  nestedPickle: (kind: string, bytes: number, offset: number): string =>
    `a ${kind} of ${bytes} bytes at byte ${offset} is a pickle itself`,
  nestedPickles: (most: number): string => `pickles are nested more than ${most} deep`,
  persistentId: (offset: number, shown: string): string => `a persistent id at byte ${offset}: ${shown}`,
  extensionCode: (code: number, offset: number): string => `extension code ${code} at byte ${offset}`,
  anExtensionCode: 'an extension code',
  aKind: (kind: string): string => `a ${kind}`,
  invalidCall: (name: string, offset: number, what: string): string => `${name} at byte ${offset}: ${what}`,
  at: (what: string, offset: number): string => `${what} at byte ${offset}`,
  imports: (name: string, offset: number): string => `imports ${name} at byte ${offset}`,
  importsDanger: (name: string, offset: number, danger: string): string =>
    `imports ${name} at byte ${offset}, which ${danger}`,
  oddName: (name: string, offset: number, why: string): string => `${name} at byte ${offset}: ${why}`,
  noPythonName: 'it is no name that Python code could have',
  throughAttributes: 'it goes through attributes of a name',
  isPrivate: (part: string): string => `${part} is private`,
  /** @param place - Of a finding in a value: `inside @12`. */
  inside: (place: string): string => place,

  // --- listing
  invalid: (what: string, offset: number): string => `${what} (byte ${offset})`,
  stateBytes: (type: string, bytes: number, length: number): string =>
    `${type} has a state of ${bytes} bytes, not ${length}`,
  stateInvalid: (type: string): string => `${type} has a state that is no valid date or time`,
  longDelta: (days: number): string => `timedelta of ${days} days is out of range`,
  longOffset: 'timezone with an offset of a day or more',
  badDecimal: (shown: string): string => `Decimal of ${shown}`,
  badFraction: (shown: string): string => `Fraction of ${shown}`,
  wideBytes: 'bytes from a text with characters above 255',
  python2Name: (name: string, offset: number, protocol: number): string =>
    `${name} at byte ${offset} is a name of Python 2 in protocol ${protocol}`,
  dottedName: (name: string, offset: number, protocol: number): string =>
    `${name} at byte ${offset} has dots, which protocol ${protocol} does not follow`,
  translated: (member: string, offset: number): string =>
    `${member} at byte ${offset} is written by its translated value`,
  keyTwice: (dict: number, key: number): string => `the dict at byte ${dict} gets a key twice (byte ${key})`,
  withoutMemo: 'no memo',
  withoutFrame: 'no frame',
  tooManyParts: (most: number): string =>
    `written out, the value has more than ${most} parts: --max-nodes 0 writes them all`,
};

/** What every language has to say. */
export type FactTexts = typeof facts;
