/**
 * The classes that every registry knows.
 *
 * @module
 */
import { COLLECTION_BUILTINS } from './collections.js';
import { CORE_BUILTINS } from './core.js';
import { DATETIME_BUILTINS } from './datetime.js';
import { NUMPY_BUILTINS } from './numpy.js';
import { STANDARD_BUILTINS } from './standard.js';
import type { BuiltinDefinition } from './definition.js';

export const BUILTINS: readonly BuiltinDefinition[] = [
  ...CORE_BUILTINS,
  ...DATETIME_BUILTINS,
  ...STANDARD_BUILTINS,
  ...COLLECTION_BUILTINS,
  ...NUMPY_BUILTINS,
];
