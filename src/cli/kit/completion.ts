/**
 * Completion for bash, zsh, fish and PowerShell. The scripts are those of `@pnpm/tabtab`; each asks the program at every
 * Tab, through the command `completion-server`, what may stand there.
 *
 * @module
 */
import type { CommandDefinition, Program } from './command.js';
import { helpIn } from './help-texts.js';
import type { HelpTexts } from './help-texts.js';
import type { Io } from './io.js';
import { languageOf, takeLanguage } from './language.js';
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
 * @param texts - What the descriptions are taken from.
 * @returns Nothing where it is a file's name, or any text.
 */
export function candidates(program: Program, words: readonly string[], texts: HelpTexts): readonly Candidate[] {
  const flagOf = (option: Option<unknown>): Candidate => ({
    name: `--${option.name}`,
    description: texts.option(option),
  });
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const ofTwo = program.commands.find(({ name }) => name === before.slice(0, 2).join(' '));
  const named = ofTwo ?? program.commands.find(({ name }) => name === before[0]);
  const group = ofTwo === undefined && before.length === 1 ? groupWords(program, before[0], texts) : [];
  const command = named ?? program.commands.find(({ name }) => name === program.defaultCommand);
  const options = command?.options.filter(({ kind }) => kind !== 'secret') ?? [];
  return found().filter(({ name }) => name.startsWith(typed));

  function found(): readonly Candidate[] {
    const asking = options.find((option) => isAsking(option, before.at(-1)));
    if (asking !== undefined) return wordsOf(asking.choices);
    if (group.length > 0) return group;
    if (typed.startsWith('-')) return [...options.map(flagOf), { name: '--help', description: texts.words.help }];
    const words = named === undefined ? 0 : named.name.split(' ').length;
    const own = command === undefined ? [] : argumentWords(command, options, before.slice(words));
    return before.length > 0 ? own : [...commandsOf(program, texts), ...own];
  }
}

function commandsOf({ commands, groups = {} }: Program, texts: HelpTexts): readonly Candidate[] {
  return [
    ...commands
      .filter(({ name }) => !name.includes(' '))
      .map((command) => ({ name: command.name, description: texts.command(command).summary })),
    ...Object.keys(groups).map((name) => ({ name, description: texts.commandGroup(name) })),
  ];
}

/** The commands of a group, without its name. */
function groupWords({ commands }: Program, group: string | undefined, texts: HelpTexts): readonly Candidate[] {
  return commands
    .filter(({ name }) => name.startsWith(`${group ?? ''} `))
    .map((command) => ({
      name: command.name.slice(command.name.indexOf(' ') + 1),
      description: texts.command(command).summary,
    }));
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
  const { rest, given } = takeLanguage(words.slice(1, -1));
  const offered = candidates(
    program,
    [...rest, words.at(-1) ?? ''],
    await helpIn(program, languageOf(program.name, given.at(-1), io)),
  );
  const lines: string[] = [];
  tabtab.log([...offered], shell, (text) => lines.push(text));
  if (offered.length === 0 && shell !== 'bash') lines.push(FILES);
  await io.stdout.write(lines.map((text) => `${text}\n`).join(''));
}
