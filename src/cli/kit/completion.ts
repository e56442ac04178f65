/**
 * Completion for bash, zsh, fish and PowerShell. The scripts are those of `@pnpm/tabtab`; each asks the program at every
 * Tab, through the command `completion-server`, what may stand there.
 *
 * @module
 */
import type { CommandDefinition, Program } from './command.js';
import type { Io } from './io.js';
import type { Option } from './option.js';

/** What the scripts take for the order to complete file names. bash does so by itself where nothing is offered. */
const FILES = '__tabtab_complete_files__';

/** One word that may stand at the cursor. */
export interface Candidate {
  readonly name: string;
  readonly description: string;
}

/**
 * What may stand at the end of a line.
 * @param words - What stands before the cursor; the last one is to be completed, and may be empty.
 * @returns Nothing where it is a file's name, or any text.
 */
export function candidates(program: Program, words: readonly string[]): readonly Candidate[] {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const ofTwo = program.commands.find(({ name }) => name === before.slice(0, 2).join(' '));
  const named = ofTwo ?? program.commands.find(({ name }) => name === before[0]);
  const group = ofTwo === undefined && before.length === 1 ? groupWords(program, before[0]) : [];
  const command = named ?? program.commands.find(({ name }) => name === program.defaultCommand);
  const options = command?.options.filter(({ kind }) => kind !== 'secret') ?? [];
  return found().filter(({ name }) => name.startsWith(typed));

  function found(): readonly Candidate[] {
    const asking = options.find((option) => isAsking(option, before.at(-1)));
    if (asking !== undefined) return wordsOf(asking.choices);
    if (group.length > 0) return group;
    if (typed.startsWith('-')) return [...options.map(flagOf), { name: '--help', description: 'show help' }];
    const words = named === undefined ? 0 : named.name.split(' ').length;
    const own = command === undefined ? [] : argumentWords(command, options, before.slice(words));
    return before.length > 0 ? own : [...commandsOf(program), ...own];
  }
}

const flagOf = ({ name, description }: Option<unknown>): Candidate => ({ name: `--${name}`, description });

function commandsOf({ commands, groups = {} }: Program): readonly Candidate[] {
  return [
    ...commands.filter(({ name }) => !name.includes(' ')),
    ...Object.entries(groups).map(([name, summary]) => ({ name, summary })),
  ].map(({ name, summary }) => ({ name, description: summary }));
}

/** The commands of a group, without its name. */
function groupWords({ commands }: Program, group: string | undefined): readonly Candidate[] {
  return commands
    .filter(({ name }) => name.startsWith(`${group ?? ''} `))
    .map(({ name, summary }) => ({ name: name.slice(name.indexOf(' ') + 1), description: summary }));
}

function wordsOf(choices: readonly string[] | undefined): readonly Candidate[] {
  return (choices ?? []).map((name) => ({ name, description: '' }));
}

/** Whether a word is an option that the next word is the value of. */
function isAsking({ kind, name, short }: Option<unknown>, word: string | undefined): boolean {
  return kind !== 'flag' && (word === `--${name}` || (short !== undefined && word === `-${short}`));
}

/** The words for the argument that comes after those that are there. */
function argumentWords(
  { args = [] }: CommandDefinition,
  options: readonly Option<unknown>[],
  before: readonly string[],
): readonly Candidate[] {
  const given = before.filter(
    (word, index) => !word.startsWith('-') && !options.some((option) => isAsking(option, before[index - 1])),
  );
  const next = args[given.length] ?? args.at(-1);
  return wordsOf(next !== undefined && (given.length < args.length || next.syntax.includes('...')) ? next.choices : []);
}

/** Answers a script: the line and the cursor stand in the environment. */
export async function serveCompletion(program: Program, io: Io): Promise<void> {
  const { default: tabtab } = await import('@pnpm/tabtab');
  const shell = tabtab.getShellFromEnv(io.env);
  const { COMP_LINE: line = '', COMP_POINT: point } = io.env;
  const words = line.slice(0, Number(point ?? line.length)).split(/ +/);
  const offered = candidates(program, words.slice(1));
  const lines: string[] = [];
  tabtab.log([...offered], shell, (text) => lines.push(text));
  if (offered.length === 0 && shell !== 'bash') lines.push(FILES);
  await io.stdout.write(lines.map((text) => `${text}\n`).join(''));
}
