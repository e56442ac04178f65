/**
 * `pickle-inspect`: the program, put together from its commands.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { Program } from '../kit/command.js';
import { CliError } from '../kit/errors.js';
import { escapeText } from '../kit/text/escape.js';
import { COMMANDS } from './commands/index.js';
import { EXIT, EXIT_MEANINGS } from './exit-codes.js';
import { PROGRAM } from './options.js';

export const PICKLE_INSPECT: Program = {
  name: PROGRAM,
  description: 'Shows what is in a pickle. Nothing in it is ever executed, imported or called.',
  commands: COMMANDS,
  defaultCommand: 'show',
  examples: [
    { line: 'tick.pkl', comment: 'what is in it' },
    { line: 'check model.pkl', comment: 'what loading it would import, call and write' },
    { line: 'ops --only GLOBAL,STACK_GLOBAL,REDUCE model.pkl', comment: 'only these opcodes' },
    { line: "select '$[1].last_price' --json tick.pkl", comment: 'one part of it' },
    { line: '--repr "b\'\\x80\\x04K\\x2a.\'"', comment: 'what a Python program printed' },
    { line: 'stats wire.pcapng', comment: 'messages of a ZeroMQ capture by kind' },
    { line: 'json --mode typed a.pkl | pickle-inspect pack -o b.pkl', comment: 'there and back' },
  ],
  exitMeanings: EXIT_MEANINGS,
  exitCodeOf: () => EXIT.usage,
  renderError: (error) => {
    const message = messageOf(error);
    const text = error instanceof CliError ? message : `internal error, please report it: ${message}`;
    return `${PROGRAM}: ${escapeText(text)}\n`;
  },
};
