/**
 * Single values of pandas: times, spans, and what counts from one time to the next.
 *
 * @module
 */
import { spanCell, timeCell } from '../cells.js';
import type { Cell } from '../cells.js';
import { integerOf, isBare, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';
import type { Node } from '../../machine/nodes.js';
import { instanceOf } from './objects.js';
import { zoneOf } from './pandas-dtypes.js';
import { hasOnly, isCache, lastPart } from './pandas-names.js';
import { entryOf } from '../../machine/nodes.js';

/** Units by pandas' number for them (`NPY_DATETIMEUNIT`). */
const UNITS: Readonly<Record<number, string>> = { 7: 's', 8: 'ms', 9: 'us', 10: 'ns' };

function bigOf(node: Node | undefined): bigint | undefined {
  if (node?.kind !== 'int') return undefined;
  const value = BigInt(node.value);
  return value < 2n ** 63n && value >= -(2n ** 63n) ? value : undefined;
}

function single(type: string, cell: Cell, names: Known['names']): Known {
  const text = typeof cell === 'object' && 'written' in cell ? cell.written : 'NaT';
  return text === 'NaT'
    ? { type, profile: 'pandas', text, plain: null, names }
    : { type, profile: 'pandas', text, names };
}

/** `_unpickle_timestamp(value, freq, tz, unit)`; before 1.x `Timestamp(value, freq, tz)`. */
const timestamp: Recogniser = (call, args, context) => {
  const [valueNode, freq, tz, unitNode] = args;
  const value = bigOf(valueNode);
  if (call.how !== 'REDUCE' || !isBare(call) || args.length < 3 || args.length > 4 || value === undefined)
    return undefined;
  if (freq?.kind !== 'none' && context.known(freq as Node)?.type !== 'pandas offset') return undefined;
  const unit = unitNode === undefined ? 'ns' : UNITS[integerOf(unitNode) ?? 0];
  const zone = tz?.kind === 'none' ? undefined : zoneOf(tz, context);
  if (unit === undefined || (tz?.kind !== 'none' && zone === undefined)) return undefined;
  return single('pandas.Timestamp', timeCell(value, unit, 1, zone), ownNames(call));
};

/** `_timedelta_unpickle(value, unit)`; before 1.x `Timedelta(value)` or an instance. */
const timedelta: Recogniser = (call, args) => {
  const value = bigOf(args[0]);
  const unit = args[1] === undefined ? 'ns' : UNITS[integerOf(args[1]) ?? 0];
  if (call.how !== 'REDUCE' || !isBare(call) || args.length < 1 || args.length > 2) return undefined;
  if (value === undefined || unit === undefined) return undefined;
  return single('pandas.Timedelta', spanCell(value, unit), ownNames(call));
};

/** `_nat_unpickle(None)`. */
const notATime: Recogniser = (call, args) =>
  call.how === 'REDUCE' && isBare(call) && args.length === 1 && args[0]?.kind === 'none'
    ? single('pandas.NaT', { missing: 'NaT' }, ownNames(call))
    : undefined;

const OFFSETS = [
  ...['Nano', 'Micro', 'Milli', 'Second', 'Minute', 'Hour', 'Day', 'Week', 'BusinessDay'],
  ...['MonthEnd', 'MonthBegin', 'BusinessMonthEnd', 'BusinessMonthBegin'],
  ...['QuarterEnd', 'QuarterBegin', 'BQuarterEnd', 'BQuarterBegin', 'YearEnd', 'YearBegin', 'BYearEnd', 'BYearBegin'],
];

function isPlain(node: Node, context: Context): boolean {
  return node.kind === 'none' || integerOf(node) !== undefined || context.known(node)?.type === 'datetime.timedelta';
}

function countText(name: string, n: Node | undefined): string {
  const count = integerOf(n);
  return count === undefined || count === 1 ? name : `${count} × ${name}`;
}

const OFFSET_STATE = new Set([
  'n',
  'normalize',
  '_cache',
  'weekday',
  'startingMonth',
  'month',
  'kwds',
  '_offset',
  'offset',
]);

/** `Minute(1, False)`; up to 1.0 an instance with `n` and `normalize`. */
const offset: Recogniser = (call, args, context) => {
  const name = lastPart(context.nameOf(call.callable) ?? '');
  if (call.how === 'REDUCE') {
    if (!isBare(call) || args.length > 4 || !args.every((arg) => isPlain(arg, context))) return undefined;
    return { type: 'pandas offset', profile: 'pandas', text: countText(name, args[0]), names: ownNames(call) };
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
  const text = countText(name, entryOf(made.state, 'n'));
  return { type: 'pandas offset', profile: 'pandas', text, names: made.names };
};

/** Recognisers by name. */
export const PANDAS_SCALARS: Readonly<Record<string, Recogniser>> = {
  'pandas._libs.tslibs.timestamps._unpickle_timestamp': timestamp,
  'pandas._libs.tslibs.timestamps.Timestamp': timestamp,
  'pandas._libs.tslibs.timedeltas._timedelta_unpickle': timedelta,
  'pandas._libs.tslibs.timedeltas.Timedelta': timedelta,
  'pandas._libs.tslibs.nattype._nat_unpickle': notATime,
  'pandas._libs.tslibs.nattype.__nat_unpickle': notATime,
  ...Object.fromEntries(
    ['pandas._libs.tslibs.offsets', 'pandas.tseries.offsets'].flatMap((module) =>
      OFFSETS.map((name) => [`${module}.${name}`, offset]),
    ),
  ),
};
