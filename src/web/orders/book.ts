/**
 * The ids that clients have given to orders: each is sent once at most, whatever comes twice.
 *
 * @module
 */
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { OWN_FILE } from '../../file-rights.js';
import * as v from 'valibot';
import { messageOf } from '../../errors.js';
import { ConsoleError } from '../errors.js';

/** What an id stands for. `sending`: its answer has not come yet. */
export type TicketState = 'sending' | 'sent' | 'refused' | 'not-sent' | 'unknown';

/** An answer, to be given again. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One id. */
export interface Ticket {
  readonly id: string;
  readonly user: string;
  /** Of what was asked for: the same id with anything else is refused. */
  readonly digest: string;
  readonly state: TicketState;
  readonly vtOrderid: string | undefined;
  readonly answer: Answer | undefined;
}

const Line = v.object({
  id: v.string(),
  user: v.string(),
  digest: v.string(),
  state: v.picklist(['sending', 'sent', 'refused', 'not-sent', 'unknown', 'forgotten']),
  vt_orderid: v.optional(v.string()),
  answer: v.optional(v.object({ status: v.number(), body: v.unknown() })),
});

/** Ids kept. An older one would be sent again; vnpy's own orders are looked through for it first. */
const KEPT = 100_000;

/** Ids and what became of them. With a file they hold over a restart. */
export class OrderBook {
  readonly #tickets = new Map<string, Ticket>();
  readonly #path: string | undefined;
  #file: FileHandle | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  /** @param path - Undefined: they end with the process. */
  constructor(path?: string) {
    this.#path = path;
  }

  /**
   * Reads what was kept. What was being sent when the process ended is `unknown`.
   *
   * @throws ConsoleError `BAD_DATA`.
   */
  async open(): Promise<void> {
    const path = this.#path;
    if (path === undefined) return;
    try {
      this.#read(await readFile(path, 'utf8').catch(missing));
      const lines = [...this.#tickets.values()].map((ticket) => `${lineOf(ticket)}\n`);
      await writeFile(`${path}.new`, lines.join(''), { mode: OWN_FILE });
      await rename(`${path}.new`, path);
      this.#file = await open(path, 'a', OWN_FILE);
    } catch (error) {
      throw new ConsoleError('BAD_DATA', `cannot use ${path} for the ids of orders: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  /** What is known of an id. */
  get(id: string): Ticket | undefined {
    return this.#tickets.get(id);
  }

  /** Takes an id that is not known: from now on it is. It is on the disk before the order leaves, by {@link OrderBook.flush}. */
  begin(id: string, user: string, digest: string): Ticket {
    const ticket: Ticket = { id, user, digest, state: 'sending', vtOrderid: undefined, answer: undefined };
    this.#tickets.set(id, ticket);
    for (const [oldest, { state }] of this.#tickets) {
      if (this.#tickets.size <= KEPT) break;
      if (state !== 'sending') this.#tickets.delete(oldest);
    }
    this.#write(lineOf(ticket), true);
    return ticket;
  }

  /** What became of it. */
  settle(
    ticket: Ticket,
    state: TicketState,
    details: { readonly vtOrderid?: string; readonly answer?: Answer },
  ): Ticket {
    const vtOrderid = details.vtOrderid ?? ticket.vtOrderid;
    const settled: Ticket = { ...ticket, state, vtOrderid, answer: details.answer ?? ticket.answer };
    this.#tickets.set(ticket.id, settled);
    this.#write(lineOf(settled), false);
    return settled;
  }

  /** Nothing was sent for it, and it may be used again. */
  forget({ id, user, digest }: Ticket): void {
    this.#tickets.delete(id);
    this.#write(JSON.stringify({ id, user, digest, state: 'forgotten' }), false);
  }

  /** Resolves when all is on the disk. Rejects when it could not be written: no order leaves then. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#file?.close();
    this.#file = undefined;
  }

  #write(line: string, sync: boolean): void {
    const file = this.#file;
    if (file === undefined) return;
    const turn = this.#writing
      .catch(() => undefined)
      .then(async () => {
        await file.appendFile(`${line}\n`);
        if (sync) await file.datasync();
      });
    this.#writing = turn;
    // Whoever flushes is told.
    turn.catch(() => undefined);
  }

  #read(text: string): void {
    for (const line of text.split('\n')) {
      const found = v.safeParse(Line, parsed(line));
      // The last line of a process that was killed may be cut off.
      if (!found.success) continue;
      const { id, user, digest, state, vt_orderid: vtOrderid, answer } = found.output;
      this.#tickets.delete(id);
      if (state === 'forgotten') continue;
      const known = state === 'sending' ? 'unknown' : state;
      this.#tickets.set(id, {
        ...{ id, user, digest, state: known, vtOrderid },
        answer: answer === undefined ? undefined : { status: answer.status, body: answer.body },
      });
    }
    const surplus = [...this.#tickets.keys()].slice(0, Math.max(0, this.#tickets.size - KEPT));
    for (const id of surplus) this.#tickets.delete(id);
  }
}

function lineOf({ vtOrderid, ...rest }: Ticket): string {
  return JSON.stringify({ ...rest, vt_orderid: vtOrderid });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function missing(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
  throw error;
}
