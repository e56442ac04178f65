/**
 * What a server says in the place of an answer.
 *
 * @module
 */

/** The header of a message that is the server's own. */
export const STATUS_HEADER = 'Status';

/** Its value where nobody listens to what was published with a place for the answer. */
export const NO_RESPONDERS = '503';
