/**
 * All commands, in the order of the help.
 *
 * @module
 */
export { addCheck } from './check.js';
export { addJs, addPy } from './code.js';
export { addCompletion, addMan } from './completion.js';
export { addDiff } from './diff.js';
export { addExplain } from './explain.js';
export { addHex } from './hex.js';
export { addHtml } from './html.js';
export { addJson } from './json.js';
export { addLint } from './lint.js';
export { addOps } from './ops.js';
export { addPack, addRepack } from './repack.js';
export { addSelect } from './select.js';
export { addShow } from './show.js';
export { addStats } from './stats.js';
