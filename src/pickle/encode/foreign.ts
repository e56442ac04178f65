/**
 * Names and calls that a Python may not know: which of them are written.
 *
 * @module
 */
import { notPortable } from '../classes/builtins/definition.js';
import type { CompiledRegistry } from '../classes/compiled-registry.js';
import type { ForeignPolicy } from '../classes/options.js';
import { PyGlobal } from '../values/py-global.js';
import { PyObject } from '../values/py-object.js';
import { Tuple } from '../values/tuple.js';

/** Classes of the standard library that every Python has, and that a value may name: a defaultdict's factory. */
const EVERYWHERE: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    builtins:
      'bool bytearray bytes complex dict float frozenset int list object range set slice str tuple type Ellipsis ' +
      'NotImplemented',
    collections: 'Counter OrderedDict defaultdict deque',
    datetime: 'date datetime time timedelta timezone',
    decimal: 'Decimal',
    fractions: 'Fraction',
    uuid: 'UUID',
    zoneinfo: 'ZoneInfo',
  }).map(([module, names]) => [module, new Set(names.split(' '))]),
);

/** @throws PicklingError for a name that the policy does not let through. */
export function checkName(global: PyGlobal, policy: ForeignPolicy, registry: CompiledRegistry): void {
  const origin = PyGlobal.originOf(global);
  if (origin === 'codec' || (origin === 'decoded' && policy === 'decoded')) return;
  const { module, qualname } = global;
  if (EVERYWHERE.get(module)?.has(qualname) === true || registry.isRegistered(module, qualname)) return;
  throw notPortable(`${global.fullName} is known to some Pythons only, and not registered`);
}

/** @throws PicklingError for a call that the policy does not let through. */
export function checkCall(object: PyObject, policy: ForeignPolicy, registry: CompiledRegistry): void {
  const origin = PyObject.originOf(object);
  if (origin === 'codec' || (origin === 'decoded' && policy === 'decoded')) return;
  if (origin === 'decoded' && isMember(object, registry)) return;
  const name = object.class instanceof PyGlobal ? object.class.fullName : 'a class';
  throw notPortable(`A call of ${name}, which is not registered, may raise an exception in Python`);
}

/** Whether it is a member of a registered enum, by value or by name, that this side does not know: a mere lookup. */
function isMember({ class: callable, args, steps, construction }: PyObject, registry: CompiledRegistry): boolean {
  if (!(callable instanceof PyGlobal) || construction === 'new' || steps.length > 0) return false;
  const [first, name] = args;
  const [type, member] = callable.fullName === 'builtins.getattr' ? [first, name] : [callable, first];
  if (!(type instanceof PyGlobal) || args.length !== (type === callable ? 1 : 2)) return false;
  const isEnum = registry.entryOf(type)?.kind === 'enum';
  return isEnum && (typeof member === 'string' || (type === callable && typeof member === 'number'));
}

/** Adds a callable to a set, and the names and calls that it is made of: `getattr(Class, name)`, `partial(function, ...)`. */
export function notePartsOf(callable: unknown, parts: Set<object>): void {
  const left = [callable];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part !== 'object' || part === null || parts.has(part)) continue;
    if (part instanceof PyGlobal) {
      parts.add(part);
    } else if (part instanceof PyObject) {
      parts.add(part);
      left.push(part.class, part.args);
      for (const step of part.steps) if (step.kind === 'state') left.push(step.state);
    } else if (part instanceof Tuple) {
      parts.add(part);
      for (const item of part as Tuple) left.push(item);
    }
  }
}
