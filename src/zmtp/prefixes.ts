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

/** Up to so many prefixes are compared one by one: faster than the tree. */
const COMPARED = 4;

/** A node of the tree of all prefixes: what may follow, by byte. */
interface Node {
  isEnd: boolean;
  readonly next: Map<number, Node>;
}

/** Bytes as a text that names them. */
export function nameOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** The prefixes that one side wants. */
export class PrefixSet {
  readonly #limits: PrefixLimits;
  readonly #prefixes = new Map<string, Uint8Array>();
  #bytes = 0;
  #tree: Node | undefined;

  constructor(limits: PrefixLimits = { prefixBytes: Infinity, prefixes: Infinity, totalBytes: Infinity }) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#prefixes.size;
  }

  /** Each prefix once, in the order of their bytes, as libzmq asks for them again after a reconnect. */
  sorted(): readonly Uint8Array[] {
    return this.#names().map((name) => this.#prefixes.get(name) ?? EMPTY);
  }

  /** A text that two sets of the same prefixes share, and no others. */
  get signature(): string {
    return this.#names()
      .map((name) => `${name.length}:${name}`)
      .join('');
  }

  #names(): string[] {
    return [...this.#prefixes.keys()].sort((left, right) => (left < right ? -1 : 1));
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
    this.#bytes += prefix.length;
    this.#tree = undefined;
    return true;
  }

  /** @returns whether it was there. */
  delete(prefix: Uint8Array): boolean {
    if (!this.#prefixes.delete(nameOf(prefix))) return false;
    this.#bytes -= prefix.length;
    this.#tree = undefined;
    return true;
  }

  /** Whether a message that begins with this part is wanted. */
  matches(first: Uint8Array): boolean {
    if (this.#prefixes.size > COMPARED) return this.#matchesTree(first);
    for (const prefix of this.#prefixes.values()) if (startsWith(first, prefix)) return true;
    return false;
  }

  #matchesTree(first: Uint8Array): boolean {
    let node: Node | undefined = (this.#tree ??= treeOf(this.#prefixes.values()));
    for (const byte of first) {
      if (node.isEnd) return true;
      node = node.next.get(byte);
      if (node === undefined) return false;
    }
    return node.isEnd;
  }
}

const EMPTY = new Uint8Array(0);

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (prefix.length > bytes.length) return false;
  for (let at = 0; at < prefix.length; at++) if (bytes[at] !== prefix[at]) return false;
  return true;
}

/** Without recursion: a prefix is a stranger's, and as long as he likes (CVE-2021-20236). */
function treeOf(prefixes: Iterable<Uint8Array>): Node {
  const root: Node = { isEnd: false, next: new Map() };
  for (const prefix of prefixes) {
    let node = root;
    for (const byte of prefix) {
      let next = node.next.get(byte);
      if (next === undefined) node.next.set(byte, (next = { isEnd: false, next: new Map() }));
      node = next;
    }
    node.isEnd = true;
  }
  return root;
}
