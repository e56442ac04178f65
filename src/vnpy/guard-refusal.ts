/**
 * What an error says of the rule by which a guard refused. A guard of this process has fields for it, and one behind the wire
 * tells it by its text alone. The form of that text is documented in docs/guard.md, and this is the one place that reads it.
 *
 * @module
 */
import { RemoteException } from '../rpc/index.js';

/** By which rule something was refused. */
export interface RuleRefusal {
  /** Its name: `orderVolume`. */
  readonly rule: string;
  /** The number that it allows, and what the request came to; both undefined where it has none. */
  readonly limit?: number | undefined;
  readonly value?: number | undefined;
}

/** `send_order: [orderVolume] order volume 12 is more than desk-1's limit of 10`, with or without what stands before it. */
const FORM = /^(?:[a-z_]+: )?\[([A-Za-z]{1,40})\] (.*)$/s;

const NUMBER = '-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?';

/** The first number is what the request came to, and the last is the limit. */
const FIRST = new RegExp(NUMBER, 'i');
const LIMIT = new RegExp(`limit (?:of )?(${NUMBER})$`, 'i');

/** Rules whose text has its numbers. That of a halt may quote another rule's. */
const NUMERIC: ReadonlySet<string> = new Set([
  'orderVolume',
  'orderNotional',
  'priceBand',
  'positionVolume',
  'openOrders',
  'messagesPerSecond',
  'ordersPerDay',
  'messagesPerDay',
  'cancelsPerDay',
  'openVolumePerDay',
  'largeCancels',
  'duplicates',
  'lossPerDay',
]);

/** Longer ones are none of a guard's. */
const LONGEST = 2000;

/** Reads a guard's text. @returns undefined for any other. */
export function readRefusal(text: string): RuleRefusal | undefined {
  if (text.length > LONGEST) return undefined;
  const [, rule, reason = ''] = FORM.exec(text) ?? [];
  if (rule === undefined) return undefined;
  if (!NUMERIC.has(rule)) return { rule };
  const [, limit] = LIMIT.exec(reason) ?? [];
  const [value] = FIRST.exec(reason) ?? [];
  return limit === undefined || value === undefined ? { rule } : { rule, limit: Number(limit), value: Number(value) };
}

/** The one refusal that lines of a log tell of: undefined where there is none, or where they tell of several. */
export function refusalInLogs(lines: readonly string[]): RuleRefusal | undefined {
  const texts = new Set(lines.filter((line) => line.startsWith('send_order: [')));
  const [text] = texts;
  return texts.size === 1 && text !== undefined ? readRefusal(text) : undefined;
}

/** The rule that an error tells of; undefined for an error that is no refusal of a guard or desk. */
export function ruleOf(error: unknown): RuleRefusal | undefined {
  if (error instanceof RemoteException)
    return error.type === 'GuardError' ? readRefusal(error.remoteMessage) : undefined;
  if (!(error instanceof Error)) return undefined;
  const rule: unknown = Reflect.get(error, 'rule');
  if (typeof rule !== 'string') return undefined;
  const numberOf = (name: string): number | undefined => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
  return { rule, limit: numberOf('limit'), value: numberOf('value') };
}
