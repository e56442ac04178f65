/**
 * PLAIN: a user name and a password in clear text (https://rfc.zeromq.org/spec/24/).
 *
 * @module
 */
import { encodeCommand, readMetadata } from '../commands.js';
import type { Command } from '../commands.js';
import { ZmtpError } from '../errors.js';
import { refusal, unexpected } from './common.js';
import type { Acceptance, Mechanism, Step } from './mechanism.js';

/** Bytes that a user name or a password may have: their length is one byte. */
const LONGEST_CREDENTIAL = 255;

const encoder = new TextEncoder();

export class PlainClient implements Mechanism {
  readonly name = 'PLAIN';
  readonly asServer = false;
  readonly traffic = undefined;
  readonly peer = undefined;
  readonly #hello: Uint8Array;
  readonly #metadata: Uint8Array;
  readonly #maxProperties: number;
  #state: 'hello' | 'initiate' = 'hello';

  /** @throws RangeError when a credential has more than 255 bytes as UTF-8. */
  constructor(username: string, password: string, metadata: Uint8Array, maxProperties: number) {
    const user = credential(username, 'user name');
    const secret = credential(password, 'password');
    this.#hello = new Uint8Array([user.length, ...user, secret.length, ...secret]);
    this.#metadata = metadata;
    this.#maxProperties = maxProperties;
  }

  start(): Uint8Array {
    return encodeCommand('HELLO', this.#hello);
  }

  receive(command: Command): Step {
    if (this.#state === 'hello') {
      if (command.name !== 'WELCOME') throw unexpected(command, 'WELCOME');
      this.#state = 'initiate';
      return { send: encodeCommand('INITIATE', this.#metadata) };
    }
    if (command.name !== 'READY') throw unexpected(command, 'READY');
    return { ready: readMetadata(command.data, this.#maxProperties) };
  }
}

export class PlainServer implements Mechanism {
  readonly name = 'PLAIN';
  readonly asServer = true;
  readonly traffic = undefined;
  readonly #accepts: (username: string, password: string) => Acceptance;
  readonly #metadata: Uint8Array;
  readonly #maxProperties: number;
  #peer: string | undefined;

  /** @param accepts - Whether the password is the user's. It has to take as long for a wrong one as for a right one. */
  constructor(
    accepts: (username: string, password: string) => Acceptance,
    metadata: Uint8Array,
    maxProperties: number,
  ) {
    this.#accepts = accepts;
    this.#metadata = metadata;
    this.#maxProperties = maxProperties;
  }

  get peer(): string | undefined {
    return this.#peer;
  }

  start(): undefined {
    return undefined;
  }

  receive(command: Command): Step {
    if (this.#peer === undefined) {
      const { username, password } = readHello(command);
      const accepted = this.#accepts(username, password);
      if (accepted !== true) return refusal(accepted, `wrong password, or no such user: ${JSON.stringify(username)}`);
      this.#peer = username;
      return { send: encodeCommand('WELCOME') };
    }
    if (command.name !== 'INITIATE') throw unexpected(command, 'INITIATE');
    const ready = readMetadata(command.data, this.#maxProperties);
    return { send: encodeCommand('READY', this.#metadata), ready };
  }
}

function credential(text: string, what: string): Uint8Array {
  const bytes = encoder.encode(text);
  if (bytes.length > LONGEST_CREDENTIAL)
    throw new RangeError(`the ${what} for PLAIN has ${bytes.length} bytes as UTF-8, of at most ${LONGEST_CREDENTIAL}`);
  return bytes;
}

function readHello(command: Command): { readonly username: string; readonly password: string } {
  const data = helloData(command);
  const userEnd = 1 + (data[0] ?? 0);
  const passwordEnd = userEnd + 1 + (data[userEnd] ?? 0);
  if (userEnd >= data.length || passwordEnd !== data.length)
    throw new ZmtpError('PROTOCOL', 'a HELLO of PLAIN that is not a user name and a password');
  const decoder = new TextDecoder();
  return {
    username: decoder.decode(data.subarray(1, userEnd)),
    password: decoder.decode(data.subarray(userEnd + 1, passwordEnd)),
  };
}

/** libzmq 4.3.1 writes WELCOME for HELLO, with HELLO's length before it (libzmq issue 3500). */
function helloData(command: Command): Uint8Array {
  if (command.name === 'HELLO') return command.data;
  const [first, second] = command.data;
  if (command.name === 'WELCO' && first === 0x4d && second === 0x45) return command.data.subarray(2);
  throw unexpected(command, 'HELLO');
}
