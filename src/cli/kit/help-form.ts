/**
 * How commander writes help: its own words in the language of the run, and lines that fit where characters take two columns.
 *
 * @module
 */
import type { Argument, HelpConfiguration } from 'commander';
import { Help } from 'commander';
import type { KitTexts } from '../lang/en/kit.js';
import { displayWidth } from './text/style.js';
import { wrap } from './text/wrap.js';

/** What of commander's help is written otherwise. */
export function helpForm({ titles, placeholders, withChoices }: KitTexts): HelpConfiguration {
  const words: Readonly<Record<string, string>> = {
    'Usage:': titles.usage,
    'Arguments:': titles.arguments,
    'Options:': titles.options,
    'Commands:': titles.commands,
  };
  const inWords = (text: string): string =>
    text.replace('[options]', placeholders.options).replace('[command]', placeholders.command);
  const commander = new Help();
  return {
    displayWidth,
    boxWrap: wrap,
    styleTitle: (title) => words[title] ?? title,
    commandUsage: (command) => inWords(commander.commandUsage(command)),
    subcommandTerm: (command) => inWords(commander.subcommandTerm(command)),
    argumentDescription: ({ description, argChoices }: Argument) =>
      argChoices === undefined
        ? description
        : withChoices(description, argChoices.map((word) => JSON.stringify(word)).join(', ')),
  };
}
