/**
 * Texts of flags, environment variables and configuration files, read into values. Each parser throws a
 * {@link ValueError}, which completes the sentence "<where> <text> ...".
 *
 * @module
 */
import { ValueError } from './errors.js';

/** Reads one value. */
export interface Parser<T> {
  (text: string): T;
  /** The words that it may be; undefined for anything. */
  readonly choices?: readonly string[];
}

export const text: Parser<string> = (value) => value;

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time such as `500ms`, `1.5s`, `10m`, in ms. A number alone is refused: vnpy counts in ms, people in seconds. */
export const duration: Parser<number> = (value) => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value);
  if (match === null) {
    const number = /^\d+(\.\d+)?$/.test(value) ? value : '';
    throw new ValueError(({ noDuration }) => noDuration(number));
  }
  const ms = Number(match[1]) * (DURATION_UNITS[match[2] ?? ''] ?? NaN);
  if (!(ms > 0)) throw new ValueError(({ nothing }) => nothing);
  return ms;
};

const SIZE_UNITS = 'kmgt';

/** A number of bytes such as `4096`, `500MB`, `64M` or `2GiB`, `least` or more. */
export function size(least: number): Parser<number> {
  return (value) => {
    const [, number, letter = '', binary] = /^(\d+(?:\.\d+)?) ?(?:([kmgt])(i)?)?b?$/i.exec(value) ?? [];
    if (number === undefined) throw new ValueError(({ noSize }) => noSize);
    const power = letter === '' ? 0 : SIZE_UNITS.indexOf(letter.toLowerCase()) + 1;
    const bytes = Math.round(Number(number) * (binary === undefined ? 1000 : 1024) ** power);
    if (bytes < least || !Number.isSafeInteger(bytes)) throw new ValueError(({ sizeRange }) => sizeRange(least));
    return bytes;
  };
}

/** A whole number, `least` or more, and at most `most`. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Parser<number> {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < least || number > most) {
      const highest = most === Number.MAX_SAFE_INTEGER ? undefined : most;
      throw new ValueError((values) => values.whole(least, highest));
    }
    return number;
  };
}

/** How fast time runs: a factor above 0, or `max` (Infinity). */
export const speed: Parser<number> = (value) => {
  if (value === 'max') return Infinity;
  const factor = Number(/^(\d+(?:\.\d+)?)x?$/.exec(value)?.[1] ?? NaN);
  if (!(factor > 0)) throw new ValueError(({ noSpeed }) => noSpeed);
  return factor;
};

/** One of a few words. */
export function choice<const Word extends string>(words: readonly Word[]): Parser<Word> {
  const parse = (value: string): Word => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new ValueError((values) => values.choice(words.join(', ')));
    return found;
  };
  return Object.assign(parse, { choices: words });
}

/** One of several servers. */
export interface NamedServer {
  readonly name: string;
  readonly request: string;
  readonly subscribe: string;
}

/** `night=tcp://10.0.0.5:2014,tcp://10.0.0.5:4102` */
export const namedServer: Parser<NamedServer> = (value) => {
  const { name, request, subscribe } =
    /^(?<name>[\w-]{1,32})=(?<request>[^,\s]+),(?<subscribe>[^,\s]+)$/.exec(value)?.groups ?? {};
  if (name !== undefined && request !== undefined && subscribe !== undefined) return { name, request, subscribe };
  throw new ValueError(({ noServer }) => noServer);
};

/** A host and a port to listen at. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT`; the host of an IPv6 address stands in brackets. Port 0 takes a free one. */
export const hostPort: Parser<HostPort> = (value) => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]]+)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3] ?? NaN);
  if (match === null || !(port <= 65_535)) throw new ValueError(({ noHostPort }) => noHostPort);
  return { host: match[1] ?? match[2] ?? '', port };
};

/** `symbol.EXCHANGE`. The symbol may hold dots, the exchange has none. */
export const vtSymbol: Parser<string> = (value) => {
  if (!/^.+\.[A-Z]\w*$/.test(value)) throw new ValueError(({ noVtSymbol }) => noVtSymbol);
  return value;
};

/**
 * A moment: ISO 8601, with or without time and zone. Without a zone it is this machine's.
 * @returns Milliseconds since 1970-01-01T00:00Z.
 */
export const moment: Parser<number> = (value) => {
  const match = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(value);
  // A date alone would be read as UTC by Date.parse.
  const ms = match === null ? NaN : Date.parse(value.length === 10 ? `${value}T00:00` : value.replace(' ', 'T'));
  if (Number.isNaN(ms)) throw new ValueError(({ noMoment }) => noMoment);
  return ms;
};

/**
 * The last moment that is meant: as {@link moment}, but a date alone is the whole day.
 * @returns Milliseconds since 1970-01-01T00:00Z.
 */
export const lastMoment: Parser<number> = (value) => moment(value.length === 10 ? `${value}T23:59:59.999` : value);

/** A version of vnpy. Which ones there are, the server knows. */
export const vnpyVersion: Parser<string> = (value) => {
  if (!/^\d+\.\d+(\.\d+)?$/.test(value)) throw new ValueError(({ noVersion }) => noVersion);
  return value;
};
