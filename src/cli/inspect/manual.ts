/**
 * What `--help`, the man page and the documents say about the program as a whole: one source for all of them.
 *
 * @module
 */
import type { ManSections } from '../commander/man-page.js';
import { EXIT } from './exit-codes.js';

/** Meaning of the exit codes. */
export const EXIT_STATUS: ManSections['exitStatus'] = [
  [EXIT.clean, 'done, nothing to report'],
  [EXIT.findings, 'check: the policy is violated; diff: different; lint --strict: something to list'],
  [EXIT.damaged, 'the input is damaged; what could be read was printed'],
  [EXIT.limit, 'a limit or the time was reached: nothing is said about the rest'],
  [EXIT.usage, 'wrong usage, a file that cannot be read or written, or a choice of messages that chooses none'],
];

/** Commands that a person might start with. */
export const EXAMPLES: ManSections['examples'] = [
  ['pickle-inspect tick.pkl', 'what is in it'],
  ['pickle-inspect check model.pkl', 'what loading it would import, call and write'],
  ['pickle-inspect ops --only GLOBAL,STACK_GLOBAL,REDUCE model.pkl', 'only these opcodes'],
  ["pickle-inspect select '$[1].last_price' --json tick.pkl", 'one part of it'],
  ['pickle-inspect --repr "b\'\\x80\\x04K\\x2a.\'"', 'what a Python program printed'],
  ['pickle-inspect stats wire.pcapng', 'messages of a ZeroMQ capture by kind'],
  ['pickle-inspect json --mode typed a.pkl | pickle-inspect pack -o b.pkl', 'there and back'],
];

const DESCRIPTION: ManSections['description'] = [
  'Inputs are files, standard input, or text of the command line. What an input is, is decided by its bytes and never by ' +
    'its name: pickles of protocols 0 to 5, several in a row, hex, base64, Python literals, gzip, zlib, zip and NumPy files, ' +
    'JSON lines, and pcap and pcapng captures of ZeroMQ.',
  'Nothing in a pickle is ever executed, imported or called. Control characters in data are escaped.',
  'With several inputs the exit status is the worst, in the order 4, 1, 2, 3, 0.',
];

/** The sections of the man page. */
export function manSections(version: string): ManSections {
  return {
    version,
    description: DESCRIPTION,
    exitStatus: EXIT_STATUS,
    examples: EXAMPLES,
    environment: [['NO_COLOR', 'when set and not empty, --color auto means never']],
  };
}

/** What follows the list of commands in `--help`. */
export function helpEpilogue(): string {
  const codes = EXIT_STATUS.map(([code, meaning]) => `  ${code}  ${meaning}\n`);
  const examples = EXAMPLES.map(([command, meaning]) => `  ${command}\n      ${meaning}\n`);
  return `\nExit status:\n${codes.join('')}\nExamples:\n${examples.join('')}`;
}
