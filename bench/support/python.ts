/**
 * The Python that benchmarks compare with.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { programOf } from '../../interop/support/versions.js';

// This file runs from build/bench/support/.
const root = new URL('../../../', import.meta.url);

/** A path from the root of the repository. */
export function fromRoot(path: string): string {
  return fileURLToPath(new URL(path, root));
}

/** The Python to use: that of .venv, where vnpy is; else PYTHON, else python3. */
export function pythonExecutable(): string {
  const own = programOf(fromRoot('.venv'), 'python');
  return existsSync(own) ? own : (process.env['PYTHON'] ?? 'python3');
}

/** A Python process that answers JSON lines. */
export class PythonPeer implements AsyncDisposable {
  readonly #child;
  readonly #waiting: { resolve: (answer: unknown) => void; reject: (error: Error) => void }[] = [];
  readonly #closed: Promise<void>;

  constructor(script: string) {
    const executable = pythonExecutable();
    this.#child = spawn(executable, [fromRoot(script)], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line));
    });
    this.#closed = new Promise((resolve) => {
      const end = (reason: string): void => {
        for (const { reject } of this.#waiting.splice(0)) reject(new Error(`${executable} ${script} ${reason}`));
        resolve();
      };
      this.#child.on('error', (error) => {
        end(error.message);
      });
      this.#child.on('close', (code) => {
        end(`ended with ${code ?? 'a signal'}`);
      });
    });
  }

  /** Sends a request and waits for its answer. */
  ask<Answer>(request: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve: resolve as (answer: unknown) => void, reject });
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    await this.#closed;
  }
}
