/**
 * Reads one pickle from a run of bytes, as far as it goes.
 *
 * @module
 */
import { UnpicklingError } from '../../../pickle/index.js';
import type { UnpicklingErrorCode, Token } from '../../../pickle/index.js';
import type { FindingCode } from '../findings/codes.js';
import { found, levelOf } from '../findings/finding.js';
import type { Finding } from '../findings/finding.js';
import { MAX_DEPTH, MAX_OPS } from './bounds.js';
import type { Facts } from './facts.js';
import { step } from './handlers.js';
import { LimitReached, Machine } from './machine.js';
import type { MachineOptions } from './machine.js';
import type { HoleNode, HoleWhy, Node } from './nodes.js';
import { readOpcode } from './read-opcode.js';
import { partialValue } from './partial.js';
import { rawArrayAt } from './raw-arrays.js';
import { Trace } from './trace.js';

/** Bounds and choices of {@link analyse}. */
export interface AnalyseOptions extends MachineOptions {
  /** Opcodes of one pickle. */
  readonly maxOps: number;
  /** When to stop reading, on the clock of `performance.now()`. */
  readonly deadline: number;
  /** Told now and then how many bytes of the pickle are read. */
  readonly progress?: (bytes: number) => void;
  /** Keep the state after each opcode: {@link Analysis.trace}. Default false. */
  readonly trace?: boolean;
  /** In how many arrays of objects this pickle stands. Default 0. */
  readonly arrays?: number;
  /** Pass arrays that stand beside the pickle, as joblib does and `pickle.load` does not. Default true. */
  readonly passArrays?: boolean;
}

/** The default bounds. */
export const DEFAULT_ANALYSE_OPTIONS: AnalyseOptions = {
  encoding: 'ascii',
  buffers: [],
  maxDepth: MAX_DEPTH,
  maxOps: MAX_OPS,
  deadline: Number.POSITIVE_INFINITY,
};

/** One pickle, read. */
export interface Analysis {
  /** The bytes it was read from: the pickle, and perhaps more after it. */
  readonly data: Uint8Array;
  /** Bytes that belong to it. */
  readonly end: number;
  /** Where reading ended: behind STOP, or at the opcode that could not be read or taken. */
  readonly readTo: number;
  /** STOP was reached: `value` is what the pickle says, not a guess. */
  readonly stopped: boolean;
  readonly value: Node;
  /** Errors, limits and lint, in the order of the bytes. */
  readonly findings: readonly Finding[];
  readonly facts: Facts;
  /** The state after each opcode, when it was asked for. */
  readonly trace: Trace | undefined;
}

const CODES: Readonly<Partial<Record<UnpicklingErrorCode, FindingCode>>> = {
  TRUNCATED: 'E020',
  UNKNOWN_OPCODE: 'E010',
  BAD_ARGUMENT: 'E022',
  BAD_TEXT: 'E023',
};

function findingOf(error: UnpicklingError, data: Uint8Array): Finding {
  const place = {
    offset: error.offset ?? data.length,
    ...(error.opcode === undefined ? {} : { opcode: error.opcode }),
  };
  if (data.length === 0) return found('E001', (facts) => facts.empty, { offset: 0 });
  if (error.code === 'TRUNCATED' && error.opcode === undefined)
    return found('E021', (facts) => facts.noStop(data.length), place);

  const { code, opcode, offset, message } = error;
  return found(CODES[code] ?? 'E022', (facts) => facts.ofCodec({ code, opcode, offset, message }), place);
}

/** How many opcodes pass between looks at the clock. */
const CLOCK_EVERY = 0x3fff;

/** Reads the opcode at `offset` and takes its step; a finding when reading ends here before STOP. */
export function advance(machine: Machine, options: AnalyseOptions, offset: number): Token | Finding {
  const { data, facts } = machine;
  if (facts.opcodes >= options.maxOps)
    return found('I002', (said) => said.moreOpcodes(options.maxOps, offset), { offset });

  if ((facts.opcodes & CLOCK_EVERY) === CLOCK_EVERY) {
    if (performance.now() > options.deadline) return found('I005', (said) => said.timeUp(offset), { offset });

    options.progress?.(offset);
  }
  try {
    const token = readOpcode(data, offset);
    step(machine, token);
    return token.opcode.name === 'BUILD' && options.passArrays !== false
      ? passRawArray(machine, options, token)
      : token;
  } catch (error) {
    if (error instanceof LimitReached) return error.finding;
    if (error instanceof UnpicklingError) return findingOf(error, data);
    throw error;
  }
}

/** Pickles in arrays in pickles that are opened. */
const MAX_ARRAYS = 16;

/** Passes the array that stands behind a BUILD, if there is one. What is returned ends where the pickle goes on. */
function passRawArray(machine: Machine, options: AnalyseOptions, token: Token): Token {
  const target = machine.peek();
  const raw = target?.kind === 'call' ? rawArrayAt(machine, token, target) : undefined;
  if (raw === undefined || target?.kind !== 'call') return token;
  const { data, facts } = machine;
  let { end } = raw;
  if (end !== undefined) {
    target.raw = { kind: 'bytes', data: data.subarray(raw.start, end) };
  } else {
    const depth = options.arrays ?? 0;
    if (depth >= MAX_ARRAYS) {
      const { offset } = token;
      throw new LimitReached(found('I003', (said) => said.nestedArrays(MAX_ARRAYS, offset), { offset }));
    }
    const inner = analyse(data, { ...options, arrays: depth + 1, trace: false }, raw.start);
    end = inner.readTo;
    target.raw = { kind: 'pickle', value: inner.value };
    for (const finding of inner.findings) machine.findings.push(finding);
    addFacts(facts, inner.facts);
  }
  facts.raws.set(token.end, end);
  return { ...token, end };
}

/** What loading a pickle inside of another one does, it does, too. */
function addFacts(facts: Facts, inner: Facts): void {
  for (const key of [
    'names',
    'calls',
    'steps',
    'writes',
    'persids',
    'exts',
    'buffers',
    'dropped',
    'suspects',
  ] as const) {
    const list: unknown[] = facts[key];
    for (const item of inner[key]) list.push(item);
  }
  facts.opcodes += inner.opcodes;
}

/** Reads one pickle from the start of `data`, or from an offset. Never throws on bad data. */
export function analyse(data: Uint8Array, options: AnalyseOptions = DEFAULT_ANALYSE_OPTIONS, start = 0): Analysis {
  const machine = new Machine(data, options);
  const trace = options.trace === true ? new Trace(machine.facts.raws) : undefined;
  let end = start;
  let broken: Finding | undefined;
  while (machine.result === undefined && broken === undefined) {
    const next = advance(machine, options, end);
    if ('message' in next) {
      broken = next;
    } else {
      end = next.end;
      trace?.add(machine);
    }
  }
  machine.endNotes();
  const { result, facts, findings } = machine;
  if (broken === undefined && result !== undefined)
    return { data, end, readTo: end, stopped: true, value: result, findings, facts, trace };

  if (broken !== undefined) findings.push(broken);
  const hole: HoleNode = { kind: 'hole', at: broken?.offset ?? end, end: data.length, why: holeText(broken, data) };
  const value = partialValue(machine, hole);
  return { data, end: data.length, readTo: end, stopped: false, value, findings, facts, trace };
}

const CUT_SHOWN = 40;

/** What is known of the value that broke: the part of a text that is there. */
function holeText(broken: Finding | undefined, data: Uint8Array): HoleWhy {
  if (broken === undefined || levelOf(broken) === 'limit') return 'not read';
  if (broken.code !== 'E020' || broken.offset === undefined || broken.opcode === undefined) return 'cut';
  const header = { SHORT_BINUNICODE: 2, BINUNICODE: 5, BINUNICODE8: 9, UNICODE: 1, SHORT_BINSTRING: 2, BINSTRING: 5 };
  const skip: number | undefined = Object.hasOwn(header, broken.opcode)
    ? header[broken.opcode as keyof typeof header]
    : undefined;
  if (skip === undefined) return 'cut';
  const start = broken.offset + skip;
  const rest = data.subarray(start, start + CUT_SHOWN);
  return rest.length === 0 ? 'cut' : `cut: '${new TextDecoder().decode(rest)}…'`;
}

/** Whether a message is damaged, limited or whole. */
export function stateOf(findings: readonly Finding[]): 'whole' | 'damaged' | 'limited' {
  let state: 'whole' | 'limited' = 'whole';
  for (const finding of findings) {
    const level = levelOf(finding);
    if (level === 'error') return 'damaged';
    if (level === 'limit') state = 'limited';
  }
  return state;
}
