import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkTypes, docExamples, runExample } from '../support/doc-examples.js';
import { simulatedVnpy } from '../support/simulated-vnpy.js';

// The TypeScript of every document is checked and run. What it connects to is a simulated vnpy at the default addresses.

const root = fileURLToPath(new URL('../../', import.meta.url));
const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(`${root}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
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

test('every command that a document names exists', () => {
  const targets = new Set(
    [...readFileSync(`${root}Makefile`, 'utf8').matchAll(/^([a-z-]+):/gm)].map(([, target]) => target),
  );
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> };
  const unknown = documents.flatMap((document) => {
    const text = readFileSync(root + document, 'utf8');
    // Prose has the word 'make' too: commands stand in code.
    const code = [...text.matchAll(/^```(?:sh|console)\n([\s\S]*?)^```/gm), ...text.matchAll(/`([^`\n]+)`/g)].map(
      ([, found = '']) => found,
    );
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
