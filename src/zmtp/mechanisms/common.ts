/**
 * What the handshakes share.
 *
 * @module
 */
import { encodeError, readError } from '../commands.js';
import type { Command } from '../commands.js';
import { ZmtpError } from '../errors.js';
import type { Step } from './mechanism.js';

/** libzmq's ERROR for credentials that are wrong: the status code of its authentication (rfc27). */
const WRONG_CREDENTIALS = '400';

/** The end of a peer that is not accepted: with an ERROR where its credentials stay wrong. */
export function refusal(accepted: false | 'later', why: string): Step {
  return accepted === 'later' ? { refused: why } : { send: encodeError(WRONG_CREDENTIALS), refused: why };
}

/** The error of a command that has no place where it came; an ERROR of the peer is told as its refusal. */
export function unexpected(command: Command, expected: string): ZmtpError {
  if (command.name !== 'ERROR')
    return new ZmtpError('PROTOCOL', `the peer sent ${command.name} in its handshake instead of ${expected}`);
  const reason = readError(command.data);
  return new ZmtpError(
    'REFUSED',
    `the peer refused the connection${reason === '' ? '' : ` with the reason "${reason}"`}`,
  );
}
