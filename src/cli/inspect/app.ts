/**
 * `pickle-inspect`: the program, put together from its commands.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { everywhere } from '../kit/command.js';
import type { Program } from '../kit/command.js';
import { lang } from '../kit/options.js';
import { CliError } from '../kit/errors.js';
import { escapeText } from '../kit/text/escape.js';
import { COMMANDS } from './commands/index.js';
import { EXAMPLES } from './examples.js';
import { EXIT, EXIT_MEANINGS } from './exit-codes.js';
import { PROGRAM } from './options.js';

export const PICKLE_INSPECT: Program = {
  name: PROGRAM,
  description: 'Shows what is in a pickle. Nothing in it is ever executed, imported or called.',
  commands: everywhere(COMMANDS, lang),
  defaultCommand: 'show',
  examples: EXAMPLES,
  exitMeanings: EXIT_MEANINGS,
  translations: { zh: async () => (await import('../lang/zh/inspect-help.js')).inspectHelp },
  exitCodeOf: () => EXIT.usage,
  renderError: (error, { texts }) => {
    const text = error instanceof CliError ? error.said(texts) : texts.pleaseReport(messageOf(error));
    return `${PROGRAM}: ${escapeText(text)}\n`;
  },
};
