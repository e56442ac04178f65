/**
 * What the command line uses of the console beside its public items.
 *
 * @module
 */
export { newTotpSecret, totpUri } from './auth/totp.js';
export { Passwords } from './auth/passwords.js';
export { Users, USER_NAME } from './auth/users.js';
export { BUILT_IN_ROLES } from './desk/built-in.js';
