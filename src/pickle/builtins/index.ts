/**
 * The classes that every registry knows.
 *
 * @module
 */
import { CORE_BUILTINS } from './core.js';
import { DATETIME_BUILTINS } from './datetime.js';
import type { BuiltinDefinition } from './definition.js';

export const BUILTINS: readonly BuiltinDefinition[] = [...CORE_BUILTINS, ...DATETIME_BUILTINS];
