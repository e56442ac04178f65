import { describe, expect, test } from 'vitest';
import { disassemble, dumps, loads, Pickler, tokens, Unpickler } from 'vnpy-bridge/pickle';
import type { DumpsOptions, LoadsOptions } from 'vnpy-bridge/pickle';

/** What JavaScript may pass, and what the message says of it. */
const LOADS: readonly (readonly [unknown, RegExp])[] = [
  ['lossless', /the options of loads must be an object, not "lossless"/],
  [{ losless: true }, /the options of loads: there is no option "losless"; did you mean "lossless"\?/],
  [{ maxDept: 5 }, /did you mean "maxDepth"\?/],
  [{ colour: 1 }, /there is no option "colour"; there are registry, lossless, dict, /],
  [{ maxDepth: null }, /maxDepth must not be null: leave it out for the default/],
  [{ lossless: 'no' }, /lossless must be true or false, not "no"/],
  [{ view: 1 }, /view must be true or false, not 1/],
  [{ fixImports: 0 }, /fixImports must be true or false, not 0/],
  [{ lenient: 'yes' }, /lenient must be true or false, not "yes"/],
  [{ forward: 'no' }, /forward must be true or false, not "no"/],
  [{ dict: 'Map' }, /dict must be one of "object", "map", not "Map"/],
  [{ encoding: 'utf-8' }, /encoding must be one of "ascii", "latin1", "utf8", "bytes", not "utf-8"/],
  [{ trailing: true }, /trailing must be one of "error", "ignore", not true/],
  [{ onReject: 'throw' }, /onReject must be one of "inert", "error", not "throw"/],
  [{ onUnknown: [] }, /onUnknown must be a function, not an array/],
  [{ persistentLoad: {} }, /persistentLoad must be a function, not an object/],
  [{ buffers: 5 }, /buffers must be an array or another iterable, not 5/],
  [{ registry: {} }, /registry must be a ClassRegistry, not an object/],
  [{ maxBytes: NaN }, /maxBytes must be a number, 0 or more, not NaN/],
  [{ maxText: '5' }, /maxText must be a number, 0 or more, not "5"/],
];

const DUMPS: readonly (readonly [unknown, RegExp])[] = [
  [[], /the options of dumps must be an object, not an array/],
  [{ protocoll: 4 }, /the options of dumps: there is no option "protocoll"; did you mean "protocol"\?/],
  [{ lossless: true }, /there is no option "lossless"; there are registry, protocol, /],
  [{ protocol: null }, /protocol must not be null/],
  [{ protocol: 6 }, /protocol must be at most 5, not 6/],
  [{ protocol: -1 }, /protocol must be a whole number, 0 or more, not -1/],
  [{ pool: 'no' }, /pool must be true or false, not "no"/],
  [{ fixImports: 'no' }, /fixImports must be true or false, not "no"/],
  [{ foreign: 'no' }, /foreign must be one of "write", "decoded", "refuse", not "no"/],
  [{ typedArrays: 'list' }, /typedArrays must be one of "numpy", "bytes", not "list"/],
  [{ persistentId: 1 }, /persistentId must be a function, not 1/],
  [{ protocol: 5, bufferCallback: true }, /bufferCallback must be a function, not true/],
  [{ bufferCallback: () => true }, /bufferCallback needs protocol 5/],
  [{ registry: 'vnpy' }, /registry must be a ClassRegistry, not "vnpy"/],
  [{ maxDepth: 'deep' }, /maxDepth must be a number, 0 or more, not "deep"/],
];

describe('options of the codec', () => {
  test.each(LOADS)('of loads that are none are refused: %o', (options, message) => {
    const refusal = expect.objectContaining({
      name: 'UnpicklingError',
      code: 'INVALID_OPTION',
      message: expect.stringMatching(message) as string,
    }) as Error;
    expect(() => loads(dumps(1), options as LoadsOptions)).toThrow(refusal);
    expect(() => new Unpickler(options as LoadsOptions)).toThrow(refusal);
  });

  test.each(DUMPS)('of dumps that are none are refused: %o', (options, message) => {
    const refusal = expect.objectContaining({
      name: 'PicklingError',
      code: 'INVALID_OPTION',
      message: expect.stringMatching(message) as string,
    }) as Error;
    expect(() => dumps(1, options as DumpsOptions)).toThrow(refusal);
    expect(() => new Pickler(options as DumpsOptions)).toThrow(refusal);
  });

  test.each<[options: object, message: RegExp]>([
    [{ strat: 1 }, /of disassemble: there is no option "strat"; did you mean "start"\?/],
    [{ start: -1 }, /start must be a whole number, 0 or more, not -1/],
    [{ indent: '4' }, /indent must be a whole number, 0 or more, not "4"/],
    [{ python: 3.14 }, /python must be a text, not 3\.14/],
    [{ maxDigits: NaN }, /maxDigits must be a number, 0 or more, not NaN/],
  ])('of disassemble that are none are refused, as those of tokens: %o', (options, message) => {
    const refusal = (text: RegExp): unknown =>
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringMatching(text) as string });
    expect(() => disassemble(dumps(1), options)).toThrow(refusal(message));
    expect(() => [...tokens(dumps(1), { ...options, stop: 1 } as object)]).toThrow(
      refusal(/of tokens: there is no option/),
    );
  });

  test('that are undefined are the defaults, and Infinity is no limit', () => {
    expect(
      loads(dumps(2, { protocol: undefined, maxDepth: Infinity }), { lossless: undefined, maxText: Infinity }),
    ).toBe(2);
  });
});
