import { ClosedPipeError } from '../../../src/cli/kit/io.js';
import type { Io, Sink } from '../../../src/cli/kit/io.js';
import { PICKLE_INSPECT } from '../../../src/cli/inspect/app.js';
import { runProgram } from '../../../src/cli/kit/program.js';

/** What a run left behind. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as bytes. */
  readonly bytes: Uint8Array;
}

/** What surrounds a run. */
export interface Surroundings {
  readonly stdin?: Uint8Array | string;
  readonly stdinIsTTY?: boolean;
  readonly columns?: number;
  readonly stdoutIsTTY?: boolean;
  readonly stderrIsTTY?: boolean;
  readonly env?: Io['env'];
  /** The reader goes away after so many bytes. */
  readonly closeAfter?: number;
}

class Collector implements Sink {
  readonly chunks: Uint8Array[] = [];
  #length = 0;

  constructor(
    readonly isTTY: boolean,
    readonly columns: number | undefined,
    readonly closeAfter: number,
  ) {}

  write(chunk: string | Uint8Array): Promise<void> {
    if (this.#length >= this.closeAfter) return Promise.reject(new ClosedPipeError());
    const bytes = Buffer.from(chunk as Uint8Array);
    this.chunks.push(bytes);
    this.#length += bytes.length;
    return Promise.resolve();
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.chunks);
  }
}

async function* once(data: Uint8Array): AsyncGenerator<Uint8Array> {
  if (data.length > 0) yield await Promise.resolve(data);
}

/** Runs `pickle-inspect` in this process. */
export async function inspect(args: readonly string[], around: Surroundings = {}): Promise<Run> {
  const stdout = new Collector(around.stdoutIsTTY ?? false, around.columns, around.closeAfter ?? Infinity);
  const stderr = new Collector(around.stderrIsTTY ?? false, undefined, Infinity);
  const stdin = Object.assign(once(Buffer.from((around.stdin ?? '') as Uint8Array)), {
    isTTY: around.stdinIsTTY ?? false,
  });
  const code = await runProgram(PICKLE_INSPECT, args, {
    io: { stdin, stdout, stderr, env: around.env ?? {} },
    signal: new AbortController().signal,
    version: '0.0.0-test',
  });
  return { code, stdout: stdout.bytes.toString(), stderr: stderr.bytes.toString(), bytes: stdout.bytes };
}

/** Pickle bytes of hex digits; spaces are for the eye. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
}
