/**
 * docs/findings.md, made from the list of findings. A test compares the file with it, and writes it with `-u`.
 *
 * @module
 */
import { findingKind, FINDINGS } from '../../../src/cli/inspect/findings/codes.js';
import type { FindingCode, FindingLevel } from '../../../src/cli/inspect/findings/codes.js';

const LEVELS: readonly (readonly [level: FindingLevel, title: string, text: string])[] = [
  [
    'error',
    'Errors',
    'The input is damaged: CPython would raise at this place. `pickle-inspect` shows what it can, goes on behind it where ' +
      'that is possible, and exits with 2.',
  ],
  ['limit', 'Limits', 'A bound was reached; nothing is said about the rest. Exit code 3.'],
  ['refuse', 'Refusals', 'What the policy of `check` does not allow. Exit code 1.'],
  ['lint', 'Lint', 'Loads, but not in every Python, or not as it seems. `lint --strict` exits with 1.'],
  ['note', 'Notes', 'Worth knowing; no influence on the exit code.'],
];

/** The document. */
export function findingsDocument(): string {
  const codes = Object.keys(FINDINGS) as FindingCode[];
  const sections = LEVELS.map(([level, title, text]) => {
    const rows = codes.filter((code) => findingKind(code).level === level).map(entry);
    return `## ${title}\n\n${text}\n\n${rows.join('\n')}`;
  });
  return (
    '# Findings of pickle-inspect\n\n' +
    'Everything that `pickle-inspect` can find has a code, which does not change between versions. `pickle-inspect explain CODE` ' +
    'prints what stands here. This page is made from the list in `src/cli/inspect/findings/codes.ts`.\n\n' +
    sections.join('\n')
  );
}

function entry(code: FindingCode): string {
  const { title, meaning, advice } = findingKind(code);
  return `### ${code} ${title}\n\n${meaning}\n\n_What to do:_ ${advice}\n`;
}
