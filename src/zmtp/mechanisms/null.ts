/**
 * NULL: no security. Both sides send their READY as soon as they have the other's greeting.
 *
 * @module
 */
import { encodeCommand, readMetadata } from '../commands.js';
import type { Command } from '../commands.js';
import { unexpected } from './common.js';
import type { Mechanism, Step } from './mechanism.js';

export class NullMechanism implements Mechanism {
  readonly name = 'NULL';
  readonly asServer = false;
  readonly traffic = undefined;
  readonly peer = undefined;
  readonly #metadata: Uint8Array;
  readonly #maxProperties: number;

  /** @param metadata - This side's properties as bytes. */
  constructor(metadata: Uint8Array, maxProperties: number) {
    this.#metadata = metadata;
    this.#maxProperties = maxProperties;
  }

  start(): Uint8Array {
    return encodeCommand('READY', this.#metadata);
  }

  receive(command: Command): Step {
    if (command.name === 'READY') return { ready: readMetadata(command.data, this.#maxProperties) };
    throw unexpected(command, 'READY');
  }
}
