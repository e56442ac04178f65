/**
 * The record of an account: who holds it or held it last, what persons have said, and what is halted. It does not expire.
 *
 * @module
 */
import { readHalts } from '../../guard/internal.js';
import type { Halt } from '../../guard/index.js';
import { fieldsOf, isCount, isFields, isText, isTime } from './store.js';
import type { EdgeSelf } from './store.js';

/** A place in the journal that was seen: one that goes back behind it has lost something. */
export interface JournalMark {
  readonly seq: number;
  /** The sha256 of the message there, in hex. */
  readonly hash: string;
  /** When it was seen, in ms since 1970. */
  readonly at: number;
}

/** What a person has said, and why. */
export interface Said {
  readonly by: string;
  readonly why: string;
  /** In ms since 1970. */
  readonly at: number;
}

/** Somebody wants an edge to take the account over. */
export interface TakeoverOrder extends Said {
  /** The edge that is to take it. */
  readonly edge: string;
  /** Though something was lost: a person has looked at what is open. */
  readonly acceptsLoss: boolean;
}

/** The record of an account. */
export interface AccountRecord {
  /** `released`: its last holder has given it back in order, and anybody may take it. */
  readonly state: 'held' | 'released';
  /** The holder, or the last one; its `edge` is empty where there was none yet. */
  readonly holder: EdgeSelf;
  /** Of the holder. The next one has a greater one. */
  readonly epoch: number;
  /** What is added to the `seq` of a lease to make it an epoch: not 0 after a lease's stream was lost. */
  readonly epochBase: number;
  /** How long the holder's lease lasts, in ms. */
  readonly ttl: number;
  /** Since when it is held or released, in ms since 1970: for people. */
  readonly since: number;
  /** Places in the journal, oldest first. */
  readonly marks: readonly JournalMark[];
  /** Nobody is to begin to hold it. */
  readonly hold: Said | undefined;
  readonly takeover: TakeoverOrder | undefined;
  readonly halts: readonly Halt[];
  /** Ids of those after which a holder has cancelled what worked. */
  readonly carriedOut: readonly string[];
}

/** A record as the store has it. */
export interface SeenRecord {
  /** 0 where there is none. */
  readonly seq: number;
  readonly record: AccountRecord | undefined;
}

/** The record of an account that nobody has held. */
export const NEW_RECORD: AccountRecord = {
  state: 'released',
  holder: { edge: '', identity: '', boot: '' },
  epoch: 0,
  epochBase: 0,
  ttl: 0,
  since: 0,
  marks: [],
  hold: undefined,
  takeover: undefined,
  halts: [],
  carriedOut: [],
};

/** A record as it is written. */
export function documentOf(record: AccountRecord): object {
  return { version: 1, ...record };
}

/**
 * Reads a record whole.
 *
 * @throws Error where anything is not as it should be: a record that is half understood must not be written over.
 */
export function recordOf(payload: Uint8Array): AccountRecord {
  const fields = fieldsOf(payload);
  const { version, state, epoch, epochBase, ttl, since } = fields;
  if (version !== 1) {
    const found = typeof version === 'number' ? `version ${version}` : 'no version';
    throw new Error(`the record of the account has ${found}, and this program knows 1: bring all edges up to date`);
  }
  const holder = selfOf(fields['holder']);
  const marks = listOf(fields['marks'], journalMarkOf);
  const hold = optional(fields['hold'], saidOf);
  const takeover = optional(fields['takeover'], takeoverOf);
  const halts = readHalts({ version: 1, halts: fields['halts'] });
  const carriedOut = listOf(fields['carriedOut'] ?? [], (id) => (isText(id) ? id : undefined));
  const isWhole = (state === 'held' || state === 'released') && isCount(epoch) && isCount(epochBase);
  if (
    !isWhole ||
    !isTime(ttl) ||
    !isTime(since) ||
    holder === undefined ||
    marks === undefined ||
    hold === undefined ||
    takeover === undefined ||
    halts === undefined ||
    carriedOut === undefined
  )
    throw new Error('the record of the account cannot be read: a person has to look at it');

  return {
    ...{ state, holder, epoch, epochBase, ttl, since, marks, halts, carriedOut },
    hold: hold.value,
    takeover: takeover.value,
  };
}

/** What may be absent: undefined where it is there and cannot be read. */
function optional<Value>(
  field: unknown,
  read: (field: unknown) => Value | undefined,
): { readonly value: Value | undefined } | undefined {
  if (field === undefined || field === null) return { value: undefined };
  const value = read(field);
  return value === undefined ? undefined : { value };
}

function listOf<Value>(field: unknown, read: (field: unknown) => Value | undefined): readonly Value[] | undefined {
  if (!Array.isArray(field)) return undefined;
  const values = field.map(read).filter((value) => value !== undefined);
  return values.length === field.length ? values : undefined;
}

function selfOf(field: unknown): EdgeSelf | undefined {
  if (!isFields(field)) return undefined;
  const { edge, identity, boot } = field;
  return isText(edge) && isText(identity) && isText(boot) ? { edge, identity, boot } : undefined;
}

/** A mark of the journal; undefined for what is none. */
export function journalMarkOf(field: unknown): JournalMark | undefined {
  if (!isFields(field)) return undefined;
  const { seq, hash, at } = field;
  return isCount(seq) && isText(hash) && isTime(at) ? { seq, hash, at } : undefined;
}

function saidOf(field: unknown): Said | undefined {
  if (!isFields(field)) return undefined;
  const { by, why, at } = field;
  return isText(by) && isText(why) && isTime(at) ? { by, why, at } : undefined;
}

function takeoverOf(field: unknown): TakeoverOrder | undefined {
  const said = saidOf(field);
  if (said === undefined || !isFields(field)) return undefined;
  const { edge, acceptsLoss } = field;
  return isText(edge) && typeof acceptsLoss === 'boolean' ? { ...said, edge, acceptsLoss } : undefined;
}
