/**
 * The texts of a program's help. In English they stand in the declarations. Another language has a catalogue whose type is taken
 * from the declarations, so that none of its texts can be missing.
 *
 * @module
 */
import type { KitTexts } from '../lang/en/kit.js';
import { textsOf } from '../lang/texts.js';
import type { ArgumentInfo, CommandDefinition, Example, Program } from './command.js';
import type { Language } from './language.js';
import type { Option, OptionGroup } from './option.js';
import type { CommandTexts, Translation } from './translation.js';

/** The texts that commands need in another language: by name, and as many as their declarations have. */
export type CommandCatalogue<Definition extends CommandDefinition> = {
  readonly [One in Definition as One['name']]: { readonly summary: string } & (One extends { readonly details: string }
    ? { readonly details: string }
    : unknown) &
    (One extends { readonly args: infer Args extends readonly ArgumentInfo[] }
      ? { readonly args: Texts<Args> }
      : unknown) &
    (One extends { readonly examples: infer Examples extends readonly [Example, ...Example[]] }
      ? { readonly examples: Texts<Examples> }
      : unknown);
};

/** A text for each. */
export type Texts<Items extends readonly unknown[]> = { readonly [Index in keyof Items]: string };

/** The texts that a module's options and groups of options need, by the names of its exports. */
export type OptionCatalogue<Module> = {
  readonly [Name in keyof Module as Module[Name] extends Option<unknown> | OptionGroup ? Name : never]: string;
};

/** Options and their groups with what a catalogue says of each. */
export function describedOptions<const Module extends object>(
  module: Module,
  catalogue: OptionCatalogue<Module>,
): readonly (readonly [Option<unknown> | OptionGroup, string])[] {
  const described = module as Readonly<Record<string, Option<unknown> | OptionGroup>>;
  return Object.entries<string>(catalogue).flatMap(([name, text]) => {
    const option = described[name];
    return option === undefined ? [] : [[option, text] as const];
  });
}

/** What the help is written with. */
export interface HelpTexts {
  /** The words of the help itself. */
  readonly words: KitTexts;
  readonly description: string;
  readonly examples: readonly Example[];
  readonly exitMeanings: Readonly<Record<number, string>>;
  readonly command: (definition: CommandDefinition) => CommandTexts;
  /** The line of a group of commands. */
  readonly commandGroup: (name: string) => string;
  readonly option: (option: Option<unknown>) => string;
  /** The title of a group of options. */
  readonly optionGroup: (title: string) => string;
}

/** The help of a program in a language. */
export async function helpIn(program: Program, language: Language): Promise<HelpTexts> {
  const words = await textsOf('kit', language);
  return helpTexts(program, words, await program.translations?.[language]?.());
}

/** The help of a program: as it is declared, or as a translation has it. */
function helpTexts(program: Program, words: KitTexts, translation?: Translation): HelpTexts {
  const titles = new Map<string, string>();
  for (const [described, text] of translation?.options ?? [])
    if ('title' in described) titles.set(described.title, text);

  return {
    words,
    description: translation?.description ?? program.description,
    exitMeanings: translation?.exitMeanings ?? program.exitMeanings,
    examples: withComments(program.examples, translation?.examples),
    command: (definition) => translation?.commands[definition.name] ?? declared(definition),
    commandGroup: (name) => (translation?.groups ?? program.groups)?.[name] ?? '',
    option: (option) => translation?.options.get(option) ?? option.description,
    optionGroup: (title) => titles.get(title) ?? title,
  };
}

/** Examples with their comments in another language. */
export function withComments(
  examples: readonly Example[] = [],
  comments: readonly string[] | undefined,
): readonly Example[] {
  return examples.map(({ line, comment }, index) => ({ line, comment: comments?.[index] ?? comment }));
}

function declared({ summary, details, args = [], examples = [] }: CommandDefinition): CommandTexts {
  return {
    summary,
    ...(details === undefined ? {} : { details }),
    args: args.map(({ description }) => description),
    examples: examples.map(({ comment }) => comment),
  };
}
