/**
 * JSON of a file that a user wrote, on whatever system.
 *
 * @module
 */
import { messageOf } from '../../../errors.js';
import { CliError } from '../../kit/errors.js';
import { readTextFile } from '../../kit/text-file.js';

/** @throws {@link CliError} `FILE` for a file that cannot be read, or is no JSON. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readTextFile(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError('FILE', (texts) => texts.noJson(path, messageOf(error)), { cause: error });
  }
}
