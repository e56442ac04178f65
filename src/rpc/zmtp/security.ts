/**
 * The options `security` as the wire in TypeScript takes them.
 *
 * @module
 */
import { encodeZ85, keyPairOf, newKeyPair, secretBytes } from '../../zmtp/index.js';
import type { ClientSecurity as ClientWire, ServerSecurity as ServerWire } from '../../zmtp/index.js';
import { badSecurity, checkKey, refusalText, whyUserDenied } from '../access.js';
import type { ClientSecurity, CurveClientSecurity, CurveKeyPair } from '../security.js';
import type { ServerSocketOptions } from '../transport.js';

/** Makes a new key pair for CURVE. */
export function generateCurveKeyPair(): Promise<CurveKeyPair> {
  const pair = newKeyPair();
  return Promise.resolve({ publicKey: encodeZ85(pair.publicKey), secretKey: encodeZ85(secretBytes(pair)) });
}

/** @throws RpcTransportError for keys that cannot be, or do not belong together. */
export function clientWire(security: ClientSecurity | undefined): ClientWire {
  switch (security?.mechanism) {
    case undefined:
      return { mechanism: 'NULL' };
    case 'plain':
      return { mechanism: 'PLAIN', username: security.username, password: security.password };
    case 'curve':
      return { mechanism: 'CURVE', serverKey: checkKey('serverKey', security.serverKey), secretKey: ownKey(security) };
  }
}

/** libzmq would shake hands for ever in vain with keys that do not belong together. */
function ownKey({ publicKey, secretKey }: CurveClientSecurity): Uint8Array {
  if (secretKey === undefined) return secretBytes(newKeyPair());
  const bytes = checkKey('secretKey', secretKey);
  if (encodeZ85(keyPairOf(bytes).publicKey) !== publicKey)
    throw badSecurity('publicKey does not belong to secretKey: give the two that were made together');
  return bytes;
}

/**
 * Whose password is wrong is told to `denied`. All else is the gate's to decide.
 *
 * @throws RpcTransportError for a key that cannot be one.
 */
export function serverWire({ security, denied }: ServerSocketOptions): ServerWire {
  switch (security?.mechanism) {
    case undefined:
      return { mechanism: 'NULL' };
    case 'plain':
      return {
        mechanism: 'PLAIN',
        accepts: (username, password, address) => {
          const why = whyUserDenied(security, username, Buffer.from(password));
          if (why !== undefined) denied(refusalText(address, why));
          return why === undefined;
        },
      };
    case 'curve':
      return { mechanism: 'CURVE', secretKey: checkKey('secretKey', security.secretKey), accepts: () => true };
  }
}
