/**
 * Which mechanism a side uses, as plain data, and the mechanism of one connection made from it.
 *
 * @module
 */
import { AddressRate } from './address-rate.js';
import { KEY_BYTES, keyPairOf, newKeyPair } from './mechanisms/box.js';
import { CurveClient } from './mechanisms/curve-client.js';
import { CurveServer } from './mechanisms/curve-server.js';
import type { Acceptance, Mechanism } from './mechanisms/mechanism.js';
import { NullMechanism } from './mechanisms/null.js';
import { PlainClient, PlainServer } from './mechanisms/plain.js';

/** What a client shows. Keys are 32 bytes. */
export type ClientSecurity =
  | { readonly mechanism: 'NULL' }
  | { readonly mechanism: 'PLAIN'; readonly username: string; readonly password: string }
  | {
      readonly mechanism: 'CURVE';
      readonly serverKey: Uint8Array;
      /** Left out, the client has a new pair. */
      readonly secretKey?: Uint8Array;
    };

/** What a server demands. `address` is the peer's, empty for one of this machine's Unix sockets. */
export type ServerSecurity =
  | { readonly mechanism: 'NULL' }
  | {
      readonly mechanism: 'PLAIN';
      /** Whether the password is right. It has to take as long for a wrong one as for a right one. */
      readonly accepts: (username: string, password: string, address: string) => boolean;
    }
  | {
      readonly mechanism: 'CURVE';
      /** 32 bytes. */
      readonly secretKey: Uint8Array;
      /** Whether the client with this key, as Z85 text, may connect. */
      readonly accepts: (publicKey: string, address: string) => boolean;
    };

/** Makes the mechanism of one connection from this side's properties. */
export type MechanismFactory = (metadata: Uint8Array, maxProperties: number) => Mechanism;

/** @throws RangeError for a key or a text of the wrong length. */
export function clientMechanism(security: ClientSecurity): MechanismFactory {
  switch (security.mechanism) {
    case 'NULL':
      return (metadata, maxProperties) => new NullMechanism(metadata, maxProperties);
    case 'PLAIN': {
      const { username, password } = security;
      return (metadata, maxProperties) => new PlainClient(username, password, metadata, maxProperties);
    }
    case 'CURVE': {
      const serverKey = checkKey(security.serverKey);
      const pair = security.secretKey === undefined ? newKeyPair() : keyPairOf(checkKey(security.secretKey));
      return (metadata, maxProperties) => new CurveClient({ serverKey, pair, metadata, maxProperties });
    }
  }
}

/**
 * Gives the mechanism of a connection from an address. `admits` has the last word about who it has shown to be.
 *
 * @param hellos - Handshakes of CURVE that one address may begin a second.
 * @throws RangeError for a key of the wrong length.
 */
export function serverMechanism(
  security: ServerSecurity,
  hellos: number,
): (address: string, admits: (id: string) => Acceptance) => MechanismFactory {
  switch (security.mechanism) {
    case 'NULL':
      return () => (metadata, maxProperties) => new NullMechanism(metadata, maxProperties);
    case 'PLAIN': {
      const { accepts } = security;
      return (address, admits) => (metadata, maxProperties) =>
        new PlainServer(
          (username, password) => accepts(username, password, address) && admits(username),
          metadata,
          maxProperties,
        );
    }
    case 'CURVE': {
      const { accepts } = security;
      const pair = keyPairOf(checkKey(security.secretKey));
      const rate = new AddressRate(hellos);
      return (address, admits) => (metadata, maxProperties) =>
        new CurveServer({
          pair,
          accepts: (key) => accepts(key, address) && admits(key),
          mayGreet: () => rate.take(address),
          metadata,
          maxProperties,
        });
    }
  }
}

function checkKey(key: Uint8Array): Uint8Array {
  if (key.length !== KEY_BYTES) throw new RangeError(`a key of CURVE has ${KEY_BYTES} bytes, not ${key.length}`);
  return key;
}
