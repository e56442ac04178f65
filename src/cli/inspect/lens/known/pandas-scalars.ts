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
import { zoneOf } from './pandas-dtypes.js';
import { frequencyOf, periodCell } from './pandas-offsets.js';
import { intervalText, SIDES } from './pandas-names.js';
import { floatText, numberText } from '../numbers.js';
import { textOf } from '../../machine/nodes.js';

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

/** `Period(None, MonthEnd(1), 672)`: so many of them since 1970. */
const period: Recogniser = (call, args, context) => {
  const [none, offset, number] = args;
  const ordinal = bigOf(number);
  const frequency = frequencyOf(offset, context);
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 3 || none?.kind !== 'none') return undefined;
  if (ordinal === undefined || frequency === undefined) return undefined;
  return single('pandas.Period', periodCell(ordinal, frequency), ownNames(call));
};

/** A number, a time or a span: what an interval can lie between. */
function boundText(node: Node | undefined, context: Context): string | undefined {
  if (node?.kind === 'int') return numberText(node.value);
  if (node?.kind === 'float') return floatText(node.value);
  const known = node === undefined ? undefined : context.known(node);
  return known !== undefined && /^(?:pandas\.Time(?:stamp|delta)|numpy\.u?(?:int|float)\d+)$/.test(known.type)
    ? known.text
    : undefined;
}

/** `Interval(0, 1, 'right')`. */
const interval: Recogniser = (call, args, context) => {
  const [left, right] = args.map((arg) => boundText(arg, context));
  const closed = textOf(args[2]);
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 3 || left === undefined || right === undefined)
    return undefined;
  if (closed === undefined || !SIDES.has(closed)) return undefined;
  return single('pandas.Interval', { written: intervalText(left, right, closed) }, ownNames(call));
};

/** Recognisers by name. */
export const PANDAS_SCALARS: Readonly<Record<string, Recogniser>> = {
  'pandas._libs.tslibs.timestamps._unpickle_timestamp': timestamp,
  'pandas._libs.tslibs.timestamps.Timestamp': timestamp,
  'pandas._libs.tslibs.timedeltas._timedelta_unpickle': timedelta,
  'pandas._libs.tslibs.timedeltas.Timedelta': timedelta,
  'pandas._libs.tslibs.nattype._nat_unpickle': notATime,
  'pandas._libs.tslibs.nattype.__nat_unpickle': notATime,
  'pandas.Period': period,
  'pandas._libs.tslibs.period.Period': period,
  'pandas._libs.period.Period': period,
  'pandas.Interval': interval,
  'pandas._libs.interval.Interval': interval,
};
