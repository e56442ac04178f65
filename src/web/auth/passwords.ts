/**
 * Passwords, as scrypt hashes in PHC's form.
 *
 * @module
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { rateLimited } from '../errors.js';

/** What hashing costs: OWASP's minimum is 2^17, 8, 1, which takes 134 MB and most of a second. */
export interface ScryptCost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** OWASP's minimum. */
export const SCRYPT_COST: ScryptCost = { ln: 17, r: 8, p: 1 };

const HASH_BYTES = 32;

/** Of a users file that somebody wrote by hand: more would take all memory. */
const MAX_LN = 20;

/** So many wait at most: each takes most of a second. */
const MAX_WAITING = 10;

/** Hashes passwords, one at a time: each takes 134 MB. */
export class Passwords {
  readonly #cost: ScryptCost;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #dummy: Promise<string> | undefined;

  constructor(cost: ScryptCost = SCRYPT_COST) {
    this.#cost = cost;
  }

  /** The text that is kept of a password. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(16);
    const { ln, r, p } = this.#cost;
    const hash = await this.#derive(password, salt, this.#cost);
    return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`;
  }

  /**
   * Whether a password is the one. For nobody's password it takes the same time.
   *
   * @param kept - Undefined for a user that is not there, or has no password.
   * @throws ProblemError `rate-limited` when too many wait.
   */
  async verify(password: string, kept: string | undefined): Promise<boolean> {
    const parts = parse(kept ?? (await this.#dummyHash()));
    const found = await this.#derive(password, parts.salt, parts.cost);
    const isSame = timingSafeEqual(found, parts.hash);
    return isSame && kept !== undefined;
  }

  /** Makes ready what the first log-in would wait for. */
  async prepare(): Promise<void> {
    await this.#dummyHash();
  }

  #dummyHash(): Promise<string> {
    this.#dummy ??= this.hash(randomBytes(16).toString('hex'));
    return this.#dummy;
  }

  async #derive(password: string, salt: Uint8Array, { ln, r, p }: ScryptCost): Promise<Buffer> {
    if (this.#waiting >= MAX_WAITING) throw rateLimited('Too many log in at this moment', 2000);
    this.#waiting++;
    const turn = this.#last.then(
      () =>
        new Promise<Buffer>((resolve, reject) => {
          const limits = { N: 2 ** ln, r, p, maxmem: 2 ** ln * r * 128 + 2 ** 20 };
          scrypt(password.normalize('NFKC'), salt, HASH_BYTES, limits, (error, key) => {
            if (error === null) resolve(key);
            else reject(error);
          });
        }),
    );
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }
}

/** Whether a text is a hash that this module made. */
export function isPasswordHash(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

function parse(text: string): { readonly cost: ScryptCost; readonly salt: Uint8Array; readonly hash: Uint8Array } {
  const found = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(text);
  const [, ln = '', r = '', p = '', salt = '', hash = ''] = found ?? [];
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const key = Buffer.from(hash, 'base64');
  if (found === null || cost.ln < 1 || cost.ln > MAX_LN || cost.r > 32 || cost.p > 16 || key.length !== HASH_BYTES)
    throw new RangeError('no scrypt hash');

  return { cost, salt: Buffer.from(salt, 'base64'), hash: key };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
