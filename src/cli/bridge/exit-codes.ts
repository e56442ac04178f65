/**
 * The exit codes of `vnpy-bridge`: the same for every command and every output format.
 *
 * @module
 */

/** What a run came to, by name. */
export const EXIT = {
  /** Done. Also a service or a stream (`listen`, `watch`, `record`, `replay`, `serve`, `relay`) that was told to end. */
  ok: 0,
  /** The server answered, and the answer is no: the function raised, or `doctor` found a fault. */
  refused: 1,
  /** Nobody answered, and nothing has happened: no connection, or a request that never left. */
  unreachable: 2,
  /** A request left and was not answered: the server may have executed it. */
  unknown: 3,
  /** Wrong usage, a wrong setting, or a file or address that cannot be used, or not to its end. */
  usage: 4,
  /** A fault of this program. */
  internal: 70,
  /** Ctrl-C ended a command that had an answer to give. */
  interrupted: 130,
  /** SIGTERM ended a command that had an answer to give. */
  terminated: 143,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
