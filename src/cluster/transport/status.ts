/**
 * What a server says in the place of an answer.
 *
 * @module
 */

/** The header of a message that is the server's own. */
export const STATUS_HEADER = 'Status';

/** The header that says the same in words. */
export const STATUS_DESCRIPTION = 'Status-Description';

/** Its value where nobody listens to what was published with a place for the answer. */
export const NO_RESPONDERS = '503';
