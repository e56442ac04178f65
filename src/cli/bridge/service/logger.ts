/**
 * Log lines of a service, by pino.
 *
 * @module
 */
import type { Logger } from '../../../rpc/index.js';
import { escapeText } from '../../kit/text/escape.js';
import { chooseStyle } from '../../kit/text/style.js';
import type { ColorMode, Paint, Style } from '../../kit/text/style.js';
import { libraryText } from '../output/library-text.js';
import { clockText } from '../output/event-line.js';
import type { Io } from '../../kit/io.js';
import type { ServiceConsole } from './console.js';

/** How log lines are written. */
export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly format: 'auto' | 'json' | 'pretty';
  readonly color: ColorMode;
  /** What a line says in the language of who reads it. As JSON it is English in every language. */
  readonly said: (text: string) => string;
  /** The command, in every JSON line. */
  readonly command: string;
  /** Gets each line, too, as JSON. */
  readonly also?: ((json: string) => void) | undefined;
}

/** A logger that writes to the console of a service. */
export async function createLogger(console: ServiceConsole, io: Io, options: LogOptions): Promise<Logger> {
  const { pino } = await import('pino');
  const pretty = options.format === 'pretty' || (options.format === 'auto' && io.stderr.isTTY);
  const style = chooseStyle(options.color, { stdout: io.stderr, env: io.env });
  const lines = pino(
    {
      level: options.level,
      base: { name: 'vnpy-bridge', command: options.command },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) => {
        console.line(pretty ? prettyLine(line, style, options.said) : line.trimEnd());
        options.also?.(line.trimEnd());
      },
    },
  );
  // Not pino's object itself, which has methods of every name as far as its type knows.
  return {
    debug: (message) => {
      lines.debug(libraryText(message));
    },
    info: (message) => {
      lines.info(libraryText(message));
    },
    warn: (message) => {
      lines.warn(libraryText(message));
    },
    error: (message) => {
      lines.error(libraryText(message));
    },
  };
}

const PAINTS: Readonly<Record<string, Paint>> = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' };

/** A line of pino's JSON as people read it. @param said - Puts what it says into their language. */
export function prettyLine(json: string, style: Style, said: LogOptions['said']): string {
  const { level, time, msg } = JSON.parse(json) as {
    readonly level: string;
    readonly time: string;
    readonly msg: string;
  };
  const mark = style(PAINTS[level] ?? 'bold', level.toUpperCase().padEnd(5));
  return `${style('dim', clockText(Date.parse(time)))} ${mark} ${escapeText(said(msg))}`;
}
