/**
 * What a pickle does that its value does not show: calls whose results it throws away, and attributes that it writes into
 * what it imports. A value that is written down lacks them.
 *
 * @module
 */
import type { ViewTexts } from '../../lang/en/views.js';
import type { Analysis } from '../machine/analyse.js';
import { allNodes } from './walk.js';

const SHOWN = 3;

/** Each as a phrase, in the order of the bytes; none for what is all in the value. */
export function lostBy({ value, facts }: Analysis): string[] {
  const writes = facts.writes.map(({ at }) => `what BUILD at byte ${at} writes into an imported name`);
  if (facts.dropped.length === 0) return writes;
  const kept = new Set(allNodes(value));
  const calls = facts.calls.filter((call) => !kept.has(call));
  return [...calls.map(({ how, at }) => `the call of ${how} at byte ${at}`), ...writes];
}

/** The phrases as one. */
export function lostText(lost: readonly string[], words: ViewTexts): string {
  return words.lacks(lost.slice(0, SHOWN), lost.length - SHOWN);
}
