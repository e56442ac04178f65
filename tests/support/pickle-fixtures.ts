/**
 * The committed pickles of python-fixtures/data/pickles, made by real CPythons (see python-fixtures/generate_all.py).
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { fromBase64 } from './bytes.js';

/** A value in the notation of python-fixtures/pickles/describe.py. */
export type Description = null | boolean | number | string | readonly Description[];

/** One distinct pickle. */
export interface PickleFixture {
  /** The row of cases.py, for example `cycle-tuple-2`. */
  readonly case: string;
  readonly protocol: number;
  /** The interpreters that made exactly these bytes, as ranges: `3.6-3.14 3.6p-3.14p`. */
  readonly by: string;
  readonly data: Uint8Array<ArrayBuffer>;
  /** The out-of-band buffers that travel beside it: `w:` (writable) or `r:` (read-only), then base64. */
  readonly buffers: readonly string[];
  /** What the value is, said by the interpreter that made it. */
  readonly value: Description;
  /** For messages: case, protocol and interpreters. */
  readonly title: string;
}

interface Row {
  readonly case: string;
  readonly protocol: number;
  readonly by: string;
  readonly value: number;
  readonly bytes?: string;
  readonly deflated?: string;
  readonly buffers?: readonly string[];
}

const folder = new URL('../../python-fixtures/data/pickles/', import.meta.url);

function inflate(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(inflateSync(fromBase64(text)));
}

/** Reads all fixtures. */
export function readPickleFixtures(): PickleFixture[] {
  const values = JSON.parse(readFileSync(new URL('values.json', folder), 'utf8')) as Record<
    string,
    (Description | { deflated: string })[]
  >;
  const valueOf = (row: Row): Description => {
    const value = values[row.case]?.[row.value];
    if (value === undefined) throw new Error(`values.json has no value ${row.value} of ${row.case}`);
    if (typeof value !== 'object' || value === null || !('deflated' in value)) return value;
    return JSON.parse(new TextDecoder().decode(inflate(value.deflated))) as Description;
  };
  return readFileSync(new URL('streams.jsonl', folder), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const row = JSON.parse(line) as Row;
      return {
        case: row.case,
        protocol: row.protocol,
        by: row.by,
        data: row.bytes === undefined ? inflate(row.deflated ?? '') : fromBase64(row.bytes),
        buffers: row.buffers ?? [],
        value: valueOf(row),
        title: `${row.case} at protocol ${row.protocol} by ${row.by}`,
      };
    });
}

/** Who made them: interpreter id to version and packages. */
export function readInterpreters(): Record<string, { python: string; packages: Record<string, string> }> {
  return JSON.parse(readFileSync(new URL('interpreters.json', folder), 'utf8')) as ReturnType<typeof readInterpreters>;
}
