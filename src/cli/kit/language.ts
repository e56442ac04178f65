/**
 * The language in which a program speaks to people.
 *
 * @module
 */
import { environmentPrefix } from './option.js';
import type { Io } from './io.js';

/** The languages. */
export const LANGUAGES = ['en', 'zh'] as const;

/** One of the languages. */
export type Language = (typeof LANGUAGES)[number];

/** What `--lang` takes. */
export const LANGUAGE_NAMES = ['en', 'zh', 'zh-CN'] as const;

/** A command line, and what it says about the language. */
export interface Spoken {
  /** The command line without it. */
  readonly rest: readonly string[];
  /** What stood behind each `--lang`. */
  readonly given: readonly string[];
}

/** Takes `--lang` out of a command line: it may stand anywhere before a `--`. */
export function takeLanguage(argv: readonly string[]): Spoken {
  const rest: string[] = [];
  const given: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') return { rest: [...rest, ...argv.slice(at)], given };
    if (word.startsWith('--lang=')) {
      given.push(word.slice('--lang='.length));
    } else if (word === '--lang' && at + 1 < argv.length) {
      at++;
      given.push(argv[at] ?? '');
    } else {
      rest.push(word);
    }
  }
  return { rest, given };
}

/** The variables of POSIX that name the language of messages, in their order. */
const VARIABLES = ['LC_ALL', 'LC_MESSAGES', 'LANG'];

/**
 * The language of a run.
 * @param named - What `--lang` says. Without it, the program's own variable counts, then the locale.
 */
export function languageOf(
  program: string,
  named: string | undefined,
  { env, systemLocale }: LanguageSource,
): Language {
  const own = `${environmentPrefix(program)}LANG`;
  const said = [named, ...[own, ...VARIABLES].map((variable) => env[variable])].find(
    (text) => text !== undefined && text !== '',
  );
  return isChinese(said ?? systemLocale?.() ?? '') ? 'zh' : 'en';
}

/** Whether this is a Windows whose user has chosen Chinese: there programs expect texts as Excel and PowerShell 5 do. */
export function isChineseWindows({ systemLocale }: LanguageSource): boolean {
  return isChinese(systemLocale?.() ?? '');
}

/** Whether the place is Chinese, whatever language was asked for. */
export function isChinesePlace({ env, systemLocale }: LanguageSource): boolean {
  const said = ['LC_ALL', 'LANG'].map((variable) => env[variable]).find((text) => text !== undefined && text !== '');
  return isChinese(said ?? systemLocale?.() ?? '');
}

function isChinese(locale: string): boolean {
  return /^zh\b|^zh_/i.test(locale);
}

type LanguageSource = Pick<Io, 'env' | 'systemLocale'>;
