/**
 * Nothing in src/ leads back to itself, types neither: what ESLint's `import-x/no-cycle` does not see, for it ignores
 * `import type`. An `import()` inside a function is no part of it: it loads when a command runs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));

/** The rooms of the codec: a file imports from its own room and from those on the floors below. */
const FLOORS = [['errors.ts'], ['wire', 'values'], ['classes'], ['encode', 'decode'], ['index.ts', 'internal.ts']];

/** For each name what it leads to. */
type Graph = ReadonlyMap<string, readonly string[]>;

/** The files that a file imports or exports from, types included. */
function importsOf(file: string, text: string): string[] {
  return ts
    .createSourceFile(file, text, ts.ScriptTarget.Latest)
    .statements.flatMap((node) =>
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined &&
      ts.isStringLiteral(node.moduleSpecifier)
        ? [node.moduleSpecifier.text]
        : [],
    )
    .filter((path) => path.startsWith('.'))
    .map((path) => resolve(dirname(file), path.replace(/\.js$/, '.ts')));
}

/** All files of src/ and what they import, by their paths from there. */
function graphOf(root: string): Graph {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const named = (path: string): string => relative(root, path).replaceAll('\\', '/');
  return new Map(
    files.map((name) => {
      const path = join(root, name);
      return [named(path), importsOf(path, readFileSync(path, 'utf8')).map(named)];
    }),
  );
}

/** One way that leads back to its beginning, undefined when there is none. */
function cycleIn(graph: Graph): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** The floor of a file of the codec, by its room. */
function floorOf(file: string): number {
  const [, room] = file.split('/');
  const floor = FLOORS.findIndex((rooms) => room !== undefined && rooms.includes(room));
  if (floor < 0) throw new Error(`${file} is in no room of the codec`);
  return floor;
}

describe('the files of src/', () => {
  const graph = graphOf(SOURCE);

  test('are all read, with their imports', () => {
    expect(graph.get('pickle/decode/unpickler.ts')).toContain('pickle/decode/decoder.ts');
    // By `import type` alone, and by `export … from`.
    expect(graph.get('pickle/encode/tasks.ts')).toContain('pickle/encode/encoding.ts');
    expect(graph.get('pickle/index.ts')).toContain('pickle/decode/unpickler.ts');
    const lost = [...graph.values()].flat().filter((file) => !graph.has(file));
    expect(lost).toEqual([]);
  });

  test('lead back to none of themselves', () => {
    expect(cycleIn(graph)?.join(' → ')).toBeUndefined();
  });

  test('would be found where they did', () => {
    const circle = new Map([...graph, ['errors.ts', ['pickle/index.ts']]]);
    expect(cycleIn(circle)).toContain('pickle/index.ts');
  });

  test('of the codec import from their own room and the floors below', () => {
    const wrong = [...graph]
      .filter(([file]) => file.startsWith('pickle/'))
      .flatMap(([file, targets]) => targets.map((target) => [file, target] as const))
      .filter(([, target]) => target.startsWith('pickle/'))
      .filter(([file, target]) => {
        const isSameRoom = file.split('/')[1] === target.split('/')[1];
        return !isSameRoom && floorOf(target) >= floorOf(file);
      })
      .map(([file, target]) => `${file} → ${target}`);
    expect(wrong).toEqual([]);
  });
});
