/**
 * Arguments of a remote function, from the texts of a command line.
 *
 * @module
 */
import { PyDateTime, PyFloat } from '../../../pickle/index.js';
import {
  CancelRequest,
  HistoryRequest,
  OrderRequest,
  QuoteRequest,
  SubscribeRequest,
  parseEnum,
} from '../../../vnpy/index.js';
import { ENUMS, cancelRequestFor } from '../../../vnpy/data/internal.js';
import { CliError, tell } from '../../kit/errors.js';
import { parseExactJson } from './exact-json.js';
import { lastMoment, moment } from '../../kit/parsers.js';
import type { Parser } from '../../kit/parsers.js';

/** The classes that a vnpy server takes as arguments. */
const REQUESTS: Readonly<Record<string, (init: object) => object>> = {
  // The constructors check every name and value of what they get.
  SubscribeRequest: (init) => new SubscribeRequest(init as never),
  OrderRequest: (init) => new OrderRequest(init as never),
  CancelRequest: cancelRequest,
  HistoryRequest: (init) => new HistoryRequest(init as never),
  QuoteRequest: (init) => new QuoteRequest(init as never),
};

/** Which enum a request's field holds. */
const ENUM_FIELDS: Readonly<Record<string, string>> = {
  exchange: 'Exchange',
  direction: 'Direction',
  type: 'OrderType',
  offset: 'Offset',
  bid_offset: 'Offset',
  ask_offset: 'Offset',
  interval: 'Interval',
};

/** How the times of a request are read: `end` without a time of day is the end of the day. */
const TIME_FIELDS: Readonly<Record<string, Parser<number>>> = { start: moment, end: lastMoment };

/**
 * One argument: JSON; a request by its class, `SubscribeRequest{'symbol': 'rb2705', 'exchange': 'SHFE'}`; a member of an
 * enum, `Exchange.SHFE`; or, being none of these, a text.
 *
 * @throws {@link CliError} for a request that is none.
 */
export function parseArgument(text: string): unknown {
  const request = /^(\w+)\s*(\{[\s\S]*\})$/.exec(text);
  if (request !== null) return parseRequest(request[1] ?? '', request[2] ?? '');
  if (/^-?\d+$/.test(text)) return integer(text);
  // JavaScript's 1.0 is 1, and would be an int in Python.
  if (/^-?\d+\.\d+$/.test(text)) return new PyFloat(Number(text));
  const [enumName = '', memberName = ''] = text.split('.');
  const enumClass = Object.hasOwn(ENUMS, enumName) ? ENUMS[enumName] : undefined;
  if (enumClass !== undefined && Object.hasOwn(enumClass, memberName)) return enumClass[memberName];
  if (/^["[{]/.test(text)) return parseJson(text);
  return text === 'null' || text === 'None' ? null : text === 'true' ? true : text === 'false' ? false : text;
}

/** Keyword arguments: a JSON object whose texts are read as {@link parseArgument} reads them. */
export function parseKeywords(text: string): Readonly<Record<string, unknown>> {
  const parsed = parseJson(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new CliError('USAGE', ({ kwargs }) => kwargs);

  return Object.fromEntries(
    Object.entries(parsed).map(([key, value]) => [key, typeof value === 'string' ? parseKeywordText(value) : value]),
  );
}

/** In JSON a text is a text: only requests and enum members are read out of it. */
function parseKeywordText(text: string): unknown {
  return /^(\w+)\s*\{[\s\S]*\}$/.test(text) || Object.hasOwn(ENUMS, text.split('.')[0] ?? '')
    ? parseArgument(text)
    : text;
}

function parseRequest(className: string, json: string): object {
  const create = Object.hasOwn(REQUESTS, className) ? REQUESTS[className] : undefined;
  if (create === undefined)
    throw new CliError('USAGE', (texts) => texts.noClass(className, Object.keys(REQUESTS).join(', ')));

  const fields = parseJson(json) as Readonly<Record<string, unknown>>;
  return create(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fieldValue(name, value)])));
}

/** The id is what `orders` has shown, as the server's gateway gave it: a text, or an int, or None. */
function cancelRequest(init: object): CancelRequest {
  const id: unknown = Reflect.get(init, 'orderid');
  const isOdd = id === null || typeof id === 'bigint' || Number.isSafeInteger(id);
  return isOdd
    ? cancelRequestFor(id, new CancelRequest({ ...init, orderid: 'checked by its server' } as never))
    : new CancelRequest(init as never);
}

function fieldValue(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const time = Object.hasOwn(TIME_FIELDS, name) ? TIME_FIELDS[name] : undefined;
  if (time !== undefined) {
    try {
      return PyDateTime.fromDate(new Date(time(value)));
    } catch (error) {
      const shown = ` ${JSON.stringify(value)}`;
      throw new CliError('USAGE', (texts) => texts.wrongValue(`${name}:`, shown, tell(error, texts)), { cause: error });
    }
  }
  const enumName = Object.hasOwn(ENUM_FIELDS, name) ? ENUM_FIELDS[name] : undefined;
  const enumClass = enumName === undefined ? undefined : ENUMS[enumName];
  // A name that is none is left to the class, whose error lists the members.
  return enumClass === undefined ? value : (parseEnum(enumClass, value) ?? value);
}

/** Every shell passes `'` on within `"…"`, and each has another way to write a `"` there. JSON itself has no `'` of its own. */
function parseJson(text: string): unknown {
  try {
    return parseExactJson(text.includes('"') ? text : text.replaceAll("'", '"'));
  } catch (error) {
    throw new CliError('USAGE', (texts) => texts.noJson(text, tell(error, texts)), { cause: error });
  }
}

function integer(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
