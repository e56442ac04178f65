/**
 * What pandas counts time in: offsets as `Minute(1)`, and periods, which are a number of them since 1970.
 *
 * @module
 */
import { entryOf } from '../../machine/nodes.js';
import type { Node } from '../../machine/nodes.js';
import { timeCell } from '../cells.js';
import type { Cell } from '../cells.js';
import { integerOf, isBare, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';
import { instanceOf } from './objects.js';
import { hasOnly, isCache, lastPart } from './pandas-names.js';

interface KnownOffset extends Known {
  /** The letters of it: `5min`, `Q-DEC`; undefined where it has none here. */
  readonly frequency: string | undefined;
}

const OFFSETS = [
  ...['Nano', 'Micro', 'Milli', 'Second', 'Minute', 'Hour', 'Day', 'Week', 'BusinessDay'],
  ...['MonthEnd', 'MonthBegin', 'BusinessMonthEnd', 'BusinessMonthBegin'],
  ...['QuarterEnd', 'QuarterBegin', 'BQuarterEnd', 'BQuarterBegin', 'YearEnd', 'YearBegin', 'BYearEnd', 'BYearBegin'],
];

const LETTERS: Readonly<Record<string, string>> = {
  Nano: 'ns',
  Micro: 'us',
  Milli: 'ms',
  Second: 's',
  Minute: 'min',
  Hour: 'h',
  Day: 'D',
  Week: 'W',
  BusinessDay: 'B',
  MonthEnd: 'M',
  QuarterEnd: 'Q',
  YearEnd: 'Y',
};

const WEEKDAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

function isPlain(node: Node, context: Context): boolean {
  return node.kind === 'none' || integerOf(node) !== undefined || context.known(node)?.type === 'datetime.timedelta';
}

function countText(name: string, n: Node | undefined): string {
  const count = integerOf(n);
  return count === undefined || count === 1 ? name : `${count} × ${name}`;
}

/** The letters of an offset. `anchor` is the weekday of a week, or the month in which a quarter or year ends. */
function lettersOf(name: string, n: Node | undefined, anchor: Node | undefined): string | undefined {
  const letters = LETTERS[name];
  if (letters === undefined) return undefined;
  const place = integerOf(anchor);
  const suffixes = name === 'Week' ? WEEKDAYS : /^(?:Quarter|Year)End$/.test(name) ? MONTHS : undefined;
  const suffix = suffixes?.[(place ?? 12) - (name === 'Week' ? 0 : 1)];
  const count = integerOf(n) ?? 1;
  return `${count === 1 ? '' : count}${letters}${suffix === undefined ? '' : `-${suffix}`}`;
}

const OFFSET_STATE = new Set([
  ...['n', 'normalize', '_cache', 'weekday', 'startingMonth', 'month', 'kwds', '_offset', 'offset'],
]);

/** `Minute(1, False)`; up to 1.0 an instance with `n` and `normalize`. */
const offset: Recogniser = (call, args, context): KnownOffset | undefined => {
  const name = lastPart(context.nameOf(call.callable) ?? '');
  const base = { type: 'pandas offset', profile: 'pandas' as const };
  if (call.how === 'REDUCE') {
    if (!isBare(call) || args.length > 4 || !args.every((arg) => isPlain(arg, context))) return undefined;
    const frequency = lettersOf(name, args[0], args[2]);
    return { ...base, text: countText(name, args[0]), names: ownNames(call), frequency };
  }
  const made = instanceOf(call, context);
  if (made?.state === undefined || !hasOnly(made.state, OFFSET_STATE)) return undefined;
  if (!isCache(entryOf(made.state, '_cache'), context)) return undefined;
  const plain = made.state.keys.every((key, at) => {
    const value = made.state?.values[at];
    if (key.kind !== 'str' || value === undefined) return false;
    return key.value === '_cache' || isPlain(value, context) || (value.kind === 'dict' && value.keys.length === 0);
  });
  if (!plain) return undefined;
  const n = entryOf(made.state, 'n');
  const anchor = ['weekday', 'startingMonth', 'month'].map((key) => entryOf(made.state, key)).find((node) => node);
  return { ...base, text: countText(name, n), names: made.names, frequency: lettersOf(name, n, anchor) };
};

/** The letters of an offset; its name where it has none here. */
export function frequencyOf(node: Node | undefined, context: Context): string | undefined {
  const known = node === undefined ? undefined : context.known(node);
  if (known?.type !== 'pandas offset') return undefined;
  return (known as KnownOffset).frequency ?? known.text;
}

/** `5min`, `Q-DEC`: a number, letters, and an anchor. */
const FREQUENCY = /^\d*([A-Za-z]+)(?:-([A-Z]{3}))?$/;

/** What NumPy calls the unit of a frequency, of those that a clock has. Up to 2.1 pandas has capitals. */
const UNITS: Readonly<Record<string, string>> = {
  ...{ h: 'h', H: 'h', min: 'm', T: 'm', s: 's', S: 's', ms: 'ms', L: 'ms', us: 'us', U: 'us', ns: 'ns', N: 'ns' },
};

const NO_TIME = -(2n ** 63n);

function floorDivided(value: bigint, by: bigint): readonly [quotient: bigint, rest: bigint] {
  const rest = ((value % by) + by) % by;
  return [(value - rest) / by, rest];
}

/** The first and the last day of the week of this number: the week that ends on a weekday. */
function weekText(ordinal: bigint, anchor: string | undefined): string {
  const end = ordinal * 7n - 4n + BigInt((WEEKDAYS.indexOf(anchor ?? 'SUN') + 1) % 7);
  return `${dayText(end - 6n)}/${dayText(end)}`;
}

function dayText(days: bigint): string {
  const cell = timeCell(days, 'D');
  return typeof cell === 'object' && 'written' in cell ? cell.written : String(days);
}

/** A period: `2026-01`, `2026Q1`, `2026-01-05/2026-01-11`, `2026-01-05T09:30`, as pandas writes it with a `T`. */
export function periodCell(ordinal: bigint, frequency: string): Cell {
  if (ordinal === NO_TIME) return { missing: 'NaT' };
  const [, letters = '', anchor] = FREQUENCY.exec(frequency) ?? [];
  const unit = UNITS[letters];
  if (unit !== undefined) {
    const cell = timeCell(ordinal, unit);
    const isCoarse = unit === 'h' || unit === 'm';
    return isCoarse && typeof cell === 'object' && 'written' in cell
      ? { written: cell.written.replace(/(T\d\d:\d\d):00$/, '$1') }
      : cell;
  }
  switch (letters) {
    case 'Y':
    case 'A':
      return timeCell(ordinal, 'Y');
    case 'Q': {
      const [years, quarter] = floorDivided(ordinal, 4n);
      return { written: `${1970n + years}Q${quarter + 1n}` };
    }
    case 'M':
    case 'D':
      return timeCell(ordinal, letters);
    case 'W':
      return { written: weekText(ordinal, anchor) };
    case 'B': {
      // Five days a week, counted from the Thursday on which 1970 began.
      const [weeks, day] = floorDivided(ordinal + 3n, 5n);
      return { written: dayText(weeks * 7n + day - 3n) };
    }
    default:
      return { written: `${ordinal} ${frequency}` };
  }
}

/** Recognisers by name. */
export const PANDAS_OFFSETS: Readonly<Record<string, Recogniser>> = Object.fromEntries(
  ['pandas._libs.tslibs.offsets', 'pandas.tseries.offsets'].flatMap((module) =>
    OFFSETS.map((name) => [`${module}.${name}`, offset]),
  ),
);
