/**
 * The language of the page.
 *
 * @module
 */
import { computed } from '@preact/signals';
import { settings } from '../state/settings.js';
import { en } from './en.js';
import type { Catalogue } from './en.js';
import { zh } from './zh.js';
import type { Language } from '../state/settings.js';

export type { Catalogue } from './en.js';

/** What BCP 47 calls the languages. */
export const LOCALES: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en-GB' };

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { zh, en };

/** The names of the languages, each in itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { zh: zh.name, en: en.name };

/** The texts in the language of the page. Whoever reads its value is drawn anew when the language changes. */
export const texts = computed(() => CATALOGUES[settings.value.language]);

/** The text of a member of an enum. A name that this page does not know is shown as it came. */
export function memberText(names: Readonly<Record<string, string>>, name: string | null | undefined): string {
  if (name === null || name === undefined) return '';
  return Object.hasOwn(names, name) ? (names[name] ?? name) : name;
}
