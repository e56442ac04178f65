/**
 * The options that both programs have.
 *
 * @module
 */
import { LANGUAGE_NAMES } from './language.js';
import { OptionGroup } from './option.js';
import { choice, text } from './parsers.js';
import { COLOR_MODES } from './text/style.js';

/** The group of what decides how a run prints. */
export const OUTPUT = new OptionGroup('Output');

/** The group of what decides how a run is operated. */
export const OPERATION = new OptionGroup('Operation');

export const color = OUTPUT.value('color <when>', choice(COLOR_MODES), {
  description: 'Colours: auto, always or never; auto respects NO_COLOR',
  default: 'auto',
});

/** Of every command of every program; it may stand anywhere on the command line. */
export const lang = OUTPUT.optional('lang <language>', choice(LANGUAGE_NAMES), {
  description:
    'Language of what people read: en or zh (default: that of LC_ALL, LC_MESSAGES, LANG or Windows, else en)',
});

export const config = OPERATION.optional('config <file>', text, {
  description: 'A configuration file: a JSON object with the options by name',
});
