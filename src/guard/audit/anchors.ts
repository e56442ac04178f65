/**
 * Anchors: what the audit's end was at a time, signed, and kept where the one who can rewrite the file cannot.
 *
 * A chain of hashes finds a changed line. It finds neither a cut end nor a chain that was computed again from some line on.
 *
 * @module
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { modeText, othersMayUse } from '../../file-rights.js';
import { messageOf } from '../../errors.js';
import { AuditError } from './errors.js';
import { codeOf, writeAll, writeWhole } from './files.js';
import type { FileLayer } from './files.js';

/** What an anchor says. */
export interface AnchorFacts {
  /** Number of the newest line. */
  readonly seq: number;
  /** Its hash. */
  readonly head: string;
  /** Lines of the file that it is in. */
  readonly lines: number;
  readonly time: string;
  /** By how much the clock is off, in ms; null where nothing tells. */
  readonly clockOffset: number | null;
}

/** An anchor as it is kept: the text that was signed, so that nobody has to make it again. */
export interface Anchor {
  /** JSON of {@link AnchorFacts}. */
  readonly signed: string;
  /** Ed25519 as base64; null without a key. */
  readonly signature: string | null;
  /** Which key it is: the first 16 characters of its hash; null without one. */
  readonly key: string | null;
}

/** Signs anchors. */
export interface AnchorKey {
  /** PEM, for `verify`. */
  readonly publicKey: string;
  sign(facts: AnchorFacts): Anchor;
}

/** Where anchors go beside the file, and what cannot be written to it. */
export interface AnchorPlace {
  readonly name: string;
  /** Takes one line, without a newline. Rejects when it cannot. */
  write(line: string): Promise<void>;
  close(): Promise<void>;
}

/** An anchor without a signature. */
export function bareAnchor(facts: AnchorFacts): Anchor {
  return { signed: JSON.stringify(facts), signature: null, key: null };
}

/**
 * Reads the key that signs anchors, and makes it with the mode 0600 where there is none. Its public half is written beside it,
 * as `NAME.pub`.
 *
 * @throws {@link AuditError} `KEY` for what is no Ed25519 key, or can be read by others.
 */
export async function loadAnchorKey(files: FileLayer, path: string): Promise<AnchorKey> {
  try {
    const facts = await files.facts(path);
    const pem = facts === undefined ? await makeKey(files, path) : await readKey(files, path, facts.mode);
    const key = keyOf(createPrivateKey(pem));
    if ((await files.facts(`${path}.pub`)) === undefined) await writeWhole(files, `${path}.pub`, key.publicKey);
    return key;
  } catch (error) {
    if (error instanceof AuditError) throw error;
    throw new AuditError('KEY', `the key of the audit's anchors, ${path}, cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function readKey(files: FileLayer, path: string, mode: number): Promise<string> {
  if (othersMayUse(mode)) {
    throw new AuditError(
      'KEY',
      `others may read the key of the audit's anchors, ${path} (mode ${modeText(mode)}): chmod 600 it, or make a new one`,
    );
  }
  return Buffer.from(await files.read(path)).toString('utf8');
}

async function makeKey(files: FileLayer, path: string): Promise<string> {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  await writeWhole(files, path, pem);
  return pem;
}

function keyOf(privateKey: KeyObject): AnchorKey {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error(`it is not of the type ed25519`);
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string;
  const key = fingerprint(publicKey);
  return {
    publicKey,
    sign: (facts) => {
      const signed = JSON.stringify(facts);
      return { signed, signature: sign(null, Buffer.from(signed), privateKey).toString('base64'), key };
    },
  };
}

/** Checks signatures by one public key. */
export function anchorChecker(publicKey: string): (anchor: Anchor) => boolean {
  const key = createPublicKey(publicKey);
  return ({ signed, signature }) =>
    signature !== null && verify(null, Buffer.from(signed), key, Buffer.from(signature, 'base64'));
}

/** A name for a public key. */
export function fingerprint(publicKey: string): string {
  const bytes = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

/** An anchor in a line of JSON, of the audit or of another place, with what it says; undefined where there is none. */
export function readAnchor(value: unknown): { readonly anchor: Anchor; readonly facts: AnchorFacts } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { signed, signature = null, key = null } = value as Partial<Record<keyof Anchor, unknown>>;
  if (typeof signed !== 'string') return undefined;
  if (signature !== null && typeof signature !== 'string') return undefined;
  const facts = factsOf(signed);
  return facts && { anchor: { signed, signature, key: typeof key === 'string' ? key : null }, facts };
}

function factsOf(signed: string): AnchorFacts | undefined {
  try {
    const facts = JSON.parse(signed) as Partial<Record<keyof AnchorFacts, unknown>>;
    const isWhole = Number.isSafeInteger(facts.seq) && typeof facts.head === 'string' && typeof facts.time === 'string';
    return isWhole ? (facts as unknown as AnchorFacts) : undefined;
  } catch {
    return undefined;
  }
}

/** Lines that may wait for a place. */
const MOST_WAITING = 1000;

/** A file as a place for anchors, flushed after each. Opened at the first: another disk may come later. */
export class FilePlace implements AnchorPlace {
  readonly name: string;
  readonly #files: FileLayer;
  readonly #path: string;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(files: FileLayer, path: string) {
    this.#files = files;
    this.#path = path;
    this.name = `file:${path}`;
  }

  write(line: string): Promise<void> {
    // A disk that answers no more must not take the memory as well.
    if (this.#waiting >= MOST_WAITING) return Promise.reject(new Error(`${this.name} does not keep up`));
    this.#waiting++;
    const written = this.#last
      .then(() => this.#append(line))
      .finally(() => {
        this.#waiting--;
      });
    this.#last = written.catch(() => undefined);
    return written;
  }

  async close(): Promise<void> {
    await this.#last;
  }

  /** Opened each time: anchors are few, and a disk that was unmounted and mounted is found again. */
  async #append(line: string): Promise<void> {
    let file;
    try {
      file = await this.#files.append(this.#path);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      throw Object.assign(new Error(`the folder of ${this.#path} is not there`), { code: 'ENOENT' });
    }
    try {
      // After a line that was torn there, a new one begins.
      const { size } = await file.facts();
      const last = size === 0 ? undefined : (await file.read(size - 1, 1))[0];
      await writeAll(file, Buffer.from(`${last === undefined || last === 10 ? '' : '\n'}${line}\n`));
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}

/** A log as a place for anchors. */
export function logPlace(log: (line: string) => void): AnchorPlace {
  return {
    name: 'log',
    write: (line) => {
      log(line);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
