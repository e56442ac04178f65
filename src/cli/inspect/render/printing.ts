/**
 * How a command prints.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import type { Style } from '../../kit/text/style.js';
import * as options from '../options.js';

const DEFAULT_WIDTH = 100;
const MIN_WIDTH = 40;

/** What the options about output come to. */
export interface Printing {
  readonly style: Style;
  readonly ascii: boolean;
  readonly width: number;
  readonly quiet: boolean;
}

/** Resolves the options about output. */
export function printing({ settings, style, io }: CommandContext): Printing {
  return {
    style,
    ascii: settings.get(options.ascii),
    width: Math.max(MIN_WIDTH, settings.get(options.width) ?? io.stdout.columns ?? DEFAULT_WIDTH),
    quiet: settings.get(options.quiet),
  };
}
