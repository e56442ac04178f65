/**
 * The package as `npm pack` makes it, for the tests, the matrix and the benchmark.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../interop/support/versions.js';

/** What `npm pack` made. */
export interface Packed {
  /** Path of the tarball. */
  readonly tarball: string;
  /** Its files, by their paths in the package. */
  readonly files: readonly string[];
  /** Bytes of the tarball, and of what it holds. */
  readonly size: number;
  readonly unpackedSize: number;
}

interface Report {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
  readonly size: number;
  readonly unpackedSize: number;
}

/**
 * Packs the package into a folder.
 * @throws Error if it was not built.
 */
export function pack(folder: string): Packed {
  const root = repositoryRoot();
  if (!existsSync(join(root, 'dist', 'index.js'))) throw new Error('There is no dist/: run `npm run build` first');

  const printed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  });
  // A list up to npm 11, an object by package name in later ones.
  const [found] = Object.values(JSON.parse(printed) as Report[] | Record<string, Report>);
  if (found === undefined) throw new Error(`npm pack said nothing of a package: ${printed}`);
  const { filename, files, size, unpackedSize } = found;
  return { tarball: join(folder, filename), files: files.map((file) => file.path), size, unpackedSize };
}
