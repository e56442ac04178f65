/**
 * What the house shares of vnpy's data beyond what is public, without sockets.
 *
 * @module
 */
export { cancelRequestFor } from './cancel-request.js';
export { DATA_CLASSES } from './classes.js';
export { ENUMS } from '../enums/all.js';
