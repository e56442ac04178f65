/**
 * A real CPython that answers the questions of python-fixtures/pickles/proof.py.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { loadPyodide } from 'pyodide';

const fixtures = new URL('../../python-fixtures/', import.meta.url);

/** A question's answer where CPython raised an exception. */
export interface PythonFailure {
  readonly error: string;
}

/** One pickle as proof.py takes it. */
export interface PickleRequest {
  readonly bytes: string;
  readonly case?: string;
  readonly protocol?: number;
  readonly buffers?: readonly string[];
  readonly encoding?: string;
}

/** The functions of proof.py. Each takes many pickles at once. */
export interface Python extends AsyncDisposable {
  version(): Promise<{ python: string; packages: Record<string, boolean> }>;
  names(): Promise<string[]>;
  loads(requests: readonly PickleRequest[]): Promise<({ value: unknown } | PythonFailure)[]>;
  loads_plain(pickles: readonly string[]): Promise<({ value: unknown } | PythonFailure)[]>;
  compare(requests: readonly PickleRequest[]): Promise<(PythonFailure | null)[]>;
  make(
    requests: readonly { case: string; protocol: number }[],
  ): Promise<({ bytes: string; buffers: string[] } | PythonFailure)[]>;
  disassemble(pickles: readonly string[]): Promise<({ text: string } | PythonFailure)[]>;
  tokens(pickles: readonly string[]): Promise<({ tokens: [number, string][] } | PythonFailure)[]>;
  optimize(pickles: readonly string[]): Promise<({ bytes: string } | PythonFailure)[]>;
  redump(requests: readonly PickleRequest[]): Promise<({ given: string; own: string } | PythonFailure)[]>;
}

type Ask = (request: string) => Promise<string>;

function python(ask: Ask, dispose: () => Promise<void>): Python {
  const question =
    <Answer>(name: string) =>
    async (argument?: unknown): Promise<Answer> =>
      JSON.parse(await ask(JSON.stringify({ function: name, argument: argument ?? null }))) as Answer;
  return {
    version: question('version'),
    names: question('names'),
    loads: question('loads'),
    loads_plain: question('loads_plain'),
    compare: question('compare'),
    make: question('make'),
    disassemble: question('disassemble'),
    tokens: question('tokens'),
    optimize: question('optimize'),
    redump: question('redump'),
    [Symbol.asyncDispose]: dispose,
  };
}

interface Files {
  mkdirTree(path: string): void;
  writeFile(path: string, data: Uint8Array): void;
}

/** CPython 3.14 of the npm package `pyodide`: needs no Python on the machine. Takes about 2 s to start. */
export async function startPyodide(): Promise<Python> {
  const interpreter = await loadPyodide({ env: { HOME: '/home/pyodide', PYTHONHASHSEED: '0' } });
  // The package's types refer to those of Emscripten, which it does not bring.
  const files = interpreter.FS as unknown as Files;
  files.mkdirTree('/fixtures/pickles');
  files.writeFile('/fixtures/generate.py', readFileSync(new URL('generate.py', fixtures)));
  for (const name of readdirSync(new URL('pickles/', fixtures))) {
    if (!name.endsWith('.py')) continue;
    files.writeFile(`/fixtures/pickles/${name}`, readFileSync(new URL(`pickles/${name}`, fixtures)));
  }
  interpreter.runPython('import sys; sys.path[:0] = ["/fixtures", "/fixtures/pickles"]; import proof');
  const call = interpreter.runPython('proof.call') as (request: string) => string;
  return python(
    (request) => Promise.resolve(call(request)),
    () => Promise.resolve(),
  );
}

/** A Python of the machine, as a child process that ends with {@link Python}[Symbol.asyncDispose]. */
export function startPython(executable: string): Python {
  const child = spawn(executable, [fileURLToPath(new URL('pickles/proof.py', fixtures))], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1' },
  });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const waiting: { resolve: (answer: string) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  const ended = new Promise<void>((resolve) => {
    const end = (reason: string): void => {
      for (const { reject } of waiting.splice(0)) reject(new Error(`${executable} ${reason}\n${complaint}`));
      resolve();
    };
    child.on('error', (error) => {
      end(error.message);
    });
    child.on('close', (code) => {
      end(`ended with ${code ?? 'a signal'}`);
    });
  });
  const ask: Ask = (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      child.stdin.write(`${request}\n`);
    });
  return python(ask, async () => {
    child.stdin.end();
    await ended;
  });
}
