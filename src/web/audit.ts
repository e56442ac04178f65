/**
 * What was done through this console, by whom, and how it ended: the newest in memory, all of it in a file.
 *
 * @module
 */
import { appendFile } from 'node:fs/promises';
import { makeOwn, OWN_FILE } from '../file-rights.js';
import { messageOf } from '../errors.js';
import type { Logger } from '../rpc/index.js';
import type { AuditEntry } from './schema/index.js';

/** How many are kept in memory. */
const KEPT = 10_000;

/** Longer texts are cut: they come from outside. */
const LONGEST = 500;

/** What an entry says beside its time. */
export type AuditNote = Omit<AuditEntry, 'time' | 'detail'> & { readonly detail?: Readonly<Record<string, unknown>> };

/** JSON lines: a text with a line end or a control character is escaped in them. */
export class AuditTrail {
  readonly #path: string | undefined;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #entries: AuditEntry[] = [];
  #writing: Promise<unknown> = Promise.resolve();

  constructor(path: string | undefined, logger: Logger, now: () => number) {
    this.#path = path;
    this.#logger = logger;
    this.#now = now;
  }

  /** Adds one. The file is appended to in order; that it cannot be written is logged. */
  note({ detail = {}, ...rest }: AuditNote): void {
    const entry = { time: new Date(this.#now()).toISOString(), ...rest, detail: shortened(detail) };
    this.#entries.push(entry);
    if (this.#entries.length > KEPT) this.#entries.shift();
    this.#logger.info(
      `${entry.action} by ${JSON.stringify(entry.user)} from ${entry.address ?? '-'}: ${entry.outcome}`,
    );
    const path = this.#path;
    if (path === undefined) return;
    this.#writing = this.#writing.then(async () => {
      try {
        await appendFile(path, `${JSON.stringify(entry)}\n`, { mode: OWN_FILE });
        if (this.#entries.length === 1) await makeOwn(path);
      } catch (error) {
        this.#logger.error(`the audit cannot be written to ${path}: ${messageOf(error)}`);
      }
    });
  }

  /** The newest first. */
  newest(matches: (entry: AuditEntry) => boolean, limit: number): readonly AuditEntry[] {
    const found: AuditEntry[] = [];
    for (let at = this.#entries.length - 1; at >= 0 && found.length < limit; at--) {
      const entry = this.#entries[at];
      if (entry !== undefined && matches(entry)) found.push(entry);
    }
    return found;
  }

  /** Resolves when all is on the disk. */
  async close(): Promise<void> {
    await this.#writing;
  }
}

function shortened(detail: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(detail).map(([name, value]) => [
    name,
    typeof value === 'string' && value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}
