import { describe, expect, test } from 'vitest';
import { Signature } from '../../src/rpc/signature.js';

type Kwargs = Record<string, unknown>;

/** What CPython says for the same definitions: `def f(a)`, `def g(a, b=1)`, ... and the same calls. */
const failures: [params: string[], args: unknown[], kwargs: Kwargs, message: string][] = [
  [['a'], [], {}, "f() missing 1 required positional argument: 'a'"],
  [['a'], [1, 2], {}, 'f() takes 1 positional argument but 2 were given'],
  [['a', 'b?'], [], {}, "f() missing 1 required positional argument: 'a'"],
  [['a', 'b?'], [1, 2, 3], {}, 'f() takes from 1 to 2 positional arguments but 3 were given'],
  [[], [1], {}, 'f() takes 0 positional arguments but 1 was given'],
  [[], [1, 2], {}, 'f() takes 0 positional arguments but 2 were given'],
  [['a', 'b', 'c'], [], {}, "f() missing 3 required positional arguments: 'a', 'b', and 'c'"],
  [['a', 'b', 'c'], [1], {}, "f() missing 2 required positional arguments: 'b' and 'c'"],
  [['a', 'b', 'c'], [1, 2, 3, 4], {}, 'f() takes 3 positional arguments but 4 were given'],
  [['a'], [1], { a: 2 }, "f() got multiple values for argument 'a'"],
  [['a'], [], { b: 2 }, "f() got an unexpected keyword argument 'b'"],
  [['a'], [1], { x: 1 }, "f() got an unexpected keyword argument 'x'"],
  [['a?'], [1, 2], {}, 'f() takes from 0 to 1 positional arguments but 2 were given'],
  [['a?', 'b?'], [1, 2, 3], {}, 'f() takes from 0 to 2 positional arguments but 3 were given'],
  [['a', 'b?'], [1, 2, 3], { a: 1 }, "f() got multiple values for argument 'a'"],
  [['a'], [1, 2], { x: 3 }, "f() got an unexpected keyword argument 'x'"],
  [['a', '*args', '**kw'], [], {}, "f() missing 1 required positional argument: 'a'"],
  [['a', '*args', '**kw'], [1], { a: 2 }, "f() got multiple values for argument 'a'"],
  [['a', 'b?'], [], { b: 3 }, "f() missing 1 required positional argument: 'a'"],
  [['a', '*', 'b'], [1], {}, "f() missing 1 required keyword-only argument: 'b'"],
  [['a', '*', 'b', 'c'], [1], {}, "f() missing 2 required keyword-only arguments: 'b' and 'c'"],
  [['a', '*', 'b'], [1, 2], {}, 'f() takes 1 positional argument but 2 were given'],
  [
    ['a', '*', 'b'],
    [1, 2],
    { b: 3 },
    'f() takes 1 positional argument but 2 positional arguments (and 1 keyword-only argument) were given',
  ],
  [
    ['*', 'b', 'c?'],
    [1],
    { b: 3, c: 4 },
    'f() takes 0 positional arguments but 1 positional argument (and 2 keyword-only arguments) were given',
  ],
];

const bindings: [params: string[], args: unknown[], kwargs: Kwargs, bound: unknown[]][] = [
  [[], [], {}, []],
  [['a', 'b'], [1, 2], {}, [1, 2]],
  [['a', 'b'], [1], { b: 2 }, [1, 2]],
  [['a', 'b'], [], { b: 2, a: 1 }, [1, 2]],
  [['a', 'b?'], [1], {}, [1]],
  [['a', 'b?', 'c?'], [1], { c: 3 }, [1, undefined, 3]],
  [['a', '*args'], [1, 2, 3], {}, [1, 2, 3]],
  [['a', '**kwargs'], [1], { x: 2 }, [1, { x: 2 }]],
  [['a', 'b?', '**kwargs'], [1], {}, [1, undefined, {}]],
  [['*args', '**kwargs'], [1, 2], { x: 3 }, [1, 2, { x: 3 }]],
  [['a'], [null], {}, [null]],
  [['a', '*', 'b'], [1], { b: 2 }, [1, 2]],
  [['a?', '*', 'b'], [], { b: 2 }, [undefined, 2]],
  [['*', 'b?', 'c?'], [], { c: 2 }, [undefined, 2]],
  [['a', '*args', 'b?'], [1, 2, 3], {}, [1, undefined, 2, 3]],
  [['*args', 'b', '**kwargs'], [1], { b: 2, x: 3 }, [2, 1, { x: 3 }]],
];

describe('Signature', () => {
  test.each(failures)('def f(%j) called with %j %j: %s', (params, args, kwargs, message) => {
    expect(() => new Signature('f', params).bind(args, kwargs)).toThrow(
      expect.objectContaining({ name: 'TypeError', message }),
    );
  });

  test.each(bindings)('def f(%j) called with %j %j gives %j', (params, args, kwargs, bound) => {
    expect(new Signature('f', params).bind(args, kwargs)).toStrictEqual(bound);
  });

  test.each([
    [['a?', 'b']],
    [['a', '*']],
    [['a', '*', '**kw']],
    [['*', '*args', 'a']],
    [['*args', '*', 'a']],
    [['**kw', '*args']],
    [['**kw', 'a']],
    [['**']],
    [['a', 'a']],
    [['a', '*', 'a']],
    [['a', '*a']],
    [['*a', '**a']],
    [['a b']],
    [['']],
    [['*a', '*b']],
  ])('refuses params that no Python function can have: %j', (params) => {
    expect(() => new Signature('f', params)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
  });
});
