/**
 * Running a program of the matrix and reading what vitest found.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../../interop/support/versions.js';

/** Where the matrix keeps what it installs and finds: the main program makes it, `make clean` removes it. */
export const WORK = join(repositoryRoot(), 'build', 'matrix');

/** A Node.js that can be run. */
export interface Node {
  readonly version: string;
  readonly path: string;
}

/** How a program ended. */
export interface Outcome {
  readonly code: number | null;
  /** What it printed, both streams together. */
  readonly output: string;
}

/** Runs a program to its end. */
export async function execute(
  command: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string; readonly shell?: boolean } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? repositoryRoot(),
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: options.shell ?? false,
    });
    let output = '';
    const collect = (text: string): void => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('error', (error) => {
      collect(error.message);
    });
    child.on('close', (code) => {
      resolve({ code, output });
    });
  });
}

/** One test of a run. */
export interface TestResult {
  /** Titles of the groups around it and its own. */
  readonly titles: readonly string[];
  readonly passed: boolean;
  /** What was wrong; empty when it passed. */
  readonly message: string;
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/**
 * Runs tests of a vitest project with a given Node.js.
 *
 * @param files - Names of test files, or parts of them; none runs all.
 * @param venvs - Environments of Python by vnpy version, instead of those of `make setup`.
 * @param env - Further variables.
 */
export async function runTests(
  node: Node,
  project: 'unit' | 'interop' | 'matrix',
  files: readonly string[],
  venvs: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<TestResult[]> {
  const file = join(WORK, 'vitest.json');
  rmSync(file, { force: true });
  const vitest = join(repositoryRoot(), 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--project', project, ...files, '--reporter=json', `--outputFile.json=${file}`];
  const { output } = await execute(node.path, args, {
    env: {
      PATH: `${dirname(node.path)}:${process.env['PATH'] ?? ''}`,
      ...env,
      ...(Object.keys(venvs).length > 0 ? { VNPY_BRIDGE_VENVS: JSON.stringify(venvs) } : {}),
    },
  });
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return [{ titles: ['vitest ran'], passed: false, message: output.slice(-2000) }];
  }
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const results = assertionResults.map((result) => ({
      titles: [...result.ancestorTitles, result.title],
      passed: result.status === 'passed',
      message: result.failureMessages.join('\n'),
    }));
    // A file that cannot be loaded has no tests.
    const broken = status === 'failed' && results.every((result) => result.passed);
    return broken ? [...results, { titles: [name], passed: false, message }] : results;
  });
}
