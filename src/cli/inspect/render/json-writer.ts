/**
 * JSON as a stream of pieces, without recursion: a value may be deeper than the stack and larger than a string.
 *
 * @module
 */

/** What stands at one place of the output. `T` is what the caller's plan turns into a {@link JsonPlan}. */
export type JsonPlan<T> =
  /** A finished piece of JSON. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'array'; readonly items: Iterable<JsonItem<T>>; readonly done?: () => void }
  | { readonly kind: 'object'; readonly members: Iterable<readonly [string, JsonItem<T>]>; readonly done?: () => void };

/** A plan, or something that has one. */
export type JsonItem<T> = { readonly plan: JsonPlan<T> } | { readonly of: T };

/** A finished piece of JSON as an item. */
export function jsonText<T>(text: string): JsonItem<T> {
  return { plan: { kind: 'text', text } };
}

/** Any JSON value as an item. */
export function jsonValue<T>(value: unknown): JsonItem<T> {
  return jsonText(jsonString(value));
}

// Escaped so that the text may stand in a terminal and in HTML.
const UNSAFE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** `JSON.stringify`, with characters escaped that a terminal obeys or does not show. */
export function jsonString(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

interface Open<T> {
  readonly iterator: Iterator<JsonItem<T> | readonly [string, JsonItem<T>]>;
  readonly close: string;
  readonly done: (() => void) | undefined;
  empty: boolean;
}

/**
 * Writes an item.
 * @param planOf - Says how a `T` is written.
 * @param indent - Spaces a level; 0 for one line.
 */
export function* writeJson<T>(root: JsonItem<T>, planOf: (value: T) => JsonPlan<T>, indent: number): Generator<string> {
  const stack: Open<T>[] = [];
  const lineBreak = (): string => (indent === 0 ? '' : `\n${' '.repeat(indent * Math.min(stack.length, 64))}`);

  const open = (item: JsonItem<T>): string => {
    const plan = 'plan' in item ? item.plan : planOf(item.of);
    if (plan.kind === 'text') return plan.text;
    const items = plan.kind === 'array' ? plan.items : plan.members;
    const close = plan.kind === 'array' ? ']' : '}';
    stack.push({ iterator: items[Symbol.iterator](), close, done: plan.done, empty: true });
    return plan.kind === 'array' ? '[' : '{';
  };

  yield open(root);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.iterator.next();
    if (next.done === true) {
      stack.pop();
      top.done?.();
      yield (top.empty ? '' : lineBreak()) + top.close;
      continue;
    }
    const separator = (top.empty ? '' : ',') + lineBreak();
    top.empty = false;
    const entry = next.value;
    if (isMember(entry)) {
      const colon = indent === 0 ? ':' : ': ';
      yield `${separator}${jsonString(entry[0])}${colon}${open(entry[1])}`;
    } else {
      yield separator + open(entry);
    }
  }
}

function isMember<T>(entry: JsonItem<T> | readonly [string, JsonItem<T>]): entry is readonly [string, JsonItem<T>] {
  return Array.isArray(entry);
}

const DECIMAL_BITS = 4000n;

/** A large int as text: decimal, or hex where decimal would take long to make and to read. */
export function bigintText(value: bigint): string {
  const magnitude = value < 0n ? -value : value;
  if (magnitude < 1n << DECIMAL_BITS) return String(value);
  return `${value < 0n ? '-' : ''}0x${magnitude.toString(16)}`;
}
