/**
 * Captures as lines of JSON: `{"t": 1767605400.12, "topic": "...", "frames": ["<base64>"]}`.
 *
 * @module
 */
import { messageOf } from '../../../errors.js';
import { found, quoted } from '../findings/finding.js';
import { framesPayload } from './frames.js';
import { notice } from './payload.js';
import type { Payload, Wire } from './payload.js';
import { decodeBase64, decodeHex, TextFormError } from './text-forms.js';

const BASE64_FIELDS = ['frame', 'payload', 'data', 'body', 'pickle', 'base64', 'message'];
const TIME_FIELDS = ['t', 'time', 'ts', 'timestamp'];

type Record_ = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Record_ {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textField(record: Record_, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = record[name];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** Seconds since the epoch: a number (milliseconds when it is too large for seconds), or an ISO text. */
function timeOf(record: Record_): number | undefined {
  for (const name of TIME_FIELDS) {
    const value = record[name];
    if (typeof value === 'number') return value > 1e11 ? value / 1000 : value;
    if (typeof value === 'string') {
      const time = Date.parse(value);
      if (!Number.isNaN(time)) return time / 1000;
    }
  }
  return undefined;
}

function wireOf(record: Record_): Wire {
  const time = timeOf(record);
  const direction = textField(record, ['dir', 'direction']);
  const socket = textField(record, ['sock', 'socket']);
  const address = textField(record, ['addr', 'address']);
  const topic = textField(record, ['topic']);
  return {
    ...(time === undefined ? {} : { time }),
    ...(direction === undefined ? {} : { direction }),
    ...(socket === undefined ? {} : { socket }),
    ...(address === undefined ? {} : { address }),
    ...(topic === undefined ? {} : { topic }),
  };
}

function framesOf(value: unknown): Uint8Array[] {
  if (typeof value === 'string') return [decodeBase64(value)];
  const frames: unknown = isRecord(value) ? (value['frames'] ?? textField(value, BASE64_FIELDS)) : value;
  if (typeof frames === 'string') return [decodeBase64(frames)];
  if (Array.isArray(frames)) {
    return frames.map((frame: unknown) => {
      if (typeof frame !== 'string') throw new TextFormError((texts) => texts.frameNoBase64);
      return decodeBase64(frame);
    });
  }
  const hex = isRecord(value) ? textField(value, ['hex']) : undefined;
  if (hex !== undefined) return [decodeHex(hex)];
  const fields = isRecord(value) ? Object.keys(value).join(', ') : typeof value;
  throw new TextFormError((texts) => texts.noFrames(fields));
}

/** Whether a line is a message with frames: of other JSON there is nothing to read. */
export function isCaptureLine(line: string): boolean {
  try {
    framesOf(JSON.parse(line));
    return true;
  } catch {
    return false;
  }
}

/** Reads the messages of JSON lines. A line that cannot be read is told, and the next one read. */
export function* jsonLinesPayloads(source: string, text: string): Generator<Payload> {
  let number = 0;
  for (const line of text.split('\n')) {
    number++;
    if (line.trim() === '') continue;
    try {
      const value: unknown = JSON.parse(line);
      yield framesPayload(source, framesOf(value), isRecord(value) ? wireOf(value) : {});
    } catch (error) {
      const why = error instanceof TextFormError ? error.said : quoted(messageOf(error));
      const line = number;
      yield notice(source, [found('E053', (facts) => facts.containers.ofLine(line, why(facts)))]);
    }
  }
}
