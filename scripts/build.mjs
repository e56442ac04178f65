/**
 * Makes `dist` of `src`.
 *
 * The compiler writes a module a source into `build/esm`, where the tools of this repository import them. What is published is
 * bundled from these: to find, read and compile hundreds of small files takes a program longer than all that is in them. Each
 * entry of package.json stays where it was. What entries share lies in chunks, so that a class is the same by every entry.
 * Declarations stay one a source.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeThreadSource } from './thread-source.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
// As the bundler writes paths, on Windows too.
const MODULES = resolve(root, 'build/esm');
const DIST = resolve(root, 'dist');
const CHUNKS = 'chunks';
/** Read at run time, by their place beside a module. */
const ASSETS = 'cli/inspect/html/page';

/** Where a module finds files beside it, and stacks find this package: as if it still lay where its source lies. */
const PLACE = 'import.meta.url';

/** What package.json says that there is, as files of `build/esm`. */
function entryPoints() {
  const { exports, bin } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const modules = Object.values(exports).flatMap((target) => target.default ?? []);
  return [...modules, ...Object.values(bin)].map((path) => resolve(MODULES, relative('dist', path)));
}

function compile() {
  const { status } = spawnSync(
    process.execPath,
    [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`],
    { stdio: 'inherit' },
  );
  if (status !== 0) process.exit(status ?? 1);
}

/** Keeps `import.meta.url` true for a module that comes to lie in a chunk. */
const placed = {
  name: 'placed',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8');
      if (!contents.includes(PLACE)) return undefined;
      const from = JSON.stringify(`../${relative(MODULES, path).replaceAll('\\', '/')}`);
      return { contents: contents.replaceAll(PLACE, `new URL(${from}, import.meta.url).href`), loader: 'js' };
    });
  },
};

/** @throws Error where such a module came to lie elsewhere. */
function checkPlaces({ outputs }) {
  for (const [output, { inputs }] of Object.entries(outputs)) {
    if (output.startsWith(`dist/${CHUNKS}/`)) continue;
    const wrong = Object.keys(inputs).find((input) => readFileSync(`${root}${input}`, 'utf8').includes(PLACE));
    if (wrong !== undefined) throw new Error(`${wrong} uses ${PLACE}, and lies in ${output}, not in a chunk`);
  }
}

/**
 * An import that only sets the order of evaluation: esbuild writes them, and its users' copies warn of them, because the
 * package says that no module has side effects.
 */
const BARE_IMPORT = /^import "\.[^"\n]+\.js";\n/gm;

/** What a module imports beside it. */
const IMPORTED = /(?:\bfrom |\bimport\()"(\.[^"\n]+\.js)"/g;

/** A class that speaks of itself: esbuild gives it another name inside, which every stack and log would show. */
const RENAMED_CLASS = /^var (\w+) = class _\1\b/gm;

/** @throws Error where the name inside might also be a text. */
function withClassNames(code) {
  return [...code.matchAll(RENAMED_CLASS)].reduce((text, [, name]) => {
    if (new RegExp(`["'\`][^"'\`\\n]*\\b_${name}\\b`).test(text)) throw new Error(`_${name} is also a text`);
    return text.replaceAll(new RegExp(`\\b_${name}\\b`, 'g'), name);
  }, code);
}

async function bundle() {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: entryPoints(),
    outdir: DIST,
    outbase: MODULES,
    chunkNames: `${CHUNKS}/[name]-[hash]`,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    charset: 'utf8',
    legalComments: 'inline',
    plugins: [placed],
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [path, withClassNames(text.replaceAll(BARE_IMPORT, ''))]));
  // A chunk of which only the place in the order was imported is empty.
  const reached = new Set(entryPoints().map((path) => path.replace(MODULES, DIST)));
  for (const path of reached) {
    for (const [, next] of texts.get(path).matchAll(IMPORTED)) reached.add(resolve(dirname(path), next));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, texts.get(path));
  }
  checkPlaces(metafile);
}

for (const folder of [MODULES, DIST]) rmSync(folder, { recursive: true, force: true });
compile();
cpSync(`${root}src/${ASSETS}`, `${MODULES}/${ASSETS}`, { recursive: true });
writeThreadSource(MODULES);
await bundle();
cpSync(MODULES, DIST, { recursive: true, filter: (path) => !/(?:\.js|\.tsbuildinfo)$/.test(path) });
cpSync(`${root}src/${ASSETS}`, `${DIST}/${ASSETS}`, { recursive: true });
