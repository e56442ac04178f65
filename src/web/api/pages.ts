/**
 * Lists in pages. A cursor is where the last page ended; what comes meanwhile does not move it.
 *
 * @module
 */
import { PyDateTime } from '../../pickle/index.js';
import { ProblemError } from '../errors.js';

/** What is asked for. */
export interface PageRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** One page. */
export interface Page<Item> {
  readonly data: Item[];
  readonly next_cursor?: string;
}

const DEFAULT_LIMIT = 1000;

/**
 * The page behind a cursor.
 *
 * @param keyOf - A text by which items are sorted: no two have the same.
 * @throws ProblemError `bad-request` for a cursor that is none.
 */
export function pageOf<Item, Json>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { limit = DEFAULT_LIMIT, cursor }: PageRequest,
  toJson: (item: Item) => Json,
  newestFirst = false,
): Page<Json> {
  const sign = newestFirst ? -1 : 1;
  const keyed = items.map((item) => ({ key: keyOf(item), item }));
  keyed.sort((left, right) => (left.key < right.key ? -sign : left.key > right.key ? sign : 0));
  const after = cursor === undefined ? undefined : decoded(cursor);
  const isBehind = ({ key }: { readonly key: string }): boolean =>
    after === undefined || (newestFirst ? key < after : key > after);
  const first = keyed.findIndex(isBehind);
  const rest = first < 0 ? [] : keyed.slice(first, first + limit + 1);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const data = page.map(({ item }) => toJson(item));
  return rest.length > limit && last !== undefined ? { data, next_cursor: encoded(last.key) } : { data };
}

/** When something was, as a text that sorts; the oldest for what has no time. */
export function timeKey(datetime: unknown): string {
  const micro = datetime instanceof PyDateTime ? datetime.epochMicroseconds : 0n;
  return (micro < 0n ? 0n : micro).toString().padStart(18, '0');
}

/** Whether something is of a moment or later. */
export function isSince(datetime: unknown, since: string | undefined): boolean {
  if (since === undefined) return true;
  return datetime instanceof PyDateTime && datetime.epochMicroseconds >= BigInt(Date.parse(since)) * 1000n;
}

function encoded(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function decoded(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url');
  if (key.toString('base64url') === cursor && cursor !== '') return key.toString();
  throw new ProblemError('bad-request', 'this cursor is none of this console', {
    errors: [{ path: 'query cursor', message: 'give back next_cursor as it came' }],
  });
}
