/**
 * What remains to be done with a decoded value: put right what was replaced, and see how deep it is.
 *
 * @module
 */
import { keepIncomplete } from './incomplete.js';
import type { Machine } from './machine.js';
import { Replacements } from './replacing.js';
import { PyObject } from '../values/py-object.js';
import type { PyStep } from '../values/py-step.js';

/** The final value. */
export function finishResult(m: Machine, value: unknown): unknown {
  if (m.filling.incomplete !== undefined) keepIncomplete(m, m.filling.incomplete);
  if (!needsWork(m)) return value;
  return finishSteps(m, value, Infinity).next().value;
}

/** The final value, in steps: each looks at about so many values. */
export function* finishSteps(m: Machine, value: unknown, values: number): Generator<undefined, unknown> {
  if (m.filling.incomplete !== undefined) keepIncomplete(m, m.filling.incomplete);
  if (!needsWork(m)) return value;
  const result = m.identity.replaced === undefined ? value : yield* replaceAll(m, value, values);
  if (boundOf(m) > m.options.maxDepth) yield* checkDepth(m, result, values);
  return result;
}

/** As a rule nothing was replaced, and the bound for the depth says that no look is needed. */
function needsWork(m: Machine): boolean {
  return m.identity.replaced !== undefined || boundOf(m) > m.options.maxDepth;
}

/** How deep the value is at most: by the count of containers, or the bound for what is not shared. */
function boundOf(m: Machine): number {
  return m.identity.shared ? m.depth.containers : Math.min(m.depth.containers, m.depth.chain + m.depth.deepest);
}

/** The values directly inside a value. */
function children(value: object): Iterable<unknown> {
  if (Array.isArray(value) || value instanceof Set) return value as Iterable<unknown>;
  // A defaultdict and an OrderedDict have properties too.
  if (value instanceof Map) return [...([...value] as unknown[][]).flat(), ...(Object.values(value) as unknown[])];
  if (value instanceof PyObject) return [value.class, value.args, value.kwargs, ...value.steps.flatMap(stepValues)];
  if (ArrayBuffer.isView(value)) return [];
  return Object.values(value) as unknown[];
}

function stepValues(step: PyStep): readonly unknown[] {
  switch (step.kind) {
    case 'state':
      return [step.state];
    case 'setter':
      return [step.setter, step.state];
    case 'set':
      return step.entries.flat();
    default:
      return step.items;
  }
}

/** Rare: something had a reference to a dict or object before it turned out to need another representation. */
function* replaceAll(m: Machine, root: unknown, values: number): Generator<undefined, unknown> {
  const replacements = new Replacements(m);
  const result = replacements.now(root);
  const seen = new Set<object>();
  const work: unknown[] = [result];
  let left = values;
  while (work.length > 0) {
    if (--left < 0) {
      left = values;
      yield undefined;
    }
    const value = work.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    replacements.replaceIn(value);
    for (const child of children(value)) work.push(child);
  }
  return result;
}

/** Level by level; each object once, at the depth at which it was met first. */
function* checkDepth(m: Machine, root: unknown, values: number): Generator<undefined, void> {
  const { maxDepth } = m.options;
  let left = values;
  const seen = new Set<unknown>();
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null || seen.has(value)) continue;
      if (depth >= maxDepth) throw m.fail('LIMIT_DEPTH', `ends a value nested deeper than the limit of ${maxDepth}`);

      seen.add(value);
      for (const child of children(value)) {
        if (--left < 0) {
          left = values;
          yield undefined;
        }
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
}
