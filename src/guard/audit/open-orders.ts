/**
 * Which orders were let through and have no known end: after a crash, what the guard has to ask the server about.
 *
 * @module
 */
import type { AuditLine } from './entry.js';

/** Follows the lines of an audit. */
export interface OpenOrders {
  take(line: AuditLine): void;
  /** Ids of those without a known end, oldest first. */
  ids(): readonly string[];
  /** Their `decided` lines. */
  lines(): readonly AuditLine[];
}

const MOST = 1000;
const END_KINDS = new Set(['result', 'withdrawn', 'reconciled', 'released']);

/**
 * Begins with none.
 *
 * @param most - no more are kept; the newest are, because old ones were asked about.
 */
export function openOrders(most = MOST): OpenOrders {
  const open = new Map<string, AuditLine>();
  return {
    take: (line) => {
      const { kind, id, outcome } = line;
      if (typeof id !== 'string') return;
      if (kind === 'decided' && outcome === 'passed' && line.function !== 'cancel_order') {
        open.set(id, line);
        const [oldest] = open.keys();
        if (open.size > most && oldest !== undefined) open.delete(oldest);
      }
      if (END_KINDS.has(kind) && outcome !== 'unknown') open.delete(id);
    },
    ids: () => [...open.keys()],
    lines: () => [...open.values()],
  };
}
