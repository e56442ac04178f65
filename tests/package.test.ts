import { execFile, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build as bundle } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { dumps, tokens } from 'vnpy-bridge/pickle';
import { pack } from '../scripts/pack.js';
import type { Packed } from '../scripts/pack.js';
import { install, link, manifest } from './support/packed.js';

// The tarball that would be published, as a user's project sees it. Needs a build, and no network.

// Compilers and programs that start: seconds, on a machine that does other things too.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { name, version, bin, exports } = manifest();
const ENTRIES = Object.keys(exports).filter((entry) => entry !== './package.json');
const specifiers = ENTRIES.map((entry) => join(name, entry).replaceAll('\\', '/'));

const root = fileURLToPath(new URL('../', import.meta.url));
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-package-'));
const project = join(folder, 'user');
let packed: Packed;
let installed: string;

beforeAll(() => {
  packed = pack(folder);
  installed = install(packed.tarball, project);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a module of the user's project and returns what it prints as JSON. */
async function evaluate(code: string, file = 'main.mjs', cwd = project): Promise<unknown> {
  writeFileSync(join(cwd, file), code);
  const { stdout } = await run(process.execPath, [file], { cwd });
  return JSON.parse(stdout);
}

describe('what is published', () => {
  test('the build, the documents, the examples and what runs it as a service, and nothing else', () => {
    const allowed =
      /^(dist\/[^.].*\.(js|d\.ts)|dist\/cli\/inspect\/html\/page\/page\.css|dist\/web\/page\/(index\.html|icon\.svg|assets\/[\w-]+\.css)|docs\/[^/]+\.md|docs\/images\/[\w-]+\.(?:webp|svg)|examples\/[^/]+\.(?:ts|json|py)|ops\/[^/]+\.(md|service|json|yml)|ops\/Containerfile|[A-Z][A-Za-z_.-]*\.md|LICENSE|package\.json)$/;
    expect(packed.files.filter((file) => !allowed.test(file))).toEqual([]);
    // What stands in the repository's folders is there, whole.
    const folders = ['docs', 'examples', 'ops'].flatMap((parent) =>
      readdirSync(join(root, parent), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${parent}/${entry.name}`),
    );
    expect(packed.files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md', ...folders]));
  });

  test('every link of a document to another file leads to one that is in the package', () => {
    const broken = packed.files
      .filter((file) => file.endsWith('.md'))
      .flatMap((document) => {
        const text = readFileSync(join(installed, document), 'utf8');
        return [...text.matchAll(/\]\((?![a-z]+:|#)([^)\s#]+)/g)]
          .map(([, link = '']) => new URL(link, `file:///${document}`).pathname.slice(1))
          .filter((path) => !existsSync(join(installed, decodeURIComponent(path))))
          .map((path) => `${document}: ${path}`);
      });
    expect(broken).toEqual([]);
  });

  test('every entry and every program that package.json names', () => {
    const targets = Object.values(exports).flatMap((target) =>
      typeof target === 'string' ? target : Object.values(target),
    );
    expect([...targets, ...Object.values(bin)].filter((path) => !packed.files.includes(normalize(path)))).toEqual([]);
  });

  test('declarations for each source, and of modules only the entries and what they import', () => {
    const modules = (files: readonly string[], suffix: string): string[] =>
      files
        .filter((file) => file.endsWith(suffix))
        .map((file) => file.slice(0, -suffix.length))
        .sort();
    const built = packed.files.filter((file) => file.startsWith('dist/')).map((file) => file.slice('dist/'.length));
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((file) =>
      file.replaceAll('\\', '/'),
    );
    expect(modules(built, '.d.ts')).toEqual(modules(files, '.ts'));
    const targets = Object.values(exports).flatMap((target) => (typeof target === 'string' ? [] : target.default));
    const reached = new Set([...targets, ...Object.values(bin)].map((path) => normalize(path)));
    for (const module of reached) {
      const text = readFileSync(join(installed, module), 'utf8');
      for (const [, path = ''] of text.matchAll(/(?:\bfrom |\bimport\()"(\.[^"]+\.js)"/g))
        reached.add(join(dirname(module), path).replaceAll('\\', '/'));
    }
    // The page of the HTML report is JavaScript as it stands in `src`; that of the console is built by itself.
    const page = modules(files, '.js').map((file) => `dist/${file}.js`);
    const published = packed.files.filter((file) => file.endsWith('.js') && !file.startsWith('dist/web/page/'));
    expect(published.sort()).toEqual([...reached, ...page].sort());
  });

  test('no module names a source map: there is none', () => {
    const naming = packed.files
      .filter((file) => /\.(?:js|d\.ts)$/.test(file))
      .filter((file) => readFileSync(join(installed, file), 'utf8').includes('//# sourceMappingURL='));
    expect(naming).toEqual([]);
  });

  test('publint has nothing to say', async () => {
    const tarball = new Uint8Array(readFileSync(packed.tarball)).buffer;
    const { messages, pkg } = await publint({ pack: { tarball }, level: 'suggestion', strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test('the types are right for every way of resolving that ES modules have', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(packed.tarball))));
    if (analysis.types === false) throw new Error('the package has no types');
    // TypeScript's oldest resolution knows no `exports`, and its CommonJS of Node 16 no `require` of ES modules.
    const unsupported = new Set(['node10', 'node16-cjs']);
    const problems = analysis.problems.filter(
      (problem) => !('resolutionKind' in problem && unsupported.has(problem.resolutionKind)),
    );
    expect(problems).toEqual([]);
    expect(Object.keys(analysis.entrypoints)).toEqual(expect.arrayContaining(ENTRIES));
  });
});

describe('a project that installed it', () => {
  test('imports every entry', async () => {
    const code = `
      const names = {};
      for (const specifier of ${JSON.stringify(specifiers)}) names[specifier] = Object.keys(await import(specifier));
      console.log(JSON.stringify(names));`;
    const names = (await evaluate(code)) as Record<string, string[]>;
    expect(Object.keys(names)).toEqual(specifiers);
    expect(names[`${name}/pickle`]).toEqual(expect.arrayContaining(['loads', 'dumps']));
    expect(names[`${name}/rpc`]).toEqual(expect.arrayContaining(['RpcClient', 'RpcServer']));
    expect(names[`${name}/vnpy`]).toEqual(expect.arrayContaining(['RpcGateway', 'RpcService']));
    expect(names[`${name}/vnpy/data`]).toEqual(expect.arrayContaining(['TickData', 'vnpyRegistry', 'toPlain']));
    expect(names[`${name}/vnpy/apps`]).toEqual(expect.arrayContaining(['appsRegistry', 'readAppEvent']));
    expect(names[`${name}/testing`]).toEqual(
      expect.arrayContaining(['MemoryTransport', 'SimulatedEngine', 'engineContract', 'transportContract']),
    );
    expect(names[name]).toEqual(
      expect.arrayContaining([...(names[`${name}/rpc`] ?? []), ...(names[`${name}/vnpy`] ?? [])]),
    );
  });

  test('everything has the name that it is exported by: stacks and logs show it', async () => {
    const code = `
      const wrong = [];
      for (const specifier of ${JSON.stringify(specifiers)})
        for (const [name, value] of Object.entries(await import(specifier)))
          if (typeof value === 'function' && value.name !== name) wrong.push([specifier, name, value.name]);
      console.log(JSON.stringify(wrong));`;
    expect(await evaluate(code)).toEqual([]);
  });

  test.each(['pickle', 'vnpy/data', 'vnpy/apps'])('bundles %s for a browser, and nothing of Node.js', async (entry) => {
    const file = join(project, 'browser.mjs');
    writeFileSync(file, `export * from '${name}/${entry}';`);
    const { warnings } = await bundle({ entryPoints: [file], bundle: true, platform: 'browser', write: false });
    expect(warnings).toEqual([]);
  });

  test('the first import of everything takes no more processor time than Node.js itself to start', async () => {
    /** Processor time in ms of a process from its start, and of the import alone: the smallest of several. */
    const times: number[][] = [];
    for (let round = 0; round < 7; round++) {
      const code = `
        const spent = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
        const start = spent();
        await import('${name}');
        console.log(JSON.stringify([start, spent() - start]));`;
      times.push((await evaluate(code)) as number[]);
    }
    const least = (index: number): number => Math.min(...times.map((each) => each[index] ?? NaN));
    // 0.9 when this was written, and 3.3 with a module a source: 45 ms where Node.js starts in 50.
    expect(least(1) / least(0)).toBeLessThan(1.3);
  });

  test('requires every entry where Node.js can require an ES module, and is told why where it cannot', async () => {
    const code = `
      const load = (specifier) => { try { return typeof require(specifier); } catch (error) { return error.code; } };
      console.log(JSON.stringify(${JSON.stringify(specifiers)}.map(load)));`;
    // Node.js 20.19, 22.12 and later.
    const can = (process.features as { require_module?: boolean }).require_module === true;
    expect(await evaluate(code, 'main.cjs')).toEqual(specifiers.map(() => (can ? 'object' : 'ERR_REQUIRE_ESM')));
  });

  test('classes are the same by every entry', async () => {
    const code = `
      const all = await import('${name}');
      const vnpy = await import('${name}/vnpy');
      const data = await import('${name}/vnpy/data');
      const testing = await import('${name}/testing');
      console.log(JSON.stringify([
        all.RpcGateway === vnpy.RpcGateway, all.Direction === vnpy.Direction, data.Direction === vnpy.Direction,
        testing.SimulatedEngine === vnpy.SimulatedEngine, testing.MemoryTransport === all.MemoryTransport,
      ]));`;
    expect(await evaluate(code)).toEqual([true, true, true, true, true]);
  });

  test.each(Object.entries(bin))('runs %s', async (program, path) => {
    const file = join(installed, path);
    expect(readFileSync(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect((await run(process.execPath, [file, '--version'], { cwd: project })).stdout.trim()).toBe(version);
    const help = await run(process.execPath, [file, '--help'], { cwd: project });
    expect(help.stdout).toContain(`Usage: ${program}`);
    expect(help.stderr).toBe('');
  });

  test.each([
    ['node16', { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }],
    ['bundler', { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
  ])(
    'type-checks with moduleResolution %s what is right, and refuses what is wrong',
    (_resolution, settings) => {
      const modules = join(project, 'node_modules');
      for (const types of ['@types/node', 'undici-types']) if (!existsSync(join(modules, types))) link(modules, types);

      const right = join(project, 'right.ts');
      const wrong = join(project, 'wrong.ts');
      writeFileSync(right, CONSUMER);
      writeFileSync(wrong, `${CONSUMER}\nconst text: string = order.price;\ngateway.on('tock', () => text);\n`);
      const program = ts.createProgram([right, wrong], {
        ...settings,
        target: ts.ScriptTarget.ES2022,
        lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
        types: ['node'],
        strict: true,
        // The declarations of the package are checked too: a user may do that. Those of TypeScript itself are not.
        skipLibCheck: false,
        skipDefaultLibCheck: true,
        noEmit: true,
      });
      const found = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => ({
        file: file && basename(file.fileName),
        message: ts.flattenDiagnosticMessageText(messageText, ' '),
      }));
      expect(found).toEqual([
        { file: 'wrong.ts', message: "Type 'number' is not assignable to type 'string'." },
        { file: 'wrong.ts', message: expect.stringContaining('"tock"') as string },
      ]);
    },
    60_000,
  );
});

describe('a project without the optional peer zeromq', () => {
  test('calls and serves, and is told what to do only when it names the transport zeromq', async () => {
    const code = `
      const { RpcClient, RpcServer } = await import('${name}');
      const server = new RpcServer().register('add', (a, b) => a + b);
      await server.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
      const client = new RpcClient();
      await client.start(server.addresses.reply);
      const problem = await new RpcClient({ transport: 'zeromq' }).start('tcp://127.0.0.1:2014').catch((error) => error);
      const sum = await client.call('add', [1, 2]);
      await client.stop();
      await server.stop();
      console.log(JSON.stringify([sum, problem.name, problem.code, problem.message]));`;
    expect(await evaluate(code)).toEqual([
      3,
      'RpcTransportError',
      'ZEROMQ_UNAVAILABLE',
      expect.stringContaining('it is not installed: run "npm install zeromq"'),
    ]);
  });

  test('has at most 16 MB, and no native file or install script among all that it needs', () => {
    const { size, native, scripts } = weigh(installed);
    expect(native).toEqual([]);
    expect(scripts).toEqual([]);
    expect(size).toBeGreaterThan(1e6);
    expect(size).toBeLessThanOrEqual(16e6);
  });

  test('has pickle-inspect', () => {
    const input = dumps(['add', [1, 3], {}]);
    const program = join(installed, bin['pickle-inspect'] ?? '');
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'ops', '-'], { cwd: project, input });
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
    for (const { opcode } of tokens(input)) expect(stdout.toString()).toContain(opcode.name);
  });
});

/** What `npm install` of the package brings: bytes, native files, and packages with an install script. */
function weigh(target: string): { size: number; native: string[]; scripts: string[] } {
  const seen = new Set<string>();
  const found = { size: 0, native: [] as string[], scripts: [] as string[] };
  const add = (location: string): void => {
    if (seen.has(location)) return;
    seen.add(location);
    const about = JSON.parse(readFileSync(join(location, 'package.json'), 'utf8')) as {
      readonly scripts?: Readonly<Record<string, string>>;
      readonly dependencies?: Readonly<Record<string, string>>;
    };
    if (['preinstall', 'install', 'postinstall'].some((script) => about.scripts?.[script] !== undefined))
      found.scripts.push(location);
    for (const entry of readdirSync(location, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || relative(location, entry.parentPath).split(sep).includes('node_modules')) continue;
      found.size += statSync(join(entry.parentPath, entry.name)).size;
      if (/\.(?:node|dll|dylib|so(?:\.\d+)*)$/.test(entry.name)) found.native.push(join(entry.parentPath, entry.name));
    }
    for (const dependency of Object.keys(about.dependencies ?? {})) add(packageFolder(location, dependency));
  };
  add(target);
  return found;
}

/** Where Node.js finds a dependency of the package in a folder: in its own node_modules, or in one above it. */
function packageFolder(location: string, dependency: string): string {
  for (let parent = realpathSync(location); parent !== dirname(parent); parent = dirname(parent)) {
    const candidate = join(parent, 'node_modules', dependency);
    if (existsSync(candidate)) return realpathSync(candidate);
  }
  throw new Error(`${dependency} of ${location} is not installed`);
}

const CONSUMER = `
import { BridgeError, RpcGateway, OrderRequest, Direction, Offset, OrderType, Exchange } from 'vnpy-bridge';
import { loads, dumps, ClassRegistry, type LoadsOptions } from 'vnpy-bridge/pickle';
import { RpcClient, RpcServer, type Logger, type RpcClientOptions } from 'vnpy-bridge/rpc';
import { SimulatedEngine, RpcService, vnpyRegistry, type TickData } from 'vnpy-bridge/vnpy';

const options: LoadsOptions = { registry: ClassRegistry.of(), lossless: true };
export const value: unknown = loads(dumps({ a: 1n }), options);
const logger: Logger = console;
const clientOptions: RpcClientOptions = { registry: vnpyRegistry, timeout: 1000, logger };
export const client = new RpcClient(clientOptions);
interface Api {
  add(a: number, b: number): number;
}
export const sum: Promise<number> = client.proxy<Api>().add(1, 3);
export const server = new RpcServer().register('add', (a: number, b: number) => a + b, { params: ['a', 'b'] });
export const service = new RpcService(new SimulatedEngine());
const gateway = new RpcGateway();
gateway.on('tick', (tick: TickData) => tick.last_price.toFixed(2));
export const order = new OrderRequest({
  symbol: 'rb2705', exchange: Exchange.SHFE, direction: Direction.LONG, offset: Offset.OPEN, type: OrderType.LIMIT, volume: 1, price: 3500,
});
export async function main(): Promise<string> {
  await using connected = gateway;
  await connected.connect();
  try {
    return await connected.sendOrder(order);
  } catch (error) {
    return error instanceof BridgeError ? error.code : 'unknown';
  }
}
`;
