/**
 * How a server binds arguments, beside Python's own functions of the same parameters: every call of a table of
 * signatures, arguments by position and arguments by keyword, with the result or the TypeError word for word.
 */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
// Not exported: a client sees no more of it than its TypeErrors.
import { Signature } from '../src/rpc/signature.js';
import { pythonOf } from './support/index.js';

const SIGNATURES = [
  [],
  ['a'],
  ['a?'],
  ['a', 'b'],
  ['a', 'b?', 'c?'],
  ['*', 'k'],
  ['*', 'k?', 'l'],
  ['a', '*', 'k'],
  ['a', 'b?', '*', 'k', 'l', 'm'],
  ['a', '*args'],
  ['a?', '*args', 'k', 'l?'],
  ['a', '*', 'k?', '**kwargs'],
  ['*args', '**kwargs'],
  ['a', 'b?', '*args', 'k', '**kwargs'],
];
const KEYWORDS = ['a', 'b', 'k', 'l', 'x'];

interface Case {
  readonly params: readonly string[];
  readonly args: readonly number[];
  readonly kwargs: Readonly<Record<string, number>>;
}

/** What a call came to: the arguments in the order of the handler's parameters, or the text of the TypeError. */
type Outcome = readonly unknown[] | string;

const CASES: Case[] = SIGNATURES.flatMap((params) =>
  [0, 1, 2, 3].flatMap((count) =>
    Array.from({ length: 2 ** KEYWORDS.length }, (_, bits) => ({
      params,
      args: Array.from({ length: count }, (_unused, index) => index + 1),
      kwargs: Object.fromEntries(
        KEYWORDS.flatMap((name, index) => ((bits >> index) % 2 === 1 ? [[name, 10 + index]] : [])),
      ),
    })),
  ),
);

/** Defines each function as Python writes it, calls it, and says what it got, in the order of our handlers. */
const SCRIPT = `
import json, sys
functions = {}
def function(params):
    names = [p.rstrip("?") for p in params if not p.startswith("*")]
    star = next((i for i, p in enumerate(params) if p.startswith("*") and not p.startswith("**")), len(params))
    heads = ", ".join(p.rstrip("?") + "=None" if p.endswith("?") else p for p in params)
    rest = "args" if "*args" in params else "()"
    last = ", kwargs" if "**kwargs" in params else ""
    scope = {}
    exec(f"def f({heads}):\\n    return [{', '.join(names)}{', ' if names else ''}*{rest}{last}]", scope)
    return scope["f"]
outcomes = []
for case in json.load(sys.stdin):
    key = json.dumps(case["params"])
    f = functions.get(key) or functions.setdefault(key, function(case["params"]))
    try:
        outcomes.append(f(*case["args"], **case["kwargs"]))
    except TypeError as error:
        outcomes.append(str(error))
json.dump(outcomes, sys.stdout)
`;

test.each(['4.5', '4.4'] as const)('binds as the Python of vnpy %s: %#', (vnpy) => {
  const { stdout, stderr } = spawnSync(pythonOf(vnpy), ['-c', SCRIPT], {
    input: JSON.stringify(CASES),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  expect(stderr).toBe('');
  // From 3.13 on some of these end with a guess, "Did you mean 'k'?".
  const python = (JSON.parse(stdout) as Outcome[]).map((outcome) =>
    typeof outcome === 'string' ? outcome.replace(/\. Did you mean '\w+'\?$/, '') : outcome,
  );
  const ours = CASES.map(({ params, args, kwargs }): Outcome => {
    const signature = new Signature('f', params);
    const names = params.filter((param) => !param.startsWith('*'));
    try {
      const bound = signature.bind(args, kwargs);
      // Trailing defaults may be left away, as for any JavaScript function; where a default is taken, Python says None.
      const complete = [...bound, ...names.slice(bound.length).map(() => undefined)];
      return complete.map((value) => value ?? null);
    } catch (error) {
      return (error as Error).message;
    }
  });
  CASES.forEach((call, index) => {
    expect({ ...call, outcome: ours[index] }).toEqual({ ...call, outcome: python[index] });
  });
  expect(python.filter((outcome) => typeof outcome === 'string').length).toBeGreaterThan(300);
  expect(python.filter((outcome) => typeof outcome !== 'string').length).toBeGreaterThan(100);
});
