/**
 * Makes the code of the receiving thread: src/zmtp/receiver/thread.ts and all that it imports, as one text. The build puts it
 * among the compiled modules; Vitest gets it from the plugin.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const MODULE = 'zmtp/receiver/thread-source';

const ENTRY = `
  import { workerData } from 'node:worker_threads';
  import { serve } from './src/zmtp/receiver/thread.ts';
  serve(workerData);
`;

/** The code for `new Worker(code, { eval: true })`. */
export function threadSource() {
  const { outputFiles } = buildSync({
    stdin: { contents: ENTRY, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'inline',
  });
  const code = outputFiles[0].text.trim();
  // Deno runs such code as a module, which has no require.
  return `((require)=>{${code}\n})(typeof require==="function"?require:process.getBuiltinModule);`;
}

/** The module that holds it. */
function moduleText() {
  return `export function threadSource() {\n    return ${JSON.stringify(threadSource())};\n}\n`;
}

/** A plugin of Vite that puts it into the sources. */
export function threadSourcePlugin() {
  return {
    name: 'thread-source',
    load: (id) => (id.endsWith(`/src/${MODULE}.ts`) ? moduleText() : undefined),
  };
}

/** Puts it among the compiled modules of a folder. */
export function writeThreadSource(folder) {
  writeFileSync(`${folder}/${MODULE}.js`, moduleText());
}
