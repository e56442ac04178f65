/**
 * What each opcode does to the machine. Behaviour from CPython's `Modules/_pickle.c`, function by function.
 *
 * @module
 */
import { OPCODES } from '../../../pickle/index.js';
import type { Token } from '../../../pickle/index.js';
import type { OpcodeName } from '../../../pickle/internal.js';
import { addItems, addPairs, addPairsAboveMark, append, build, call } from './mutations.js';
import type { Said } from '../findings/finding.js';
import type { Machine } from './machine.js';
import { NOTHING } from './nodes.js';
import type { BytesNode, ListNode, Node } from './nodes.js';
import { mayHoldPickle } from './suspects.js';
import { globalFrom, pushPython2String, pushText, splitNames } from './texts.js';

type Handler = (machine: Machine, token: Token) => void;

function pushNumber(machine: Machine, token: Token): void {
  const { argument } = token;
  if (typeof argument === 'boolean')
    machine.push({ kind: 'bool', at: token.offset, end: token.end, value: argument }, token.offset);
  else if (typeof argument === 'number' || typeof argument === 'bigint')
    machine.push({ kind: 'int', at: token.offset, end: token.end, value: argument }, token.offset);
}

/** INT and LONG: text, which CPython takes only up to a length. */
function pushTextNumber(machine: Machine, token: Token): void {
  const first = machine.data[token.offset + 1];
  const signed = first === 0x2b || first === 0x2d ? 1 : 0;
  const long = machine.data[token.end - 2] === 0x4c ? 1 : 0;
  const digits = token.end - token.offset - 2 - signed - long;
  if (digits > MAX_TEXT_DIGITS) machine.errorAt('E022', (facts) => facts.digits(digits, MAX_TEXT_DIGITS), token);

  pushNumber(machine, token);
}

/** CPython since 3.11 (and the security releases of 3.7 to 3.10): sys.set_int_max_str_digits. */
const MAX_TEXT_DIGITS = 4300;

function pushFloat(machine: Machine, token: Token): void {
  if (typeof token.argument === 'number')
    machine.push({ kind: 'float', at: token.offset, end: token.end, value: token.argument }, token.offset);
}

function pushBytes(machine: Machine, token: Token): void {
  const { argument, opcode } = token;
  if (!(argument instanceof Uint8Array)) return;
  const kind = opcode.name === 'BYTEARRAY8' ? 'bytearray' : 'bytes';
  const node: BytesNode = { kind, at: token.offset, end: token.end, value: argument };
  if (mayHoldPickle(argument)) machine.facts.suspects.push(node);
  machine.push(node, token.offset);
}

function pushItems(kind: ListNode['kind'], items: Node[], machine: Machine, token: Token): void {
  const start = machine.start;
  const node = { kind, at: token.offset, end: token.end, start, depth: 1, items };
  machine.nest(node, items, token);
  machine.push(node, start);
}

function pushEmpty(kind: ListNode['kind']): Handler {
  return (machine, token) => {
    machine.push(
      { kind, at: token.offset, end: token.end, start: token.offset, depth: 1, items: NOTHING },
      token.offset,
    );
  };
}

function popInOrder(machine: Machine, token: Token, count: number): Node[] {
  const items: Node[] = [];
  for (let taken = 0; taken < count; taken++) items.push(machine.pop(token));
  return items.reverse();
}

/** Takes `count` items for a tuple. */
function tuple(count: number): Handler {
  return (machine, token) => {
    pushItems('tuple', count === 1 ? [machine.pop(token)] : popInOrder(machine, token, count), machine, token);
  };
}

function memoize(machine: Machine, token: Token, index: number): void {
  const node = machine.peek();
  machine.facts.memoPuts++;
  if (node === undefined) {
    machine.errorAt('E030', (facts) => facts.storesNothing, token);
    return;
  }
  const before = machine.memo.get(index);
  if (before !== undefined && before !== node) machine.noteAt('L401', (facts) => facts.storedAlready(index), token);

  machine.memo.set(index, node);
}

function put(machine: Machine, token: Token): void {
  const index = Number(token.argument);
  if (index < 0 || index >= 2 ** 63) {
    machine.errorAt('E022', (facts) => facts.impossibleIndex(index), token);
    return;
  }
  memoize(machine, token, index);
}

function get(machine: Machine, token: Token): void {
  const index = Number(token.argument);
  machine.facts.memoGets++;
  const node = machine.memo.get(index);
  if (node === undefined) {
    machine.errorAt('E032', (facts) => facts.noMemo(index), token);
    machine.push(machine.hole(token, `memo entry ${index}`), token.offset);
    return;
  }
  machine.push(node, token.offset);
}

/** The arguments of OBJ and INST, which come without a tuple of their own. */
function argumentTuple(machine: Machine, token: Token, items: Node[]): ListNode {
  const node: ListNode = { kind: 'tuple', at: token.offset, end: token.end, start: machine.start, depth: 1, items };
  machine.nest(node, items, token);
  return node;
}

function pushExt(machine: Machine, token: Token): void {
  const code = Number(token.argument);
  if (code <= 0) machine.errorAt('E039', (facts) => facts.extension(code), token);
  const node = { kind: 'ext' as const, at: token.offset, end: token.end, code };
  machine.facts.exts.push(node);
  machine.push(node, token.offset);
}

function pushPersid(machine: Machine, token: Token, id: Node, start: number): void {
  const node = { kind: 'persid' as const, at: token.offset, end: token.end, start, depth: 1, id, steps: NOTHING };
  machine.nest(node, [id], token);
  machine.facts.persids.push(node);
  machine.push(node, start);
}

function drop(machine: Machine, token: Token, nodes: readonly Node[]): void {
  for (const node of nodes) {
    machine.facts.dropped.push(node);
    if (node.kind === 'call') machine.noteAt('L409', (facts) => facts.throwsAway, token);
  }
}

function frame(machine: Machine, token: Token): void {
  // What is beyond 2^53 is rounded, and beyond every input: only the text must have the exact number.
  const size = Number(token.argument);
  const left = machine.data.length - token.end;
  machine.facts.frames++;
  if (size > left) machine.errorAt('E020', (facts) => facts.frameTooLong(String(token.argument), left), token);

  if (size === 0) machine.noteAt('L406', (facts) => facts.emptyFrame, token);
  const protocol = machine.facts.protocol ?? 0;
  if (protocol < 4) machine.noteAt('L406', (facts) => facts.inProtocol(protocol), token);

  machine.frameEnd = token.end + size;
}

function proto(machine: Machine, token: Token): void {
  const protocol = Number(token.argument);
  if (protocol > 5) machine.errorAt('E011', (facts) => facts.namesProtocol(protocol), token);
  if (machine.facts.opcodes > 1) {
    const isFirst = machine.facts.protocol === undefined;
    machine.noteAt('L402', (facts) => (isFirst ? facts.notAtStart : facts.secondTime), token);
  }
  machine.facts.protocol = protocol;
}

function stop(machine: Machine, token: Token): void {
  machine.result = machine.pop(token);
  const left = machine.stack.splice(0);
  if (left.length > 0 || machine.marks.length > 0) {
    const { offset } = token;
    const marks = machine.marks.length;
    const said: Said = (facts) =>
      marks === 0 ? facts.left(left.length, offset) : facts.leftWithMarks(left.length, marks, offset);
    machine.note('L404', said, token);
  }
  for (const node of left) machine.facts.dropped.push(node);
}

function nextBuffer(machine: Machine, token: Token): void {
  const index = machine.nextBuffer++;
  const data = machine.options.buffers[index];
  if (data === undefined) machine.errorAt('E040', (facts) => facts.noBuffer(index), token);

  const node = { kind: 'buffer' as const, at: token.offset, end: token.end, index, data, readonly: false };
  machine.facts.buffers.push(node);
  machine.push(node, token.offset);
}

function readonlyBuffer(machine: Machine, token: Token): void {
  const node = machine.pop(token);
  const { start } = machine;
  if (node.kind === 'buffer') {
    machine.push({ ...node, at: token.offset, end: token.end, readonly: true }, start);
  } else {
    if (node.kind !== 'bytes' && node.kind !== 'bytearray')
      machine.errorAt('E034', (facts) => facts.onKind(node.kind), token);

    machine.push(node, start);
  }
}

function stackGlobal(machine: Machine, token: Token): void {
  const name = machine.pop(token);
  const module = machine.pop(token);
  if (name.kind === 'str' && module.kind === 'str') {
    globalFrom(machine, token, module.value, name.value, machine.start);
    return;
  }
  machine.errorAt('E037', (facts) => facts.needsTexts(module.kind, name.kind), token);
  machine.push(machine.hole(token, 'name'), machine.start);
}

function dict(machine: Machine, token: Token): void {
  const items = machine.popMark(token);
  const { start } = machine;
  machine.push(
    { kind: 'dict', at: token.offset, end: token.end, start, depth: 1, keys: NOTHING, values: NOTHING },
    start,
  );
  addPairs(machine, token, items);
}

/** One for each opcode: a table that lacks one does not compile. */
const HANDLERS: Readonly<Record<OpcodeName, Handler>> = {
  MARK: (machine, token) => {
    machine.mark(token);
  },
  STOP: stop,
  POP: (machine, token) => {
    // A mark on top goes first, as in CPython.
    if (machine.marks.length > 0 && machine.floor === machine.stack.length) machine.unmark();
    else drop(machine, token, [machine.pop(token)]);
  },
  POP_MARK: (machine, token) => {
    drop(machine, token, machine.popMark(token));
  },
  DUP: (machine, token) => {
    const node = machine.pop(token);
    machine.push(node, machine.start);
    machine.push(node, token.offset);
  },
  FLOAT: pushFloat,
  INT: pushTextNumber,
  LONG: pushTextNumber,
  NONE: (machine, token) => {
    machine.push({ kind: 'none', at: token.offset, end: token.end }, token.offset);
  },
  PERSID: (machine, token) => {
    const value = String(token.argument);
    pushPersid(machine, token, { kind: 'str', at: token.offset, end: token.end, value, python2: false }, token.offset);
  },
  REDUCE: (machine, token) => {
    const args = machine.pop(token);
    call(machine, token, machine.pop(token), args);
  },
  STRING: pushPython2String,
  UNICODE: pushText,
  APPEND: (machine, token) => {
    append(machine, token, [machine.pop(token)]);
  },
  BUILD: build,
  GLOBAL: (machine, token) => {
    const [module, name] = splitNames(machine.data, token);
    globalFrom(machine, token, module, name, token.offset);
  },
  DICT: dict,
  GET: get,
  INST: (machine, token) => {
    const items = machine.popMark(token);
    const { start } = machine;
    const [module, name] = splitNames(machine.data, token);
    globalFrom(machine, token, module, name, token.offset);
    const type = machine.pop(token);
    machine.start = start;
    call(machine, token, type, argumentTuple(machine, token, items));
  },
  LIST: (machine, token) => {
    pushItems('list', machine.popMark(token), machine, token);
  },
  PUT: put,
  SETITEM: (machine, token) => {
    const value = machine.pop(token);
    addPairs(machine, token, [machine.pop(token), value]);
  },
  TUPLE: (machine, token) => {
    pushItems('tuple', machine.popMark(token), machine, token);
  },
  EMPTY_TUPLE: pushEmpty('tuple'),
  BINFLOAT: pushFloat,
  BININT: pushNumber,
  BININT1: pushNumber,
  BININT2: pushNumber,
  BINPERSID: (machine, token) => {
    const id = machine.pop(token);
    pushPersid(machine, token, id, machine.start);
  },
  BINSTRING: pushPython2String,
  SHORT_BINSTRING: pushPython2String,
  BINUNICODE: pushText,
  EMPTY_LIST: pushEmpty('list'),
  APPENDS: (machine, token) => {
    append(machine, token, machine.popMark(token));
  },
  BINGET: get,
  LONG_BINGET: get,
  OBJ: (machine, token) => {
    const [type, ...items] = machine.popMark(token);
    if (type === undefined) {
      machine.errorAt('E030', (facts) => facts.needsClass, token);
      machine.push(machine.hole(token, 'object'), machine.start);
      return;
    }
    call(machine, token, type, argumentTuple(machine, token, items));
  },
  BINPUT: put,
  LONG_BINPUT: put,
  SETITEMS: (machine, token) => {
    if (!addPairsAboveMark(machine, token)) addPairs(machine, token, machine.popMark(token));
  },
  EMPTY_DICT: (machine, token) => {
    machine.push(
      { kind: 'dict', at: token.offset, end: token.end, start: token.offset, depth: 1, keys: NOTHING, values: NOTHING },
      token.offset,
    );
  },
  PROTO: proto,
  NEWOBJ: (machine, token) => {
    const args = machine.pop(token);
    call(machine, token, machine.pop(token), args);
  },
  EXT1: pushExt,
  EXT2: pushExt,
  EXT4: pushExt,
  TUPLE1: tuple(1),
  TUPLE2: tuple(2),
  TUPLE3: tuple(3),
  NEWTRUE: (machine, token) => {
    machine.push({ kind: 'bool', at: token.offset, end: token.end, value: true }, token.offset);
  },
  NEWFALSE: (machine, token) => {
    machine.push({ kind: 'bool', at: token.offset, end: token.end, value: false }, token.offset);
  },
  LONG1: pushNumber,
  LONG4: pushNumber,
  BINBYTES: pushBytes,
  SHORT_BINBYTES: pushBytes,
  SHORT_BINUNICODE: pushText,
  BINUNICODE8: pushText,
  BINBYTES8: pushBytes,
  EMPTY_SET: pushEmpty('set'),
  ADDITEMS: (machine, token) => {
    addItems(machine, token, machine.popMark(token));
  },
  FROZENSET: (machine, token) => {
    const items = machine.popMark(token);
    for (const item of items)
      if (!machine.isHashable(item)) machine.errorAt('E035', (facts) => facts.holdsUnhashable(item.kind), token);

    pushItems('frozenset', items, machine, token);
  },
  NEWOBJ_EX: (machine, token) => {
    const kwargs = machine.pop(token);
    const args = machine.pop(token);
    call(machine, token, machine.pop(token), args, kwargs);
  },
  STACK_GLOBAL: stackGlobal,
  MEMOIZE: (machine, token) => {
    memoize(machine, token, machine.memo.size);
  },
  FRAME: frame,
  BYTEARRAY8: pushBytes,
  NEXT_BUFFER: nextBuffer,
  READONLY_BUFFER: readonlyBuffer,
};

/** Of a byte that is no opcode there is no token. */
const NO_OPCODE: Handler = (_, { opcode }) => {
  throw new Error(`the opcode ${opcode.name} has no handler`);
};

const BY_CODE: readonly Handler[] = (() => {
  const table = new Array<Handler>(256).fill(NO_OPCODE);
  for (const opcode of OPCODES) table[opcode.code] = HANDLERS[opcode.name];
  return table;
})();

/** Moves the machine on by one opcode. */
export function step(machine: Machine, token: Token): void {
  const { facts } = machine;
  const { code, protocol } = token.opcode;
  facts.opcodes++;
  facts.opcodeCounts[code] = (facts.opcodeCounts[code] ?? 0) + 1;
  facts.opcodeBytes[code] = (facts.opcodeBytes[code] ?? 0) + token.end - token.offset;
  if (protocol > facts.highestOpcode) {
    facts.highestOpcode = protocol;
    const named = facts.protocol;
    if (named !== undefined && protocol > named)
      machine.noteAt('L403', (said) => said.ofProtocol(protocol, named), token);
  }
  if (machine.frameEnd >= 0) checkFrame(machine, token);
  (BY_CODE[code] ?? NO_OPCODE)(machine, token);
  if (machine.stack.length > facts.maxStack) facts.maxStack = machine.stack.length;
}

function checkFrame(machine: Machine, token: Token): void {
  if (token.offset >= machine.frameEnd) {
    machine.frameEnd = -1;
    return;
  }
  const { name } = token.opcode;
  if (name === 'FRAME') {
    machine.errorAt('E038', (facts) => facts.insideFrame, token);
  } else if (token.end > machine.frameEnd) {
    const { frameEnd } = machine;
    machine.errorAt('E038', (facts) => facts.crossesFrame(frameEnd), token);
    machine.frameEnd = -1;
  }
}
