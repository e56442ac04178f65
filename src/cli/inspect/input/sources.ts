/**
 * Where the bytes come from: files, standard input, literals of the command line.
 *
 * @module
 */
import { open } from 'node:fs/promises';
import { messageOf } from '../../../errors.js';
import { CliError, isSystemError } from '../../kit/errors.js';
import type { Source } from '../../kit/io.js';
import type { Format } from './formats.js';

/** An input that was named on the command line. */
export type InputName =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'literal'; readonly form: 'hex' | 'base64' | 'repr'; readonly text: string };

/** Bytes of an input, and whether there would be more. */
export interface InputBytes {
  /** As shown to a person: the path as given, `stdin`, `--hex`. */
  readonly name: string;
  readonly data: Uint8Array;
  /** `--max-bytes` was reached. */
  readonly cut: boolean;
  /** How to read it, when that is certain. */
  readonly from?: Format;
}

/** The name of an input for headings and messages. */
export function nameOf(input: InputName): string {
  if (input.kind === 'file') return input.path;
  return input.kind === 'stdin' ? 'stdin' : `--${input.form}`;
}

/**
 * Reads an input, up to `maxBytes`.
 * @throws {@link CliError} when the file is missing, a directory, or may not be read.
 */
export async function readInput(input: InputName, stdin: Source, maxBytes: number): Promise<InputBytes> {
  const name = nameOf(input);
  if (input.kind === 'literal')
    return { name, data: new TextEncoder().encode(input.text), cut: false, from: input.form };

  if (input.kind === 'stdin') return { name, ...(await collect(stdin, maxBytes)) };
  try {
    const file = await open(input.path, 'r');
    try {
      const { size } = await file.stat();
      // A pipe or a device has no size: it is read until it ends.
      if (size === 0) return { name, ...(await collect(file.createReadStream({ autoClose: false }), maxBytes)) };
      const data = new Uint8Array(Math.min(size, maxBytes));
      let length = 0;
      while (length < data.length) {
        const { bytesRead } = await file.read(data, length, data.length - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return { name, data: data.subarray(0, length), cut: size > maxBytes };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = isSystemError(error) ? error.code : undefined;
    throw new CliError('FILE', (texts) => texts.file(input.path, texts.ofInput(code, messageOf(error))), {
      cause: error,
    });
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Pick<InputBytes, 'data' | 'cut'>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const room = maxBytes - length;
    if (chunk.length > room) {
      parts.push(chunk.subarray(0, room));
      return { data: Buffer.concat(parts), cut: true };
    }
    parts.push(chunk);
    length += chunk.length;
  }
  return { data: Buffer.concat(parts), cut: false };
}
