import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { programOf, repositoryRoot } from './versions.js';

/** What `make apps` installs, by the vnpy in it. */
export const APP_VENVS = { '4.5': '.venv-apps', '4.4': '.venv-apps-4.4' } as const;

/**
 * Runs a desk of vnpy's applications, a script of python-fixtures, to its end.
 *
 * @param atEnd - Takes what kills it, where it outlives the test.
 * @returns all that it has reported, and as `errors` what stood on its standard error.
 */
export async function runAppDesk(
  venv: string,
  script: string,
  args: readonly string[],
  atEnd: (kill: () => void) => void,
): Promise<Readonly<Record<string, unknown>>> {
  const root = repositoryRoot();
  const child = spawn(programOf(join(root, venv), 'python'), [join(root, 'python-fixtures', script), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LANG: 'zh_CN.UTF-8' },
  });
  atEnd(() => void child.kill('SIGKILL'));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  let reports: Readonly<Record<string, unknown>> = {};
  createInterface(child.stdout).on('line', (line) => {
    reports = { ...reports, ...(JSON.parse(line) as Readonly<Record<string, unknown>>) };
  });
  await once(child, 'close');
  return { ...reports, errors };
}
