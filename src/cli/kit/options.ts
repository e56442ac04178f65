/**
 * The options that both programs have.
 *
 * @module
 */
import { optionalOption, valueOption } from './option.js';
import { choice, text } from './parsers.js';
import { COLOR_MODES } from './text/style.js';

/** The group of what decides how a run prints. */
export const OUTPUT = 'Output';

/** The group of what decides how a run is operated. */
export const OPERATION = 'Operation';

export const color = valueOption('color', '<when>', choice(COLOR_MODES), {
  group: OUTPUT,
  description: 'Colours: auto, always or never; auto respects NO_COLOR',
  default: 'auto',
});

export const config = optionalOption('config', '<file>', text, {
  group: OPERATION,
  description: 'A configuration file: a JSON object with the options by name',
});
