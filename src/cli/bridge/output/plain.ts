/**
 * Values of the wire as the plain data that the program writes as JSON.
 *
 * @module
 */
import { InvalidDataError, toPlain as plainOf } from '../../../vnpy/index.js';
import type { Plain } from '../../../vnpy/index.js';
import { CliError, tell } from '../../kit/errors.js';

/**
 * A value as plain data: {@link plainOf}. An answer that is too large is the server's fault, not one of an argument.
 *
 * @throws {@link CliError} when there are more parts than may be written.
 */
export function toPlain(value: unknown, maxParts?: number): Plain {
  try {
    return plainOf(value, maxParts);
  } catch (error) {
    if (error instanceof InvalidDataError)
      throw new CliError('REFUSED', (texts) => tell(error, texts), { cause: error });
    throw error;
  }
}
