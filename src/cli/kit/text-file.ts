/**
 * Text of a file that a user wrote, on whatever system.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { CliError } from './errors.js';

/** @throws {@link CliError} `FILE` for a file that cannot be read. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return decoded(await readFile(path));
  } catch (error) {
    throw CliError.file(path, error);
  }
}

/** The `>` of Windows PowerShell writes UTF-16, and other programs of Windows begin with a byte order mark. */
function decoded(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
}
