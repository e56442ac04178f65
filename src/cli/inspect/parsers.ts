/**
 * Texts that only options of `pickle-inspect` have, read into values. As those of the kit they throw a ValueError that
 * completes the sentence "<where> <text>: ...".
 *
 * @module
 */
import { HIGHEST_PROTOCOL } from '../../pickle/index.js';
import { ValueError } from '../kit/errors.js';
import { whole } from '../kit/parsers.js';
import type { Parser } from '../kit/parsers.js';

/** First and last number, both included. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/** A whole number, 0 standing for "no limit". */
export const limit: Parser<number> = (text) => {
  const count = whole(0)(text);
  return count === 0 ? Number.POSITIVE_INFINITY : count;
};

/** `3`, `2-5`, `7-`. A range that ends before it begins is refused: nothing would be in it. */
export const range: Parser<NumberRange> = (text) => {
  const [, start, dash, end] = /^(\d+)(-)?(\d+)?$/.exec(text) ?? [];
  if (start === undefined) throw new ValueError(({ noRange }) => noRange);
  const first = Number(start);
  if (dash === undefined) return { first, last: first };
  const last = end === undefined ? Number.POSITIVE_INFINITY : Number(end);
  if (last < first) throw new ValueError((values) => values.endsFirst(text));
  return { first, last };
};

/** A {@link range} of messages, which count from 1. */
export const messageRange: Parser<NumberRange> = (text) => {
  const found = range(text);
  if (found.first === 0) throw new ValueError(({ fromOne }) => fromOne);
  return found;
};

/** A number that is not negative. */
export const amount: Parser<number> = (text) => {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0)) throw new ValueError(({ notNegative }) => notNegative);
  return value;
};

/** A number of seconds, 0 standing for "no limit". */
export const seconds: Parser<number> = (text) => {
  const value = amount(text);
  return value === 0 ? Number.POSITIVE_INFINITY : value;
};

/** A protocol of pickle. */
export const protocol: Parser<number> = whole(0, HIGHEST_PROTOCOL);

/** A version of CPython whose pickletools are known. */
export const pythonVersion: Parser<string> = (text) => {
  if (!/^3\.1[0-4](?:\.\d+\S*)?$/.test(text)) throw new ValueError(({ noPython }) => noPython);
  return text;
};
