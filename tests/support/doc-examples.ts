/**
 * Runs the TypeScript examples of a Markdown document.
 *
 * - A block ```` ```ts ```` is type-checked with the project's own settings and run, every block on its own.
 * - ```` ```ts no-run ```` is only type-checked: an example that needs a server, for instance.
 * - ```` ```ts no-run endless ```` is not run against a real server either: it goes on until somebody ends it.
 * - `import … from 'vnpy-bridge/pickle'` and the like mean the sources.
 * - What `console.log` prints must be what the comment behind the call says. More lines of output are comment lines
 *   right below:
 *
 *       console.log(loads(data)); // [ 1, 'a' ]
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import ts from 'typescript';

/** One block of a document. */
export interface DocExample {
  /** `docs/types.md:12`. */
  readonly title: string;
  readonly code: string;
  /** False for a block that is only type-checked. */
  readonly run: boolean;
  /** It goes on until somebody ends it. */
  readonly isEndless: boolean;
}

/** One `console.log` that has a comment. */
export interface Printed {
  readonly line: number;
  readonly expected: string;
  readonly printed: string | undefined;
}

const root = new URL('../../', import.meta.url);

/** The modules that an example may import. A module is only loaded when an example asks for it. */
const modules: Readonly<Record<string, () => Promise<object>>> = {
  'vnpy-bridge': () => import('vnpy-bridge'),
  'vnpy-bridge/pickle': () => import('vnpy-bridge/pickle'),
  'vnpy-bridge/rpc': () => import('vnpy-bridge/rpc'),
  'vnpy-bridge/vnpy': () => import('vnpy-bridge/vnpy'),
  'vnpy-bridge/guard': () => import('vnpy-bridge/guard'),
  'vnpy-bridge/web': () => import('vnpy-bridge/web'),
  'vnpy-bridge/cluster': () => import('vnpy-bridge/cluster'),
  'vnpy-bridge/testing': () => import('vnpy-bridge/testing'),
  'vnpy-bridge/vnpy/data': () => import('vnpy-bridge/vnpy/data'),
  'vnpy-bridge/vnpy/apps': () => import('vnpy-bridge/vnpy/apps'),
};

/** The TypeScript blocks of a document, given by its path from the root of the repository. */
export function docExamples(path: string): DocExample[] {
  const examples: DocExample[] = [];
  const text = readFileSync(new URL(path, root), 'utf8');
  const fence = /^```(ts|typescript)([^\n]*)\n([\s\S]*?)^```$/gm;
  for (const [whole, , info = '', code = ''] of text.matchAll(fence)) {
    const line = text.slice(0, text.indexOf(whole)).split('\n').length;
    examples.push({
      title: `${path}:${line}`,
      code,
      run: !info.includes('no-run'),
      isEndless: info.includes('endless'),
    });
  }
  return examples;
}

/** What the compiler says against the examples, one message an error. */
export function checkTypes(examples: readonly DocExample[]): string[] {
  const configPath = fileURLToPath(new URL('tsconfig.json', root));
  const config: unknown = ts.readConfigFile(configPath, (path) => ts.sys.readFile(path)).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, fileURLToPath(root));
  // An example shows a value without always using it.
  const settings: ts.CompilerOptions = { ...options, noUnusedLocals: false, noUnusedParameters: false };
  const files = new Map(
    examples.map((example, index) => [
      fileURLToPath(new URL(`example-${index}.ts`, root)),
      // With an `export`, every block is a module of its own.
      { example, code: `${example.code}\nexport {};\n` },
    ]),
  );
  const host = ts.createCompilerHost(settings);
  const real = { ...host };
  host.fileExists = (name) => files.has(name) || real.fileExists(name);
  host.readFile = (name) => files.get(name)?.code ?? real.readFile(name);
  host.getSourceFile = (name, target, ...rest) => {
    const code = files.get(name)?.code;
    return code === undefined ? real.getSourceFile(name, target, ...rest) : ts.createSourceFile(name, code, target);
  };
  const program = ts.createProgram([...files.keys()], settings, host);
  return [...files].flatMap(([name, { example }]) => {
    const source = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map((diagnostic) => {
      const line = source?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0;
      return `${example.title}, line ${line + 1}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
    });
  });
}

/**
 * Runs an example and tells what it printed, in order, where a comment says what it should.
 *
 * @param replaced - Modules to give the example instead of the real ones: with a server for it behind them, for instance.
 */
export async function runExample(
  example: DocExample,
  replaced: Readonly<Record<string, object>> = {},
): Promise<Printed[]> {
  const results: Printed[] = [];
  const expectations = expectedOutput(example.code);
  const done = new Set<number>();
  const log = (line: number, ...values: unknown[]): void => {
    const expected = expectations.get(line);
    if (expected === undefined) return;
    done.add(line);
    results.push({ line, expected, printed: format(...values) });
  };
  const load = async (name: string): Promise<object> => {
    const own = modules[name];
    return replaced[name] ?? (own === undefined ? ((await import(name)) as object) : own());
  };
  const module = ts.transpileModule(example.code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
    transformers: { before: [rewrite] },
  }).outputText;
  // The imports are gone by now, and the compiler still says that it is a module.
  const body = module.replace(/^export \{\};$/m, '');
  // The code is the project's own documentation.
  const AsyncFunction = (async () => Promise.resolve()).constructor as new (
    ...parts: string[]
  ) => (log: unknown, load: unknown) => Promise<void>;
  await new AsyncFunction('__log', '__import', body)(log, load);
  for (const [line, expected] of expectations)
    if (!done.has(line)) results.push({ line, expected, printed: undefined });

  return results;
}

function isLog(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && node.expression.getText() === 'console.log';
}

/** Line of each console.log that has a comment, and what the comment says. */
function expectedOutput(code: string): Map<number, string> {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true);
  const lines = code.split('\n');
  const found = new Map<number, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isExpressionStatement(node) && isLog(node.expression)) {
      const comment = ts.getTrailingCommentRanges(code, node.end)?.[0];
      if (comment !== undefined) {
        const expected = [code.slice(comment.pos, comment.end)];
        const last = source.getLineAndCharacterOfPosition(comment.end).line;
        for (let next = last + 1; lines[next]?.trimStart().startsWith('//') === true; next++)
          expected.push(lines[next] ?? '');
        found.set(lineOf(source, node), expected.map((text) => text.trimStart().replace(/^\/\/ ?/, '')).join('\n'));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** Turns imports into calls of `__import`, and `console.log(…)` into `__log(line, …)`. */
function rewrite(context: ts.TransformationContext): ts.Transformer<ts.SourceFile> {
  const { factory } = context;
  return (source) => {
    const visit = (node: ts.Node): ts.Node | undefined => {
      if (ts.isImportDeclaration(node)) return importStatement(factory, node);
      if (
        ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        ts.isIdentifier(node.expression.expression) &&
        node.expression.expression.text === 'console' &&
        node.expression.name.text === 'log'
      ) {
        const line = factory.createNumericLiteral(lineOf(source, node));
        const values = node.arguments.map((argument) => ts.visitNode(argument, visit) as ts.Expression);
        return factory.createCallExpression(factory.createIdentifier('__log'), undefined, [line, ...values]);
      }
      return ts.visitEachChild(node, visit, context);
    };
    return ts.visitNode(source, visit) as ts.SourceFile;
  };
}

function importStatement(factory: ts.NodeFactory, node: ts.ImportDeclaration): ts.Statement | undefined {
  const clause = node.importClause;
  const bindings = clause?.namedBindings;
  if (clause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return undefined;
  const loaded = factory.createAwaitExpression(
    factory.createCallExpression(factory.createIdentifier('__import'), undefined, [node.moduleSpecifier]),
  );
  if (bindings === undefined) return factory.createExpressionStatement(loaded);
  const name = ts.isNamespaceImport(bindings)
    ? bindings.name
    : factory.createObjectBindingPattern(
        bindings.elements
          .filter((element) => !element.isTypeOnly)
          .map((element) => factory.createBindingElement(undefined, element.propertyName, element.name)),
      );
  return factory.createVariableStatement(
    undefined,
    factory.createVariableDeclarationList(
      [factory.createVariableDeclaration(name, undefined, undefined, loaded)],
      ts.NodeFlags.Const,
    ),
  );
}
