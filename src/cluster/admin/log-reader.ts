/**
 * Reads the log lines of a cluster: those that the stream keeps, and those that come.
 *
 * @module
 */
import type { ClusterTransport, Subscription } from '../transport/transport.js';
import { Subjects } from '../wire/subjects.js';

/** Which lines. */
export interface LogQuery {
  readonly cluster: string;
  /** Default: of all hosts. */
  readonly host?: string | undefined;
  /** Default: of all programs. */
  readonly program?: string | undefined;
}

/** A line, as its program published it. */
export interface SeenLine {
  readonly host: string;
  readonly program: string;
  /** `debug`, `info`, `warn` or `error`; `info` where the line does not say. */
  readonly level: LogLevel;
  /** As the line says it, by the clock of its host; empty where it does not say. */
  readonly time: string;
  readonly text: string;
  /** All that the line says, for programs. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** From the least important one on. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** How important a line is. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What is looked at of the stream: the newest messages of it. */
const LOOK_BACK = 10_000;
/** Subjects that are looked at for the newest line. */
const MOST_SUBJECTS = 1000;
const TIMEOUT = 10_000;

/**
 * The last lines that are kept, the oldest first.
 *
 * @param isWanted - Which of them.
 * @param most - How many at most.
 */
export async function recentLines(
  transport: ClusterTransport,
  query: LogQuery,
  { isWanted, most }: { readonly isWanted: (line: SeenLine) => boolean; readonly most: number },
): Promise<readonly SeenLine[]> {
  const pattern = patternOf(query);
  const newest = await transport.lasts([pattern], { timeout: TIMEOUT, limit: MOST_SUBJECTS });
  const last = Math.max(0, ...newest.map(({ seq }) => seq));
  if (last === 0 || most === 0) return [];
  const lines: SeenLine[] = [];
  const from = Math.max(1, last - LOOK_BACK + 1);
  for await (const { subject, payload } of transport.history(pattern, { from, timeout: TIMEOUT })) {
    const line = readLine(query.cluster, subject, payload);
    if (line === undefined || !isWanted(line)) continue;
    lines.push(line);
    if (lines.length > most) lines.shift();
  }
  return lines;
}

/** Hears the lines that come from now on. */
export function followLines(
  transport: ClusterTransport,
  query: LogQuery,
  listener: (line: SeenLine) => void,
): Subscription {
  return transport.subscribe(patternOf(query), ({ subject, payload }) => {
    const line = readLine(query.cluster, subject, payload);
    if (line !== undefined) listener(line);
  });
}

function patternOf({ cluster, host, program }: LogQuery): string {
  const subjects = new Subjects(cluster);
  const [all, one] = [subjects.logs().split('.'), subjects.log(host ?? '', program ?? '').split('.')];
  // The last two tokens are the host and the program.
  const tokens = [host === undefined ? all.at(-2) : one.at(-2), program === undefined ? all.at(-1) : one.at(-1)];
  return [...all.slice(0, -2), ...tokens].join('.');
}

/** A line is whatever its program says; who may publish it is known by the subject. */
function readLine(cluster: string, subject: string, payload: Uint8Array): SeenLine | undefined {
  const parsed = new Subjects(cluster).parse(subject);
  if (parsed?.kind !== 'log') return undefined;
  const { host, program } = parsed;
  const raw = Buffer.from(payload).toString('utf8');
  const fields = fieldsOf(raw);
  const { level, time, msg } = fields;
  return {
    ...{ host, program, fields },
    level: LOG_LEVELS.find((known) => known === level) ?? 'info',
    time: typeof time === 'string' ? time : '',
    text: typeof msg === 'string' ? msg : raw,
  };
}

function fieldsOf(raw: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(raw);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // A line of text.
  }
  return { msg: raw };
}
