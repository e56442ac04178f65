/**
 * The call that CPython writes before protocol 4, where there is no NEWOBJ_EX:
 * `functools.partial(cls.__new__, cls, *args, **kwargs)()` (`save_reduce` of Modules/_pickle.c).
 *
 * @module
 */
import { PyDict } from '../values/py-dict.js';
import { PyGlobal } from '../values/py-global.js';
import { PyObject } from '../values/py-object.js';
import { Tuple, tupleFrom } from '../values/tuple.js';

/** What an inert object is made of: the parts of a {@link PyObject}. */
export type CallParts = Pick<PyObject, 'class' | 'args' | 'kwargs' | 'argsFrom' | 'kwargsFrom' | 'construction'>;

/** What the call of such a partial stands for: `cls.__new__(cls, *args, **kwargs)`. Undefined for all other objects. */
export function newByPartial(object: PyObject): CallParts | undefined {
  const { class: partial, args: none } = object;
  if (
    none.length > 0 ||
    object.argsFrom !== undefined ||
    object.construction !== 'call' ||
    !isCallOf(partial, 'functools', 'partial')
  )
    return undefined;
  const [step] = partial.steps;
  if (step?.kind !== 'state' || partial.steps.length > 1) return undefined;
  if (!(step.state instanceof Tuple) || step.state.length !== 4) return undefined;
  const [constructor, bound, kwargs, attributes] = step.state as unknown[];
  if (!isCallOf(constructor, 'builtins', 'getattr') || constructor !== partial.args[0]) return undefined;
  if (!(bound instanceof Tuple) || attributes !== null || !isKeywords(kwargs)) return undefined;
  const [type, ...args] = bound as unknown[];
  const [owner, name] = constructor.args;
  // The two stand for one class, though CPython does not always store the first in the memo.
  const isSame = type === owner || (type instanceof PyGlobal && owner instanceof PyGlobal && type.key === owner.key);
  return isSame && name === '__new__' ? { class: type, args: tupleFrom(args), kwargs, construction: 'new' } : undefined;
}

function isCallOf(value: unknown, module: string, qualname: string): value is PyObject {
  if (!(value instanceof PyObject) || value.construction !== 'call' || !(value.class instanceof PyGlobal)) return false;
  return value.class.module === module && value.class.qualname === qualname;
}

/** Not an empty dict: that is NEWOBJ. */
function isKeywords(value: unknown): value is Record<string, unknown> | PyDict {
  if (value instanceof PyDict) return value.size > 0;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.keys(value).length > 0;
}
