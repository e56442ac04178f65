/**
 * Who may connect: the decision behind ZeroMQ's authentication protocol (RFC 27, ZAP). server-sockets.ts carries the
 * questions and answers.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { encodeZ85 } from '../../zmtp/internal.js';
import { refusalText, whyAddressDenied, whyKeyDenied, whyUserDenied } from '../access.js';
import type { AccessRules } from '../access.js';
import type { Frames } from '../transport.js';

/** The answer to one question, and the sentence for the log when it is no. */
export interface AccessDecision {
  readonly reply: Frames;
  readonly denied: string | undefined;
}

const VERSION = '1.0';
/** Answers one ZAP request: version, request id, domain, address, identity, mechanism, credentials. */
export function decideAccess(request: Frames, rules: AccessRules): AccessDecision {
  const text = (index: number): string => Buffer.from(request[index] ?? []).toString('utf8');
  const requestId = request[1] ?? new Uint8Array();
  const address = text(3);
  const mechanism = text(5);
  let denied: string | undefined;
  try {
    denied = whyDenied(rules, address, mechanism, request.slice(6));
  } catch (error) {
    denied = `the rules cannot be applied (${messageOf(error)})`; // They were changed after the start: nobody is let in.
  }
  const [status, reason, user] =
    denied === undefined ? ['200', 'OK', userOf(mechanism, request)] : ['400', 'Denied', ''];
  return {
    reply: [
      Buffer.from(VERSION),
      requestId,
      Buffer.from(status),
      Buffer.from(reason),
      Buffer.from(user),
      Buffer.alloc(0),
    ],
    denied: denied === undefined ? undefined : refusalText(address, denied),
  };
}

function whyDenied(
  { security, allowAddresses }: AccessRules,
  address: string,
  mechanism: string,
  credentials: Frames,
): string | undefined {
  const why = whyAddressDenied(allowAddresses, address);
  if (why !== undefined || security === undefined) return why;

  switch (security.mechanism) {
    case 'curve':
      return mechanism === 'CURVE' ? whyKeyDenied(security, keyOf(credentials[0])) : 'it does not use CURVE';
    case 'plain':
      return mechanism === 'PLAIN'
        ? whyUserDenied(security, Buffer.from(credentials[0] ?? []).toString('utf8'), credentials[1] ?? NOTHING)
        : 'it does not use PLAIN';
    default:
      return 'the server demands a mechanism that does not exist';
  }
}

const NOTHING = new Uint8Array(0);

function userOf(mechanism: string, request: Frames): string {
  return mechanism === 'PLAIN' ? Buffer.from(request[6] ?? []).toString('utf8') : keyOf(request[6]);
}

function keyOf(credential: Uint8Array | undefined): string {
  return credential?.length === 32 ? encodeZ85(credential) : '';
}
