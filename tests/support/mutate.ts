/**
 * Seeded damage to pickles.
 *
 * @module
 */
import { OPCODES } from 'vnpy-bridge/pickle';
import { seededRandom } from './bytes.js';

const CODES = OPCODES.map(({ code }) => code);
/** Lengths and numbers at which readers break. */
const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff];

/** Makes damaged copies of pickles, the same ones for the same seed. */
export class Mutator {
  readonly #random: () => number;

  constructor(
    seed: number,
    readonly corpus: readonly Uint8Array[],
  ) {
    this.#random = seededRandom(seed);
  }

  /** One damaged pickle. */
  next(): Uint8Array<ArrayBuffer> {
    let data = Uint8Array.from(this.#pick(this.corpus));
    const times = 1 + Math.floor(this.#random() * 4);
    for (let time = 0; time < times; time++) data = this.#damage(data);
    return data;
  }

  #damage(data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const at = this.#below(data.length + 1);
    switch (this.#below(9)) {
      case 0: // a bit
        return this.#write(data, at, (data[at] ?? 0) ^ (1 << this.#below(8)));
      case 1: // a byte
        return this.#write(data, at, this.#below(256));
      case 2: // another opcode
        return this.#write(data, at, this.#pick(CODES));
      case 3: // an edge
        return this.#write(data, at, this.#pick(EDGES));
      case 4: // less
        return this.#splice(data, at, 1 + this.#below(8), new Uint8Array());
      case 5: // more
        return this.#splice(data, at, 0, Uint8Array.from([this.#pick(CODES)]));
      case 6: {
        // a part once more
        const from = this.#below(data.length + 1);
        return this.#splice(data, at, 0, data.slice(from, from + 1 + this.#below(16)));
      }
      case 7: {
        // a part of another pickle
        const other = this.#pick(this.corpus);
        const from = this.#below(other.length + 1);
        return this.#splice(data, at, this.#below(8), other.slice(from, from + 1 + this.#below(32)));
      }
      default: // cut
        return this.#below(4) === 0 ? data.slice(0, at) : this.#write(data, at, this.#pick(CODES));
    }
  }

  #write(data: Uint8Array<ArrayBuffer>, at: number, byte: number): Uint8Array<ArrayBuffer> {
    if (at < data.length) data[at] = byte;
    return data;
  }

  #splice(data: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array<ArrayBuffer> {
    return Uint8Array.from([...data.subarray(0, at), ...insert, ...data.subarray(at + remove)]);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[this.#below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}
