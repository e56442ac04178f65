/**
 * Offsets of IANA time zones, from the rules that the JavaScript engine brings with it.
 *
 * @module
 */

const HOUR = 3_600_000;

/** Instants (ms) over which an offset is known to hold. */
interface Span {
  readonly from: number;
  readonly to: number;
  /** Milliseconds. */
  readonly offset: number;
}

interface Rules {
  readonly format: Intl.DateTimeFormat;
  /** Those that were looked up last. */
  readonly spans: Span[];
}

/** A wall-clock time looks at three instants, a day apart: they must not push each other out. */
const MAX_SPANS = 6;

// Making an Intl.DateTimeFormat takes far longer than using it, and a feed names the same zone in every message. Keys
// that Intl refuses never get in, so the number of zones that exist bounds this.
const rulesByKey = new Map<string, Rules>();

function rulesOf(key: string): Rules {
  let rules = rulesByKey.get(key);
  if (rules === undefined) {
    try {
      const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
        timeZone: key,
        hourCycle: 'h23',
        era: 'short',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
      rules = { format, spans: [] };
    } catch (cause) {
      throw new RangeError(`The time zone ${JSON.stringify(key)} is not known here`, { cause });
    }
    if (rulesByKey.size < MAX_ZONES) rulesByKey.set(key, rules);
  }
  return rules;
}

/** More than the IANA database has. Intl ignores case in keys, so without a bound spellings of one zone could pile up. */
const MAX_ZONES = 1000;

function offsetAtMs(rules: Rules, instant: number): number {
  const { format, spans } = rules;
  for (const span of spans) if (instant >= span.from && instant <= span.to) return span.offset;
  const offset = lookUp(format, instant);
  // No zone changes twice within these hours, so equal ends mean one offset in between.
  const from = instant - 6 * HOUR;
  const to = instant + 6 * HOUR;
  if (lookUp(format, from) === offset && lookUp(format, to) === offset) {
    if (spans.length >= MAX_SPANS) spans.pop();
    spans.unshift({ from, to, offset });
  }
  return offset;
}

function lookUp(format: Intl.DateTimeFormat, instant: number): number {
  const parts: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(instant)) parts[type] = value;
  const { era, year, month, day, hour, minute, second } = parts;
  const wall = new Date(0);
  wall.setUTCFullYear(era === 'BC' ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  wall.setUTCHours(Number(hour), Number(minute), Number(second));
  return wall.getTime() - Math.floor(instant / 1000) * 1000;
}

/** The offset of a zone at an instant; both in microseconds. @throws RangeError for an unknown zone. */
export function offsetOfInstant(key: string, instant: bigint): bigint {
  return BigInt(offsetAtMs(rulesOf(key), floorToMs(instant))) * 1000n;
}

/**
 * The offset of a zone at a wall-clock time; both in microseconds. It is as in Python (PEP 495). Of two offsets that are both
 * right, fold 0 takes the earlier instant. In a gap, fold 0 takes the offset from before it.
 *
 * @throws RangeError for an unknown zone.
 */
export function offsetOfWallTime(key: string, wall: bigint, fold: number): bigint {
  const rules = rulesOf(key);
  const local = floorToMs(wall);
  const before = offsetAtMs(rules, local - 24 * HOUR);
  const after = offsetAtMs(rules, local + 24 * HOUR);
  if (before === after && offsetAtMs(rules, local - before) === before) return BigInt(before) * 1000n;
  const candidates = [before, after].filter((offset) => offsetAtMs(rules, local - offset) === offset);
  const [first, second] = candidates;
  if (first !== undefined && second === undefined) return BigInt(first) * 1000n;
  return BigInt(fold === 0 ? before : after) * 1000n;
}

function floorToMs(microseconds: bigint): number {
  const ms = microseconds / 1000n;
  return Number(microseconds % 1000n < 0n ? ms - 1n : ms);
}
