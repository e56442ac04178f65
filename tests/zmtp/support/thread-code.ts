/**
 * Code of a test for another thread: TypeScript that imports from this repository, as one text for `new Worker`.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** @param code - Its imports begin with `./src/` or `./tests/`. */
export function threadCode(code: string): string {
  const { outputFiles } = buildSync({
    stdin: { contents: code, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
  });
  return outputFiles[0]?.text ?? '';
}
