/**
 * What the commands about an audit say, in English: the shape that every other language has to fill.
 *
 * @module
 */
import type { AuditVerdict } from '../../../guard/internal.js';

const results: Readonly<Record<AuditVerdict['result'], string>> = {
  ok: 'ok',
  broken: 'broken',
  unreadable: 'unreadable',
};

/** Sentences by what they say. */
export const audit = {
  /** What the library says, which has no other key than its words. */
  said: (text: string): string => text,
  /** A word of a line: its kind, an outcome, a direction. */
  word: (word: string): string => word,
  notALine: (place: string, bytes: string): string => `${place}: no line of an audit: ${bytes}`,

  // --- verify
  results,
  verdict: (result: string, what: string): string => `${result}: ${what}`,
  at: (file: string, line: number, byte: number): string => ` (${file}:${line}, byte ${byte})`,
  rows: {
    checked: 'checked',
    complete: 'complete',
    torn: 'torn',
    unflushed: 'unflushed',
    unanswered: 'unanswered',
    unknown: 'unknown',
    differs: 'differs',
    notThere: 'not there',
    foreign: 'foreign',
    refused: 'refused',
  },
  checked: (what: string, lines: number): string => `${what}, ${lines} lines`,
  complete: (line: number, time: string): string => `up to line ${line}, ${time}`,
  torn: (lines: number): string => `${lines} lines that a crash left half are kept`,
  unflushed: (gaps: number): string => `${gaps} gaps of lines that nothing waited for`,
  unanswered: (orders: number, ids: string): string => `${orders} orders have no result: ${ids}`,

  // --- report
  alike: (day: string, orders: number): string => `${day}: ${orders} orders alike`,
  differs: (order: string, fields: string): string => `${order}: ${fields}`,
  refusedBy: (count: number, rule: string): string => `${count} by ${rule}`,
};

/** What every language has to say. */
export type AuditTexts = typeof audit;
