/**
 * The classes that the inspector shows as values: all of vnpy's, from the package's own registry.
 *
 * @module
 */
// Not from vnpy/index.js: that one brings the RPC layer, and the inspector starts without ZeroMQ.
import { vnpyRegistry } from '../../vnpy/registry.js';
import { classesOf } from './lens/lens.js';
import type { Classes } from './lens/lens.js';

/** vnpy's classes and enums. */
export const VNPY_CLASSES: Classes = classesOf(vnpyRegistry);
