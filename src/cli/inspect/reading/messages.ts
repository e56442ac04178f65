/**
 * All messages of all inputs, numbered, read, with their findings.
 *
 * @module
 */
import { found } from '../findings/finding.js';
import type { Finding, Said } from '../findings/finding.js';
import { looksLikePickle } from '../input/looks-like-pickle.js';
import type { Payload, Wire } from '../input/payload.js';
import type { TorchPart } from '../../lang/en/views.js';
import { TorchParts } from './torch-parts.js';
import { analyse } from '../machine/analyse.js';
import type { Analysis, AnalyseOptions } from '../machine/analyse.js';

/** One message of an input: a pickle, or something that is none and must be told. */
export interface Message {
  readonly source: string;
  /** Counts from 1 within the input. */
  readonly number: number;
  /** Where it starts in the payload, in bytes. */
  readonly offset: number;
  readonly wire: Wire | undefined;
  /** Undefined when there is no pickle. */
  readonly analysis: Analysis | undefined;
  /** What it is in a file of torch that has several pickles. */
  readonly part?: TorchPart;
  /** Findings of the container, the capture and the pickle. */
  readonly findings: readonly Finding[];
}

/** The bytes of a message's pickle. */
export function messageBytes(message: Message): Uint8Array {
  return message.analysis?.data.subarray(0, message.analysis.end) ?? new Uint8Array();
}

const TRAILING_SHOWN = 8;

/** Reads the pickles of a payload one after the other; what follows the last STOP is told. */
export function* readPayload(payload: Payload, first: number, options: AnalyseOptions): Generator<Message> {
  const { source, wire, data, buffers } = payload;
  let number = first;
  if (data.length === 0 && (payload.findings.length > 0 || wire?.text !== undefined)) {
    yield { source, number, offset: 0, wire, analysis: undefined, findings: payload.findings };
    return;
  }
  const settings = buffers === undefined ? options : { ...options, buffers: [...options.buffers, ...buffers] };
  const torch = new TorchParts(payload.torch);
  let offset = 0;
  let outer = payload.findings;
  while (true) {
    const analysis = analyse(data.subarray(offset), settings);
    const findings: Finding[] = [...outer, ...analysis.findings];
    let end = offset + analysis.end;
    let rest = data.subarray(end);
    const { part, numbers, count } = torch.place(analysis, rest);
    if (numbers > 0) {
      const from = end;
      const said: Said = (facts) => facts.numbers(numbers, count, from);
      findings.push(found('N306', said, { offset: analysis.end }));
      end += numbers;
      rest = data.subarray(end);
    }
    const more = rest.length > 0 && payload.single !== true && analysis.stopped && looksLikePickle(rest);
    if (rest.length > 0 && analysis.stopped && !more) {
      const shown = Buffer.from(rest.subarray(0, TRAILING_SHOWN)).toString('hex');
      const mark = rest.length > TRAILING_SHOWN ? '…' : '';
      const [left, from] = [rest.length, end];
      const said: Said = (facts) => facts.trailing(left, from, shown + mark);
      findings.push(found('E052', said, { offset: end - offset }));
    }
    yield { source, number, offset, wire, analysis, findings, ...(part === undefined ? {} : { part }) };
    if (!more) return;
    outer = [];
    offset = end;
    number++;
  }
}
