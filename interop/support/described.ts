/** A Python value as `python-fixtures/describe.py` reports it: with the Python type beside each value. */
export interface Described {
  /** `int`, `str`, `NoneType`, `vnpy.trader.object.TickData`, ... */
  readonly type: string;
  /** See the table in describe.py; an int beyond 2^53, `nan` and `inf` are text. */
  readonly value?: unknown;
  /** The name of an enum's member. */
  readonly name?: string;
  /** The attributes of an object, in the order of its `__dict__`. */
  readonly fields?: Readonly<Record<string, Described>>;
  /** `repr(tzinfo)` of a datetime or time; null when it is naive. */
  readonly tz?: string | null;
  readonly fold?: number;
  /** Of a value of any other type. */
  readonly repr?: string;
}

const SEQUENCES = new Set(['list', 'tuple', 'set', 'frozenset']);

/**
 * The value alone, for assertions where the Python types do not matter: objects and dicts become plain objects (dict keys
 * as text), sequences arrays, members of an enum their names.
 */
export function plain(described: Described): unknown {
  if (described.name !== undefined) return described.name;

  if (described.fields !== undefined)
    return Object.fromEntries(Object.entries(described.fields).map(([name, field]) => [name, plain(field)]));

  if (SEQUENCES.has(described.type)) return (described.value as Described[]).map(plain);

  if (described.type === 'dict') {
    const pairs = described.value as [Described, Described][];
    return Object.fromEntries(pairs.map(([key, value]) => [String(plain(key)), plain(value)]));
  }
  return described.repr ?? described.value;
}

/** A field of a described object; throws when it is not there. */
export function field(described: Described, name: string): Described {
  const found = described.fields?.[name];
  if (found === undefined) throw new Error(`${described.type} has no field ${name}: ${JSON.stringify(described)}`);

  return found;
}
