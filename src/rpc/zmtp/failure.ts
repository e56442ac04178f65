/**
 * How a connection ended, in words for a person.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { ConnectionEnd } from '../../zmtp/index.js';
import type { Address } from '../address.js';
import { hostName } from '../address.js';
import {
  brokeText,
  codeOf,
  hungText,
  mismatchText,
  nobodyText,
  OTHER_KIND_TEXT,
  REFUSED_TEXT,
  silentRefusalText,
  timeoutFailure,
  unresolvedText,
} from '../failures.js';
import type { ClientSocketOptions, ConnectionFailure } from '../transport.js';

/** What a client's listener is told. */
export function failureOf(
  { error, phase }: ConnectionEnd,
  address: Address,
  { connectTimeout, security }: ClientSocketOptions,
): ConnectionFailure {
  const { text } = address;
  switch (phase) {
    case 'resolving': {
      const why = error.code === 'TIMEOUT' ? `no answer within ${connectTimeout / 1000} s` : whyOf(error.cause);
      return { kind: 'unreachable', detail: unresolvedText(hostName(address) ?? text, why) };
    }
    case 'connecting':
      return error.code === 'TIMEOUT' ? timeoutFailure(text, false, connectTimeout) : unreachable(error.cause, text);
    case 'greeting':
    case 'securing':
      return error.code === 'TIMEOUT'
        ? timeoutFailure(text, true, connectTimeout)
        : { kind: 'handshake', ...refusal(error, text, security?.mechanism) };
    default:
      return { kind: 'lost', detail: lostText(error, text) };
  }
}

function whyOf(error: unknown): string {
  return codeOf(error) ?? messageOf(error);
}

/** ENOENT is a Unix socket that is not there. */
function unreachable(error: unknown, address: string): ConnectionFailure {
  const code = codeOf(error);
  const detail =
    code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ECONNRESET'
      ? nobodyText(address)
      : `${address} cannot be reached (${whyOf(error)})`;
  return { kind: 'unreachable', detail };
}

function refusal(
  error: ConnectionEnd['error'],
  address: string,
  mechanism: Parameters<typeof silentRefusalText>[0],
): { readonly detail: string; readonly refused: boolean } {
  const told = (detail: string, refused = false): { readonly detail: string; readonly refused: boolean } => ({
    detail: `${address}: ${detail}`,
    refused,
  });
  switch (error.code) {
    case 'MECHANISM':
      return told(mismatchText(mechanism), true);
    case 'SOCKET_TYPE':
      return told(`${OTHER_KIND_TEXT} (${error.message})`);
    case 'REFUSED':
      return told(REFUSED_TEXT, true);
    case 'CLOSED':
    case 'SYSTEM':
      return told(silentRefusalText(mechanism), mechanism !== undefined);
    default:
      return told(error.message);
  }
}

function lostText(error: ConnectionEnd['error'], address: string): string {
  switch (error.code) {
    case 'TIMEOUT':
      return hungText(address);
    case 'CLOSED':
    case 'SYSTEM':
      return brokeText(address);
    default:
      return `${brokeText(address)}: ${error.message}`;
  }
}
