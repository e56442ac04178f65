/**
 * What the page keeps for each user: watch list, layout. A file a user, in a folder.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OWN_FILE, OWN_FOLDER } from '../file-rights.js';

/** Preferences, by user. */
export class Preferences {
  readonly #folder: string | undefined;

  /** @param folder - Undefined: nothing is kept. */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** Whether anything is kept. */
  get isKept(): boolean {
    return this.#folder !== undefined;
  }

  /** What was put last; undefined for nothing. */
  async get(user: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const path = this.#path(user);
    if (path === undefined) return undefined;
    try {
      return JSON.parse(await readFile(path, 'utf8')) as Readonly<Record<string, unknown>>;
    } catch (error) {
      if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT'))
        return undefined;

      throw error;
    }
  }

  /** Keeps something, whole or not at all. */
  async put(user: string, value: Readonly<Record<string, unknown>>): Promise<void> {
    const path = this.#path(user);
    if (path === undefined || this.#folder === undefined) return;
    await mkdir(this.#folder, { recursive: true, mode: OWN_FOLDER });
    const beside = `${path}.${randomBytes(6).toString('hex')}`;
    await writeFile(beside, JSON.stringify(value), { mode: OWN_FILE });
    await rename(beside, path);
  }

  /** No part of a name becomes a path. */
  #path(user: string): string | undefined {
    if (this.#folder === undefined) return undefined;
    return join(this.#folder, `${createHash('sha256').update(user).digest('hex').slice(0, 32)}.json`);
  }
}
