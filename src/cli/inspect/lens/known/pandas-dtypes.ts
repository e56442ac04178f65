/**
 * pandas' own types of columns.
 *
 * @module
 */
import { entryOf, textOf } from '../../machine/nodes.js';
import type { Node } from '../../machine/nodes.js';
import type { DateUnit } from './numpy-dtypes.js';
import type { Values, Zone } from '../cells.js';
import { isBare, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';
import { arrowTypeOf } from './arrow-types.js';
import { instanceOf } from './objects.js';
import { frequencyOf } from './pandas-offsets.js';
import {
  ARROW_DTYPES,
  CATEGORY_TYPES,
  classesInCache,
  firstOf,
  INTERVAL_TYPES,
  hasOnly,
  isCache,
  lastPart,
  MASKED_TYPES,
  PANDAS_CONSTANTS,
  PERIOD_TYPES,
  TEXT_TYPES,
  ZONED,
  SIDES,
} from './pandas-names.js';

/** What a type of pandas says about the memory of its arrays. */
export type ColumnType =
  | { readonly kind: 'zoned'; readonly name: string; readonly unit: DateUnit; readonly zone: Zone }
  | { readonly kind: 'category'; readonly name: string; readonly categories: Values }
  | { readonly kind: 'period'; readonly name: string; readonly frequency: string }
  | { readonly kind: 'interval'; readonly name: string; readonly closed: string }
  | { readonly kind: 'text'; readonly name: string }
  | { readonly kind: 'masked'; readonly name: string }
  /** `arrow` is Arrow's name of it. */
  | { readonly kind: 'arrow'; readonly name: string; readonly arrow: string };

interface KnownType extends Known {
  readonly columnType: ColumnType;
}

/** The type that a node stands for. */
export function columnTypeOf(node: Node | undefined, context: Context): ColumnType | undefined {
  const known = node === undefined ? undefined : context.known(node);
  return known !== undefined && 'columnType' in known ? (known as KnownType).columnType : undefined;
}

function typed(type: string, columnType: ColumnType, names: Known['names']): KnownType {
  return { type, profile: 'pandas', text: columnType.name, names, columnType };
}

/** Where the clock of a known zone stands. */
export function zoneOf(node: Node | undefined, context: Context): Zone | undefined {
  const known = node === undefined ? undefined : context.known(node);
  if (
    known?.text === undefined ||
    !/^(?:datetime\.timezone|zoneinfo\.ZoneInfo|pytz|dateutil\.tz\.\w+)$/.test(known.type)
  )
    return undefined;
  if (known.text === 'UTC') return { key: 'UTC', offset: '+00:00' };
  const offset = /^UTC([+-]\d\d:\d\d(?::\d\d)?)/.exec(known.text)?.[1];
  // Of pytz's zones the offset belongs to the instance that was pickled: `Asia/Shanghai +08:06`.
  return offset === undefined ? { key: known.text.replace(/ .*$/, ''), offset: undefined } : { key: undefined, offset };
}

const ZONED_STATE = new Set(['unit', 'tz']);

const zoned: Recogniser = (call, _args, context) => {
  const instance = instanceOf(call, context);
  if (instance?.state === undefined || !hasOnly(instance.state, ZONED_STATE)) return undefined;
  const unit = textOf(entryOf(instance.state, 'unit'));
  const zone = zoneOf(entryOf(instance.state, 'tz'), context);
  if (zone === undefined || unit === undefined || !/^(?:s|ms|us|ns)$/.test(unit)) return undefined;
  const name = `datetime64[${unit}, ${zone.key ?? `UTC${zone.offset ?? ''}`}]`;
  return typed('pandas.DatetimeTZDtype', { kind: 'zoned', name, unit: { name: unit, step: 1 }, zone }, instance.names);
};

const CATEGORY_STATE = new Set(['categories', 'ordered', '_ordered_from_sentinel']);

const category: Recogniser = (call, _args, context) => {
  const instance = instanceOf(call, context);
  if (instance?.state === undefined || !hasOnly(instance.state, CATEGORY_STATE)) return undefined;
  const categories = entryOf(instance.state, 'categories');
  const ordered = entryOf(instance.state, 'ordered');
  const values = categories === undefined ? undefined : context.known(categories)?.values;
  if (values === undefined || (ordered?.kind !== 'bool' && ordered?.kind !== 'none')) return undefined;
  return typed('pandas.CategoricalDtype', { kind: 'category', name: 'category', categories: values }, instance.names);
};

const FREQUENCY = /^(?:period|Period)\[([A-Za-z0-9-]{1,16})\]$/;
const PERIOD_STATE = new Set(['freq', '_cache']);

/** `PeriodDtype('period[M]')`, before 1.x an instance with its offset. */
const period: Recogniser = (call, args, context) => {
  const text = textOf(args[0]);
  const given = text === undefined ? undefined : FREQUENCY.exec(text)?.[1];
  if (call.how === 'REDUCE' && isBare(call) && args.length === 1 && given !== undefined)
    return typed('pandas.PeriodDtype', periodType(given), ownNames(call));
  const [first, ...more] = args;
  const frequency = first === undefined ? undefined : frequencyOf(first, context);
  if (call.how === 'REDUCE' && isBare(call) && more.length === 0 && frequency !== undefined)
    return typed('pandas.PeriodDtype', periodType(frequency), ownNames(call));
  const instance = instanceOf(call, context);
  const offset = entryOf(instance?.state, 'freq');
  const own = offset === undefined ? undefined : frequencyOf(offset, context);
  if (instance === undefined || own === undefined || !hasOnly(instance.state, PERIOD_STATE)) return undefined;
  if (!isCache(entryOf(instance.state, '_cache'), context)) return undefined;
  return typed('pandas.PeriodDtype', periodType(own), instance.names);
};

function periodType(frequency: string): ColumnType {
  return { kind: 'period', name: `period[${frequency}]`, frequency };
}

/** `StringDtype('pyarrow', nan)`, in 1.x an instance with `storage`. */
const text: Recogniser = (call, args, context) => {
  const [storage, missing] = args;
  if (call.how === 'REDUCE' && isBare(call) && args.length >= 1 && args.length <= 2) {
    if (storage?.kind !== 'str' || !/^(?:python|pyarrow|pyarrow_numpy)$/.test(storage.value)) return undefined;
    const isName = missing?.kind === 'global' && PANDAS_CONSTANTS[context.nameOf(missing) ?? ''] !== undefined;
    if (missing !== undefined && missing.kind !== 'float' && !isName) return undefined;
    const names = missing?.kind === 'global' ? ownNames(call, missing) : ownNames(call);
    return typed('pandas.StringDtype', { kind: 'text', name: missing?.kind === 'float' ? 'str' : 'string' }, names);
  }
  const instance = instanceOf(call, context);
  if (instance === undefined || (instance.state !== undefined && !hasOnly(instance.state, new Set(['storage']))))
    return undefined;
  return typed('pandas.StringDtype', { kind: 'text', name: 'string' }, instance.names);
};

const INTERVAL_STATE = new Set(['subtype', 'closed']);

const interval: Recogniser = (call, _args, context) => {
  const instance = instanceOf(call, context);
  if (instance?.state === undefined || !hasOnly(instance.state, INTERVAL_STATE)) return undefined;
  const closed = textOf(entryOf(instance.state, 'closed'));
  const subtype = entryOf(instance.state, 'subtype');
  if (closed === undefined || !SIDES.has(closed)) return undefined;
  if (subtype === undefined || context.known(subtype) === undefined) return undefined;
  return typed('pandas.IntervalDtype', { kind: 'interval', name: 'interval', closed }, instance.names);
};

const MASKED_STATE = new Set(['_cache']);

/** `Int64Dtype()`: numbers with a mask. */
const masked: Recogniser = (call, _args, context) => {
  const instance = instanceOf(call, context);
  if (instance === undefined) return undefined;
  const { state, names } = instance;
  if (state !== undefined && (!hasOnly(state, MASKED_STATE) || !isCache(entryOf(state, '_cache'), context)))
    return undefined;
  const name = lastPart(context.nameOf(instance.class) ?? '').replace(/Dtype$/, '');
  return typed(`pandas.${name}Dtype`, { kind: 'masked', name: name === 'Boolean' ? 'boolean' : name }, names);
};

const ARROW_STATE = new Set(['storage', '_storage', 'pyarrow_dtype', '_cache']);

/** `ArrowDtype(int64)`. */
const arrow: Recogniser = (call, _args, context) => {
  const instance = instanceOf(call, context);
  if (instance?.state === undefined || !hasOnly(instance.state, ARROW_STATE)) return undefined;
  const storage = textOf(firstOf(instance.state, '_storage', 'storage'));
  const type = arrowTypeOf(entryOf(instance.state, 'pyarrow_dtype'), context);
  const classes = classesInCache(entryOf(instance.state, '_cache'), context);
  if (storage !== 'pyarrow' || type === undefined || classes === undefined) return undefined;
  const columnType = { kind: 'arrow' as const, name: `${type.name}[pyarrow]`, arrow: type.name };
  return typed('pandas.ArrowDtype', columnType, [...instance.names, ...classes]);
};

function all(names: ReadonlySet<string>, recogniser: Recogniser): Record<string, Recogniser> {
  return Object.fromEntries([...names].map((name) => [name, recogniser]));
}

/** Recognisers by name. */
export const PANDAS_TYPES: Readonly<Record<string, Recogniser>> = {
  ...all(ZONED, zoned),
  ...all(CATEGORY_TYPES, category),
  ...all(PERIOD_TYPES, period),
  ...all(INTERVAL_TYPES, interval),
  ...all(TEXT_TYPES, text),
  ...all(MASKED_TYPES, masked),
  ...all(ARROW_DTYPES, arrow),
};
