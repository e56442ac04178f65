/**
 * Subjects, and the patterns that stand for several: `*` for one token, a last `>` for one or more.
 *
 * @module
 */
import { ClusterTransportError } from '../errors.js';

/** Longer subjects are no subjects, in characters. The server's own limit is its longest line, 4,096. */
const LONGEST = 2048;

/** Whether it is a subject that can be published to: tokens that are not empty, without spaces and wildcards. */
export function isSubject(text: string): boolean {
  return text.length <= LONGEST && /^[^\s.*>]+(?:\.[^\s.*>]+)*$/.test(text);
}

/** Whether it can be subscribed to. A `*` or `>` inside of a token is no wildcard, and allowed to nobody here. */
export function isPattern(text: string): boolean {
  return text.length <= LONGEST && /^(?:(?:[^\s.*>]+|\*)\.)*(?:[^\s.*>]+|\*|>)$/.test(text);
}

/** @throws {@link ClusterTransportError} `FAILED` unless it can be published to. */
export function requireSubject(text: string): void {
  if (!isSubject(text)) throw new ClusterTransportError('FAILED', `${quoted(text)} is no subject: nothing has left`);
}

/** @throws {@link ClusterTransportError} `FAILED` unless it can be subscribed to. */
export function requirePattern(text: string): void {
  if (!isPattern(text)) throw new ClusterTransportError('FAILED', `${quoted(text)} is no subject, and no pattern`);
}

/** Whether a pattern stands for a subject. */
export function matches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const tokens = subject.split('.');
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return tokens.length > index;
    if (index >= tokens.length || (token !== '*' && token !== tokens[index])) return false;
  }
  return wanted.length === tokens.length;
}

/** Whether there is a subject that both stand for. */
export function overlap(left: string, right: string): boolean {
  const [ours, theirs] = [left.split('.'), right.split('.')];
  for (let index = 0; index < Math.max(ours.length, theirs.length); index++) {
    const [one, two] = [ours[index], theirs[index]];
    if (one === undefined || two === undefined) return false;
    if (one === '>' || two === '>') return true;
    if (one !== two && one !== '*' && two !== '*') return false;
  }
  return true;
}

/** Whether one pattern stands for all that another stands for. */
export function covers(wide: string, narrow: string): boolean {
  const [ours, theirs] = [wide.split('.'), narrow.split('.')];
  for (const [index, token] of ours.entries()) {
    const other = theirs[index];
    if (token === '>') return other !== undefined;
    if (other === undefined || other === '>' || (token !== '*' && token !== other)) return false;
  }
  return ours.length === theirs.length;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
