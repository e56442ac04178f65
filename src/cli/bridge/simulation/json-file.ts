/**
 * JSON of a file that a user wrote, on whatever system.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../../../errors.js';
import { CliError } from '../../kit/errors.js';

/** @throws {@link CliError} `FILE` for a file that cannot be read, or is no JSON. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(decoded(await readFile(path)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw CliError.file(path, error);
    throw new CliError('FILE', (texts) => texts.noJson(path, messageOf(error)), { cause: error });
  }
}

/** The `>` of Windows PowerShell writes UTF-16, and other programs of Windows begin with a byte order mark. */
function decoded(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
}
