/**
 * The packed package, installed by npm with one Node.js.
 *
 * @module
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../../interop/support/versions.js';
import { execute, WORK } from './run.js';
import type { Node, TestResult } from './run.js';

/** The entries of the package, as users name them. */
export function entries(): string[] {
  const text = readFileSync(join(repositoryRoot(), 'package.json'), 'utf8');
  const { name, exports } = JSON.parse(text) as { name: string; exports: Record<string, unknown> };
  return Object.keys(exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => name + entry.slice(1));
}

/** `npm install` into an empty project, then every entry by `import` and `require`, and both programs by their names. */
export async function checkInstallation(node: Node, tarball: string): Promise<TestResult[]> {
  const project = join(WORK, `project-${node.version}`);
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "name": "user", "private": true }\n');
  const env = { PATH: `${dirname(node.path)}:${process.env['PATH'] ?? ''}` };
  const results: TestResult[] = [];
  const step = async (title: string, command: string, args: readonly string[]): Promise<void> => {
    const { code, output } = await execute(command, args, { cwd: project, env });
    results.push({ titles: [title], passed: code === 0, message: code === 0 ? '' : output.trim() });
  };
  await step('npm install', 'npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', tarball]);
  for (const entry of entries())
    await step(`import ${entry}`, node.path, ['--input-type=module', '-e', `import '${entry}'`]);
  // Node.js 20.19, 22.12 and later.
  if (await canRequire(node))
    for (const entry of entries()) await step(`require ${entry}`, node.path, ['-e', `require('${entry}')`]);

  for (const program of ['pickle-inspect', 'vnpy-bridge'])
    await step(program, join(project, 'node_modules', '.bin', program), ['--version']);

  rmSync(project, { recursive: true, force: true });
  return results;
}

async function canRequire(node: Node): Promise<boolean> {
  const { output } = await execute(node.path, ['-p', 'process.features.require_module'], { cwd: repositoryRoot() });
  return output.trim() === 'true';
}
