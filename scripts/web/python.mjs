/**
 * A virtual environment for a tool in Python, made once in build/. The tests of this package need none of these.
 *
 * @module
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT, run } from './console.mjs';

/**
 * Makes it where it is missing, or of other packages.
 *
 * @param {string} name - Of its folder in build/.
 * @param {readonly string[]} packages - With their versions.
 * @returns The folder of its programs.
 */
export async function pythonTools(name, packages) {
  const folder = join(ROOT, 'build', name);
  const stamp = join(folder, '.complete');
  const wanted = packages.join('\n');
  const programs = join(folder, 'bin');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return programs;
  process.stdout.write(`installing ${packages.join(', ')} into build/${name}\n`);
  rmSync(folder, { recursive: true, force: true });
  const python = process.env['PYTHON'] ?? 'python3';
  if ((await run(python, ['-m', 'venv', folder])) !== 0)
    throw new Error(`"${python} -m venv" failed: it needs Python 3.10 or newer, with its venv module`);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
  if ((await run(join(programs, 'python'), pip)) !== 0) throw new Error(`pip could not install ${packages.join(', ')}`);
  writeFileSync(stamp, wanted);
  return programs;
}
