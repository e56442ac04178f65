/**
 * The texts about vnpy's applications, which come with their screen.
 *
 * @module
 */
import { computed } from '@preact/signals';
import { settings } from '../state/settings.js';
import { enApps } from './en-apps.js';
import { zhApps } from './zh-apps.js';

const CATALOGUES = { zh: zhApps, en: enApps };

/** In the language of the page. */
export const appTexts = computed(() => CATALOGUES[settings.value.language]);
