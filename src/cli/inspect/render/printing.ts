/**
 * How a command prints.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import type { Io } from '../../kit/io.js';
import type { Style } from '../../kit/text/style.js';
import * as options from '../options.js';

const DEFAULT_WIDTH = 100;
const MIN_WIDTH = 40;

/** What the options about output come to. */
export interface Printing {
  readonly style: Style;
  readonly ascii: boolean;
  readonly width: number;
  /** The output is known to be narrower than a listing with all its columns. */
  readonly isNarrow: boolean;
  readonly quiet: boolean;
}

/** Resolves the options about output. */
export function printing({ settings, style, io }: CommandContext): Printing {
  const columns = settings.get(options.width) ?? terminalColumns(io);
  return {
    style,
    ascii: settings.get(options.ascii),
    width: Math.max(MIN_WIDTH, columns ?? DEFAULT_WIDTH),
    isNarrow: columns !== undefined && columns < DEFAULT_WIDTH + 16,
    quiet: settings.get(options.quiet),
  };
}

/** Columns of the terminal. Behind a pipe into `less` standard output has none, and standard error still has. */
function terminalColumns({ stdout, stderr, env }: Io): number | undefined {
  if (stdout.columns !== undefined) return stdout.columns;
  if (stderr.isTTY && stderr.columns !== undefined) return stderr.columns;
  const columns = Number(env['COLUMNS']);
  return Number.isInteger(columns) && columns > 0 ? columns : undefined;
}
