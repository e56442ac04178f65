/**
 * The exit codes of `pickle-inspect`: the same for every command and every output format.
 *
 * @module
 */

/** What a run came to, by name. */
export const EXIT = {
  /** Done, nothing to report. */
  clean: 0,
  /** `check`: the policy is violated; `diff`: different; `lint --strict`: warnings. */
  findings: 1,
  /** The input is damaged; what could be read was shown. */
  damaged: 2,
  /** A limit was reached, so nothing can be said about the rest. */
  limit: 3,
  /** Wrong usage, a file that cannot be read or written, or a choice of messages that chooses none. */
  usage: 4,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const WORST_FIRST: readonly ExitCode[] = [EXIT.usage, EXIT.findings, EXIT.damaged, EXIT.limit, EXIT.clean];

/** The exit code of several results: the worst, in the order 4, 1, 2, 3, 0. */
export function worst(codes: Iterable<ExitCode>): ExitCode {
  const seen = new Set(codes);
  return WORST_FIRST.find((code) => seen.has(code)) ?? EXIT.clean;
}
