/**
 * The exit codes of `pickle-inspect`, the same for every command and every output format, and what leads to each.
 *
 * @module
 */
import { levelOf } from './findings/finding.js';
import type { Finding } from './findings/finding.js';

/** What a run came to, by name. */
export const EXIT = { clean: 0, findings: 1, damaged: 2, limit: 3, usage: 4 } as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each says: for `--help` and for the document. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  [EXIT.clean]: 'done, nothing to report',
  [EXIT.findings]: 'the policy is violated (check), different (diff), or something to list (lint --strict)',
  [EXIT.damaged]: 'the input is damaged; what could be read was printed',
  [EXIT.limit]: 'a limit or the time was reached: nothing is said about the rest',
  [EXIT.usage]: 'wrong usage, a file that cannot be read or written, or a choice of messages that chooses none',
};

const WORST_FIRST: readonly ExitCode[] = [EXIT.usage, EXIT.findings, EXIT.damaged, EXIT.limit, EXIT.clean];

/** The exit code of several results: the worst, in the order 4, 1, 2, 3, 0. */
export function worst(codes: Iterable<ExitCode>): ExitCode {
  const seen = new Set(codes);
  return WORST_FIRST.find((code) => seen.has(code)) ?? EXIT.clean;
}

/** The exit code that findings make by themselves, without a policy. */
export function damageCode(findings: readonly Finding[]): ExitCode {
  let code: ExitCode = EXIT.clean;
  for (const finding of findings) {
    const level = levelOf(finding);
    if (level === 'error') return EXIT.damaged;
    if (level === 'limit') code = EXIT.limit;
  }
  return code;
}
