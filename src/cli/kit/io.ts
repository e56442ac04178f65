/**
 * What a command line program may use of its process. The programs get it as an argument, so that tests run them
 * without a process and only the files of `bin/` name one.
 *
 * @module
 */
import type { Writable } from 'node:stream';

/** A stream of text that a program writes to. */
export interface Sink {
  /** Whether a person's terminal is at the other end. */
  readonly isTTY: boolean;
  /** Width of that terminal in columns, when there is one. */
  readonly columns: number | undefined;
  /** Its height in lines, where that is known. */
  readonly rows?: number | undefined;
  /**
   * Writes, and resolves when more may be written; a chunk of bytes may be used for other things then.
   * @throws `ClosedPipeError` when nobody reads any more.
   */
  write(chunk: string | Uint8Array): Promise<void>;
}

/** Bytes that come in, and whether a person types them. */
export interface Source extends AsyncIterable<Uint8Array> {
  readonly isTTY: boolean;
  /** Gives the keys as they are pressed, without echo, where a person has a keyboard. @returns What ends it. */
  readonly readKeys?: ((pressed: (key: string) => void) => () => void) | undefined;
}

/** Everything outside of itself that a program touches, files aside. */
export interface Io {
  readonly stdin: Source;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The locale of the system, where the environment does not say it: Windows. */
  readonly systemLocale?: (() => string) | undefined;
}

/** Nobody reads our output any more (`| head`): the program ends without a word. */
export class ClosedPipeError extends Error {
  constructor() {
    super('the reader of the output went away');
    this.name = 'ClosedPipeError';
  }
}

/** A {@link Sink} on a stream of Node. */
export class StreamSink implements Sink {
  readonly #stream: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  #failure: Error | undefined;

  constructor(stream: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }) {
    this.#stream = stream;
    // Without a listener an EPIPE would end the process with a stack trace.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure = error.code === 'EPIPE' ? new ClosedPipeError() : error;
    });
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number | undefined {
    return this.#stream.columns;
  }

  get rows(): number | undefined {
    return this.#stream.rows;
  }

  write(chunk: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#stream.write(chunk, (error) => {
        if (error === null || error === undefined) resolve();
        else reject((error as NodeJS.ErrnoException).code === 'EPIPE' ? new ClosedPipeError() : error);
      });
    });
  }
}

/** Bytes gathered before they are written: one system call for many lines. */
const CHUNK_CHARACTERS = 1 << 16;

/** Writes pieces of text in large chunks, at the pace of the reader. What came before an error is written. */
export async function writeAll(sink: Sink, pieces: Iterable<string>): Promise<void> {
  let chunk = '';
  try {
    // Not `for await`: it would go through the event loop for every piece.
    for (const piece of pieces) {
      chunk += piece;
      if (chunk.length < CHUNK_CHARACTERS) continue;
      const full = chunk;
      chunk = '';
      await sink.write(full);
    }
  } finally {
    if (chunk !== '') await sink.write(chunk);
  }
}
