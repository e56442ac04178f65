/**
 * The call behind a value.
 *
 * @module
 */
import { compile } from './compiled-registry.js';
import { DEFAULT_PROTOCOL } from '../wire/opcodes.js';
import { ClassRegistry } from './registry.js';
import { PyObject } from '../values/py-object.js';
import type { PyStep } from '../values/py-step.js';
import { Tuple } from '../values/tuple.js';

/**
 * The inert form of a value that travels as a call. It is what `dumps` would write for it, and what `loads` would give if its
 * class were unknown. Undefined for any other value. For tools that show or compare values.
 *
 * @param registry - the classes besides those of the standard library. Default: none.
 */
export function toInert(value: object, registry: ClassRegistry = ClassRegistry.empty): PyObject | undefined {
  const entry = compile(registry).byPrototype.get(Object.getPrototypeOf(value) as object);
  if (entry?.kind !== 'custom') return undefined;
  // It is shown, not written: whatever it is made of.
  const context = {
    protocol: DEFAULT_PROTOCOL,
    foreign: 'write',
    takesBuffers: false,
    isNeverCallable: () => false,
  } as const;
  const reduction = entry.definition.reduce?.(value, context);
  if (reduction === undefined) return undefined;
  const { args = [], callable = entry.global, construction, entries, items, kwargs, state } = reduction;
  const steps: PyStep[] = [];
  if (items !== undefined) pushUnlessEmpty(steps, { kind: 'append', items: [...items] });
  if (entries !== undefined) pushUnlessEmpty(steps, { kind: 'set', entries: [...entries] });
  if (state !== undefined && state !== null) steps.push({ kind: 'state', state });
  return new PyObject(callable, args instanceof Tuple ? args : Tuple.from(args), construction, kwargs, steps);
}

function pushUnlessEmpty(steps: PyStep[], step: Extract<PyStep, { kind: 'append' | 'set' }>): void {
  if ((step.kind === 'append' ? step.items : step.entries).length > 0) steps.push(step);
}
