/**
 * What every program says about itself, in English: the shape that every other language has to fill.
 *
 * @module
 */

/** The words of the help, and of what commander finds wrong. */
export const kit = {
  end: '.',
  help: 'show help',
  helpCommand: 'show help for a command',
  version: 'output the version number',
  helpHint: (program: string): string => `(${program} --help tells what there is)`,
  /** The titles and words that commander writes by itself. */
  titles: { usage: 'Usage:', arguments: 'Arguments:', options: 'Options:', commands: 'Commands:' },
  placeholders: { command: '[command]', options: '[options]', input: '[input...]' },
  withDefault: (description: string, text: string): string => `${description} (default: ${text})`,
  withChoices: (description: string, choices: string): string => `${description} (choices: ${choices})`,
  everyOption: (flag: string, variable: string): string =>
    `Each option is also an environment variable (${flag} is ${variable}) and a key of the file that --config names. The command line goes first, then the environment, then the file.`,
  exitCodes: 'Exit codes:',
  secrets: 'Secrets, only by environment variable or file:',
  examples: 'Examples:',
  strangeVariable: (name: string): string => `the environment variable ${name} means nothing here`,
  columns: { option: 'option', variable: 'environment variable', default: 'default', meaning: 'meaning' },
  /** The table of options in the documents. */
  document: {
    option: 'option and key in the file',
    commands: 'commands',
    all: 'all',
    secret: 'secret: never an argument',
  },
  /** A sentence of commander. */
  wrongUsage: (sentence: string): string => sentence,
};

/** What every language has to say. */
export type KitTexts = typeof kit;
