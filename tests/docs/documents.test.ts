import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PICKLE_INSPECT } from '../../src/cli/inspect/app.js';
import { VNPY_BRIDGE } from '../../src/cli/bridge/app.js';
import type { Program } from '../../src/cli/kit/command.js';
import { checkTypes, docExamples, runExample } from '../support/doc-examples.js';
import { simulatedVnpy } from '../support/simulated-vnpy.js';

// The TypeScript of every document is checked and run. What it connects to is a simulated vnpy at the default addresses.

const root = fileURLToPath(new URL('../../', import.meta.url));
const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(`${root}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(`${root}ops`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `ops/${name}`),
];
const examples = documents.flatMap(docExamples);

test('the examples of all documents type-check', () => {
  expect(examples.length).toBeGreaterThan(5);
  expect(checkTypes(examples)).toEqual([]);
}, 60_000);

test.each(examples.filter((example) => example.run))('$title runs', async (example) => {
  await using server = await simulatedVnpy();
  const printed = await runExample(example, server.modules);
  expect(printed.map(({ line, printed: found }) => ({ line, found }))).toEqual(
    printed.map(({ line, expected: found }) => ({ line, found })),
  );
});

test('every link of a document within the repository leads to a file, and to a heading of it', () => {
  const broken = documents.flatMap((document) => {
    const text = readFileSync(root + document, 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
    return links.filter((link) => !leads(document, link)).map((link) => `${document}: ${link}`);
  });
  expect(broken).toEqual([]);
});

function shellBlocks(text: string): string[] {
  return [...text.matchAll(/^```(?:sh|bash|console)\n([\s\S]*?)^```/gm)].map(([, found = '']) => found);
}

function leads(document: string, link: string): boolean {
  const { pathname, hash } = new URL(link, `file:///${document}`);
  const path = root + decodeURIComponent(pathname.slice(1));
  try {
    if (hash === '') return readFileSync(path).length > 0;
    return headings(readFileSync(path, 'utf8')).includes(decodeURIComponent(hash.slice(1)));
  } catch (error) {
    // A link to a folder.
    return (error as NodeJS.ErrnoException).code === 'EISDIR';
  }
}

test.each(documents.filter((name) => name.endsWith('.zh-CN.md')))(
  '%s has what the English document has, in its order, and the same code',
  (document) => {
    const english = document.replace('.zh-CN', '');
    const [chinese, original] = [document, english].map((name) => outline(readFileSync(root + name, 'utf8')));
    expect(chinese).toEqual(original);
  },
);

test.each(documents.filter((name) => name.endsWith('.zh-CN.md')))(
  '%s leads where the English document leads: to the Chinese one, where there is one',
  (document) => {
    const english = document.replace('.zh-CN', '');
    const inChinese = (path: string): string => (documents.includes(twinOf(path)) ? twinOf(path) : path);
    const languages = new Set([document, english]);
    const [chinese = [], original = []] = [document, english].map((name) =>
      leadsTo(name).filter((path) => !languages.has(path)),
    );
    expect(new Set(chinese)).toEqual(new Set(original.map(inChinese)));
    // And each of the two leads to the other, near its top.
    expect(leadsTo(document)[0]).toBe(english);
    expect(leadsTo(english).slice(0, 2)).toContain(document);
  },
);

function twinOf(document: string): string {
  return document.replace(/(\.zh-CN)?\.md$/, '.zh-CN.md');
}

/** The files within the repository that a document has links to. */
function leadsTo(document: string): string[] {
  const text = readFileSync(root + document, 'utf8');
  return [...text.matchAll(/(?<!!\[[^\]]*)\]\((?!https?:|#)([^)\s#]+)[^)]*\)/g)].map(([, link = '']) =>
    new URL(link, `file:///${document}`).pathname.slice(1),
  );
}

/**
 * What a document has, in its order: each heading by its level, each item of a list, each row of a table by its number of cells,
 * each block of code.
 */
function outline(text: string): string[] {
  return [...text.matchAll(/^```[^]*?^```$|^#+(?= )|^ *(?:-|\d+\.)(?= )|^\|.*$/gm)].map(([found]) =>
    // Drawings, and the comments of commands, are translated.
    found
      .replace(/^```(sh)?\n[^]*/, '```$1')
      .replace(/^\|.*/, (row) => '|'.repeat(row.split(/(?<!\\)\|/).length - 1))
      .trim(),
  );
}

/** The anchors that GitHub makes of headings. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

test('every file that a document names exists', () => {
  const files =
    /\b(?:src|tests|interop|examples|scripts|docs|bench|python-fixtures)\/[\w./-]+\.(?:ts|py|md|sh|mjs|json|txt)\b/g;
  const missing = documents.flatMap((document) =>
    [...readFileSync(root + document, 'utf8').matchAll(files)]
      .map(([path]) => path)
      .filter((path) => !existsSync(root + path))
      .map((path) => `${document}: ${path}`),
  );
  expect(missing).toEqual([]);
});

/** The options of each command. */
function optionsOf({ commands }: Program): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(commands.map(({ name, options }) => [name, new Set(options.map((option) => `--${option.name}`))]));
}

test('every option that a document gives to the programs exists', () => {
  const known: Record<string, ReadonlyMap<string, ReadonlySet<string>>> = {
    'vnpy-bridge': optionsOf(VNPY_BRIDGE),
    'pickle-inspect': optionsOf(PICKLE_INSPECT),
  };
  const wrong = documents.flatMap((document) => {
    const lines = shellBlocks(readFileSync(root + document, 'utf8')).join('\n');
    // A command has one word, or two: `guard check`.
    return [
      ...lines.matchAll(/^(?:npx |\$ )*(vnpy-bridge|pickle-inspect) ([a-z]+)(?= |$)(?: ([a-z]+)(?= |$))?(.*)$/gm),
    ].flatMap(([line, program = '', command = '', second = '', rest = '']) => {
      const options = known[program]?.get(`${command} ${second}`) ?? known[program]?.get(command);
      const given = rest.match(/(?<= )--[a-z-]+/g) ?? [];
      return options !== undefined && given.every((option) => options.has(option)) ? [] : [`${document}: ${line}`];
    });
  });
  expect(wrong).toEqual([]);
});

test('every command that a document names exists', () => {
  const targets = new Set(
    [...readFileSync(`${root}Makefile`, 'utf8').matchAll(/^([a-z-]+):/gm)].map(([, target]) => target),
  );
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> };
  const unknown = documents.flatMap((document) => {
    const text = readFileSync(root + document, 'utf8');
    // Prose has the word 'make' too: commands stand in code.
    const code = [...shellBlocks(text), ...[...text.matchAll(/`([^`\n]+)`/g)].map(([, found = '']) => found)];
    return code.flatMap((part) => [
      ...[...part.matchAll(/^(?:\$ )?(?:[A-Z]+=\S+ )*make ([a-z-]+)/gm)].flatMap(([, target = '']) =>
        targets.has(target) ? [] : [`${document}: make ${target}`],
      ),
      ...[...part.matchAll(/npm run (?:--silent )?([a-z:-]+)/g)].flatMap(([, script = '']) =>
        script in scripts ? [] : [`${document}: npm run ${script}`],
      ),
    ]);
  });
  expect(unknown).toEqual([]);
});

test('CONTRIBUTING.md gives a reason for each dependency, and for no other', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const [, table = ''] = readFileSync(`${root}CONTRIBUTING.md`, 'utf8').split('## Dependencies');
  const named = [...table.matchAll(/^\| ([^|]*?) *\|/gm)].slice(2).flatMap(([, cell = '']) => cell.split(', '));
  const names = named.map((name) => name.replace(/ [\d.]+$/, ''));
  expect(names.sort()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).sort());
});
