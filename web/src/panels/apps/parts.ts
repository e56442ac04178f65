/**
 * What is loaded when somebody looks at vnpy's applications, and not before.
 *
 * @module
 */
export { AppDialog } from './dialogs.js';
export { Strategies } from '../../screens/strategies.js';
