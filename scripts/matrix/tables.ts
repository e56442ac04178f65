/**
 * What the matrix prints.
 *
 * @module
 */
import type { TestResult } from './run.js';

/** What was found for one combination. */
export interface Cell {
  readonly python: string;
  readonly vnpy: string;
  readonly node: string;
  readonly tests: readonly TestResult[];
}

/** What was found for a Node.js or a Python as a whole. */
export interface Check {
  /** Version of what was checked. */
  readonly subject: string;
  /** Heading of the column. */
  readonly name: string;
  readonly tests: readonly TestResult[];
}

/** The table of Pythons and vnpy versions. A reason instead of a result: why pip could not install the pair. */
export function pythonTable(
  cells: readonly Cell[],
  checks: readonly Check[],
  missing: ReadonlyMap<string, string>,
): string {
  const pythons = unique([...cells.map((cell) => cell.python), ...checks.map((check) => check.subject)]);
  const versions = unique(cells.map((cell) => cell.vnpy));
  const names = unique(checks.map((check) => check.name));
  const rows = pythons.map((python) => [
    python,
    ...versions.map((vnpy) => {
      if (missing.has(`${python} ${vnpy}`)) return 'does not install';
      return verdict(
        cells.filter((cell) => cell.python === python && cell.vnpy === vnpy).flatMap((cell) => cell.tests),
      );
    }),
    ...names.map((name) => verdict(testsOf(checks, python, name))),
  ]);
  return table(['CPython', ...versions.map((vnpy) => `vnpy ${vnpy}`), ...names], rows);
}

/** The table of Node.js versions. */
export function nodeTable(cells: readonly Cell[], checks: readonly Check[]): string {
  const nodes = unique([...cells.map((cell) => cell.node), ...checks.map((check) => check.subject)]);
  const names = unique(checks.map((check) => check.name));
  const rows = nodes.map((node) => [
    node,
    verdict(cells.filter((cell) => cell.node === node).flatMap((cell) => cell.tests)),
    ...names.map((name) => verdict(testsOf(checks, node, name))),
  ]);
  return table(['Node.js', 'with all of the above', ...names], rows);
}

/** The table of old libraries of ZeroMQ. */
export function libraryTable(checks: readonly Check[]): string {
  return subjectTable('libzmq', checks);
}

/** The table of servers of NATS. */
export function natsTable(checks: readonly Check[]): string {
  return subjectTable('nats-server', checks);
}

/** One row for each of what was checked, one column for each check. */
function subjectTable(title: string, checks: readonly Check[]): string {
  const names = unique(checks.map((check) => check.name));
  const rows = unique(checks.map((check) => check.subject)).map((subject) => [
    subject,
    ...names.map((name) => verdict(testsOf(checks, subject, name))),
  ]);
  return table([title, ...names], rows);
}

/** Every failure, one paragraph each. */
export function failures(cells: readonly Cell[], checks: readonly Check[]): string[] {
  const described = [
    ...cells.map(({ python, vnpy, node, tests }) => ({
      where: `CPython ${python}, vnpy ${vnpy}, Node.js ${node}`,
      tests,
    })),
    ...checks.map(({ subject, name, tests }) => ({ where: `${name} with ${subject}`, tests })),
  ];
  return described.flatMap(({ where, tests }) =>
    tests
      .filter((result) => !result.passed)
      .map(
        ({ titles, message }) =>
          `${where}: ${titles.join(' > ')}\n    ${message.split('\n').slice(0, 4).join('\n    ')}`,
      ),
  );
}

function testsOf(checks: readonly Check[], subject: string, name: string): TestResult[] {
  return checks.filter((check) => check.subject === subject && check.name === name).flatMap((check) => check.tests);
}

/** `✓ 48`: all of so many tests passed. Empty when none ran. */
export function verdict(tests: readonly TestResult[]): string {
  if (tests.length === 0) return '';
  const failed = tests.filter((result) => !result.passed).length;
  return failed === 0 ? `✓ ${tests.length}` : `✗ ${failed} of ${tests.length}`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

/** A Markdown table with aligned columns. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (values: readonly string[]): string =>
    `| ${values.map((value, column) => value.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
