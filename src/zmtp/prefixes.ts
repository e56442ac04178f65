/**
 * Sets of prefixes, and which messages begin with one of them.
 *
 * @module
 */
import { ZmtpError } from './errors.js';

/** How much one subscriber may ask for. */
export interface PrefixLimits {
  /** Bytes of one prefix. */
  readonly prefixBytes: number;
  /** Prefixes of one connection. */
  readonly prefixes: number;
  /** Bytes of all prefixes of one connection. */
  readonly totalBytes: number;
}

export const DEFAULT_PREFIX_LIMITS: PrefixLimits = { prefixBytes: 4096, prefixes: 10_000, totalBytes: 2 ** 20 };

/** Up to so many prefixes are compared one by one: faster than looking them up. */
const COMPARED = 4;

/** Bytes as a text that names them. */
export function nameOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Of a set, what decides which messages it wants. */
interface Roots {
  /** In the order of their bytes. None begins with another: what begins with both begins with the shorter one. */
  readonly names: readonly string[];
  /** Bytes of the longest. */
  readonly longest: number;
}

/** The prefixes that one side wants. */
export class PrefixSet {
  readonly #limits: PrefixLimits;
  readonly #prefixes = new Map<string, Uint8Array>();
  /** Their names, in order: a set that changes all the time must not be sorted each time. */
  readonly #names: string[] = [];
  #bytes = 0;
  #roots: Roots | undefined;

  constructor(limits: PrefixLimits = { prefixBytes: Infinity, prefixes: Infinity, totalBytes: Infinity }) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#prefixes.size;
  }

  has(prefix: Uint8Array): boolean {
    return this.#prefixes.has(nameOf(prefix));
  }

  /** Each prefix once, in the order of their bytes, as libzmq asks for them again after a reconnect. */
  sorted(): readonly Uint8Array[] {
    return this.#names.map((name) => this.#prefixes.get(name) ?? EMPTY);
  }

  /** A text that two sets of the same prefixes share, and no others. */
  get signature(): string {
    return this.#names.map((name) => `${name.length}:${name}`).join('');
  }

  /**
   * Adds a prefix, which is copied.
   *
   * @returns whether it is new.
   * @throws ZmtpError `LIMIT`.
   */
  add(prefix: Uint8Array): boolean {
    const name = nameOf(prefix);
    if (this.#prefixes.has(name)) return false;
    const { prefixBytes, prefixes, totalBytes } = this.#limits;
    if (prefix.length > prefixBytes)
      throw new ZmtpError('LIMIT', `a subscription of ${prefix.length} bytes, of at most ${prefixBytes}`);
    if (this.#prefixes.size >= prefixes) throw new ZmtpError('LIMIT', `more than ${prefixes} subscriptions`);
    if (this.#bytes + prefix.length > totalBytes)
      throw new ZmtpError('LIMIT', `subscriptions of more than ${totalBytes} bytes`);
    this.#prefixes.set(name, new Uint8Array(prefix)); // `slice` of a Buffer copies nothing.
    this.#names.splice(countUpTo(this.#names, name), 0, name);
    this.#bytes += prefix.length;
    this.#roots = undefined;
    return true;
  }

  /** @returns whether it was there. */
  delete(prefix: Uint8Array): boolean {
    const name = nameOf(prefix);
    if (!this.#prefixes.delete(name)) return false;
    this.#names.splice(countUpTo(this.#names, name) - 1, 1);
    this.#bytes -= prefix.length;
    this.#roots = undefined;
    return true;
  }

  /** Whether a message that begins with this part is wanted. */
  matches(first: Uint8Array): boolean {
    if (this.#prefixes.size > COMPARED) return this.#isFound(first);
    for (const prefix of this.#prefixes.values()) if (startsWith(first, prefix)) return true;
    return false;
  }

  /** A root that the message begins with is the last one up to it: another between the two would begin with that root. */
  #isFound(first: Uint8Array): boolean {
    const { names, longest } = (this.#roots ??= rootsOf(this.#names));
    const text = nameOf(first.subarray(0, longest));
    const root = names[countUpTo(names, text) - 1];
    return root !== undefined && text.startsWith(root);
  }
}

/** What a SUB asks for: what was asked for twice has to be taken back twice, and the publisher is told of it once. */
export class Subscriptions {
  readonly #prefixes = new PrefixSet();
  readonly #counts = new Map<string, number>();

  /** @returns whether nobody asked for it before. */
  add(prefix: Uint8Array): boolean {
    const name = nameOf(prefix);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    return this.#prefixes.add(prefix);
  }

  /** @returns whether nobody asks for it any more. */
  delete(prefix: Uint8Array): boolean {
    const name = nameOf(prefix);
    const count = this.#counts.get(name) ?? 0;
    if (count > 1) {
      this.#counts.set(name, count - 1);
      return false;
    }
    this.#counts.delete(name);
    return this.#prefixes.delete(prefix);
  }

  /** See {@link PrefixSet.sorted}. */
  sorted(): readonly Uint8Array[] {
    return this.#prefixes.sorted();
  }

  /** See {@link PrefixSet.matches}. */
  matches(first: Uint8Array): boolean {
    return this.#prefixes.matches(first);
  }
}

const EMPTY = new Uint8Array(0);

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (prefix.length > bytes.length) return false;
  for (let at = 0; at < prefix.length; at++) if (bytes[at] !== prefix[at]) return false;
  return true;
}

/** How many of these names, which are in order, come before this one or are it. */
function countUpTo(names: readonly string[], name: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] ?? '') <= name) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rootsOf(sorted: readonly string[]): Roots {
  const names: string[] = [];
  let longest = 0;
  for (const name of sorted) {
    const last = names.at(-1);
    if (last !== undefined && name.startsWith(last)) continue;
    names.push(name);
    longest = Math.max(longest, name.length);
  }
  return { names, longest };
}
