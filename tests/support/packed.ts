/**
 * A packed package in a user's project.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The parts of package.json that the tests look at. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

export function manifest(): Manifest {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
}

/**
 * Unpacks a tarball into `node_modules` of a new project, beside the dependencies of this repository, as `npm install`
 * does, but without a network: only what package.json lists as a dependency is there to be imported.
 * Optional peers are not.
 *
 * @returns The folder of the package.
 */
export function install(tarball: string, project: string): string {
  const { name, dependencies } = manifest();
  const modules = join(project, 'node_modules');
  const target = join(modules, name);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "name": "user", "private": true, "type": "module" }\n');
  execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
  for (const dependency of Object.keys(dependencies)) link(modules, dependency);

  return target;
}

/** Makes a package of this repository's node_modules importable in a project. */
export function link(modules: string, dependency: string): void {
  const path = join(modules, dependency);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(root, 'node_modules', dependency), path, 'junction');
}
