/**
 * Reads an audit for people and programs: its lines, filtered.
 *
 * @module
 */
import type { AuditLine } from './entry.js';
import { decodeLine } from './line.js';
import { rawLines } from './raw-lines.js';

/** Which lines are wanted. A line has to meet all that is given. */
export interface AuditFilter {
  readonly kind?: string;
  readonly principal?: string;
  readonly rule?: string;
  readonly outcome?: string;
  /** A vt_symbol, `rb2705.SHFE`. */
  readonly symbol?: string;
  /** The order's id (`CTP.17`), its reference or the guard's own id of the request. */
  readonly order?: string;
  /** A day in UTC, `2026-11-29`, or the trading day that the guard wrote into the line. */
  readonly day?: string;
  /** ms since the epoch: not before. */
  readonly since?: number;
  /** ms since the epoch: before. */
  readonly until?: number;
}

/** A line, or what cannot be read as one. */
export type ShownLine =
  | { readonly line: AuditLine }
  | { readonly unreadable: { readonly file: string; readonly line: number; readonly text: string } };

/** Of what cannot be read, so many characters are shown. */
const SHOWN = 200;

/** Reads lines in the order of the files. One that cannot be read does not end it. Rejects with the system's error. */
export async function* showAudit(
  files: readonly string[],
  filter: AuditFilter = {},
): AsyncGenerator<ShownLine, void, undefined> {
  // The lines of an order share an id, and only some of them have its vt_orderid.
  const ids = new Set<string>();
  for (const file of files) {
    for await (const { bytes, line: number } of rawLines(file)) {
      const text = bytes.toString('utf8');
      const line = decodeLine(text);
      if (line === undefined) yield { unreadable: { file, line: number, text: text.slice(0, SHOWN) } };
      else if (matches(line, filter, ids)) yield { line };
    }
  }
}

/** The readable lines alone. */
export async function* auditLines(
  files: readonly string[],
  filter: AuditFilter = {},
): AsyncGenerator<AuditLine, void, undefined> {
  for await (const shown of showAudit(files, filter)) if ('line' in shown) yield shown.line;
}

function matches(line: AuditLine, filter: AuditFilter, ids: Set<string>): boolean {
  const { kind, principal, rule, outcome, symbol, order, day, since, until } = filter;
  const isFielded =
    (kind === undefined || line.kind === kind) &&
    (principal === undefined || line.principal === principal) &&
    (rule === undefined || line.rule === rule) &&
    (outcome === undefined || line.outcome === outcome) &&
    (symbol === undefined || line.vt_symbol === symbol);
  if (!isFielded) return false;
  if (day !== undefined && !line.time.startsWith(day) && line['day'] !== day) return false;
  if ((since !== undefined || until !== undefined) && !isWithin(Date.parse(line.time), since, until)) return false;
  return order === undefined || isOf(line, order, ids);
}

function isWithin(time: number, since = -Infinity, until = Infinity): boolean {
  return time >= since && time < until;
}

function isOf(line: AuditLine, order: string, ids: Set<string>): boolean {
  const { id } = line;
  const isNamed = id === order || line.vt_orderid === order || line['reference'] === order;
  if (isNamed && typeof id === 'string') ids.add(id);
  return isNamed || (typeof id === 'string' && ids.has(id));
}
