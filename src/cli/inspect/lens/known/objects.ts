/**
 * Instances: a class, and a dict for its attributes. vnpy's registered classes, and those of the standard library that
 * travel so.
 *
 * @module
 */
import type { CallNode, DictNode, GlobalNode, Node } from '../../machine/nodes.js';
import { integerOf, isBare, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';
import { dateutilZone } from './time.js';

/** An object as Python makes it without running its constructor. */
export interface Instance {
  readonly class: GlobalNode;
  /** Its attributes; undefined when there are none. */
  readonly state: DictNode | undefined;
  readonly names: Known['names'];
}

/** The class that a call makes an empty instance of: by NEWOBJ, or `copyreg._reconstructor` in protocols 0 and 1. */
function emptyInstance(call: CallNode, context: Context): Omit<Instance, 'state'> | undefined {
  if (call.args.kind !== 'tuple') return undefined;
  const { items } = call.args;
  if (call.how === 'NEWOBJ') {
    if (items.length > 0 || call.callable.kind !== 'global') return undefined;
    return { class: call.callable, names: [call.callable] };
  }
  if (call.how !== 'REDUCE' || context.nameOf(call.callable) !== 'copyreg._reconstructor') return undefined;
  const [type, base, state] = items;
  if (type?.kind !== 'global' || base?.kind !== 'global' || items.length !== 3) return undefined;
  const name = context.nameOf(base);
  const plain = name === 'builtins.object' && state?.kind === 'none';
  // dateutil's zones derive from tzinfo, whose own empty instance is their base state.
  const zone = name === 'datetime.tzinfo' && state !== undefined && context.known(state)?.type === 'datetime.tzinfo';
  return plain || zone ? { class: type, names: ownNames(call, type, base) } : undefined;
}

/** The instance that a call makes: an empty one, and then at most one dict of attributes, all with plain names. */
export function instanceOf(call: CallNode, context: Context): Instance | undefined {
  const empty = emptyInstance(call, context);
  if (empty === undefined || call.steps.length > 1) return undefined;
  const [step] = call.steps;
  if (step === undefined) return { class: empty.class, names: empty.names, state: undefined };
  if (step.kind !== 'state' || step.state.kind !== 'dict') return undefined;
  for (const key of step.state.keys) {
    // A dict goes into __dict__ without setattr; a name like __class__ has no business there all the same.
    // (A hole is where a damaged pickle breaks off.)
    if (key.kind === 'str' ? isSpecial(key.value) : key.kind !== 'hole') return undefined;
  }
  // Field by field: to spread an object takes ten times as long, and there is one for each object of a pickle.
  return { class: empty.class, names: empty.names, state: step.state };
}

function isSpecial(name: string): boolean {
  return name.charCodeAt(0) === UNDERSCORE && name.charCodeAt(1) === UNDERSCORE;
}

const UNDERSCORE = 0x5f;

function stateMap(state: DictNode | undefined): ReadonlyMap<string, Node> {
  const map = new Map<string, Node>();
  state?.keys.forEach((key, index) => {
    const value = state.values[index];
    if (key.kind === 'str' && value !== undefined) map.set(key.value, value);
  });
  return map;
}

/** `UUID` and dateutil's zones: instances of the standard library's kind. */
export function standardInstance(instance: Instance, context: Context): Known | undefined {
  const name = context.nameOf(instance.class) ?? '';
  const { state, names } = instance;
  if (name === 'uuid.UUID') {
    const value = stateMap(state).get('int');
    if (value?.kind !== 'int' || state?.keys.length !== 1) return undefined;
    const hex = value.value.toString(16).padStart(32, '0');
    const text = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    return { type: 'uuid.UUID', profile: 'data', text, names };
  }
  const zone = dateutilZone(name, stateMap(state), context);
  return zone === undefined ? undefined : { type: name.replace('.tz.tz.', '.tz.'), profile: 'data', text: zone, names };
}

/** `datetime.tzinfo()`: the empty base of dateutil's zones in protocols 0 and 1. */
const tzinfo: Recogniser = (call, args) =>
  call.how === 'REDUCE' && isBare(call) && args.length === 0
    ? { type: 'datetime.tzinfo', profile: 'data', text: 'tzinfo()', names: ownNames(call) }
    : undefined;

const SHOWN = 6;

/** `array.array('d', [1.5])` in protocols 0 to 2, `array._array_reconstructor(array, 'd', 16, bytes)` after. */
const array: Recogniser = (call, args, context) => {
  const base = context.nameOf(call.callable) === 'array.array';
  const [type, code, format, data] = base ? [call.callable, ...args] : args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== (base ? 2 : 4) || type === undefined) return undefined;
  if (code?.kind !== 'str' || code.value.length !== 1 || context.nameOf(type) !== 'array.array') return undefined;
  const names = ownNames(call, type);
  if (!base) {
    if (data?.kind !== 'bytes' || integerOf(format) === undefined) return undefined;
    return { type: 'array.array', profile: 'data', text: `array('${code.value}', ${data.value.length} bytes)`, names };
  }
  if (format?.kind !== 'list') return undefined;
  const shown = format.items
    .slice(0, SHOWN)
    .map((item) => (item.kind === 'int' || item.kind === 'float' ? item.value : '?'));
  const rest = format.items.length > SHOWN ? ', …' : '';
  return { type: 'array.array', profile: 'data', text: `array('${code.value}', [${shown.join(', ')}${rest}])`, names };
};

/** Recognisers by name. */
export const OBJECTS: Readonly<Record<string, Recogniser>> = {
  'datetime.tzinfo': tzinfo,
  'array.array': array,
  'array._array_reconstructor': array,
};
