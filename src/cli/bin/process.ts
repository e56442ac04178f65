/**
 * What the executables take from the process.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { StreamSink } from '../kit/io.js';
import type { Io } from '../kit/io.js';

/** The arguments after the program's name. */
export const args: readonly string[] = process.argv.slice(2);

const { stdin, stdout, stderr, env } = process;

function readKeys(pressed: (key: string) => void): () => void {
  const take = (bytes: Uint8Array): void => {
    for (const key of Buffer.from(bytes).toString()) pressed(key);
  };
  stdin.setRawMode(true).on('data', take).resume();
  return () => {
    stdin.off('data', take).setRawMode(false).pause();
  };
}

/** The process's streams and environment. */
export const io: Io = {
  stdin: Object.assign(stdin, { isTTY: stdin.isTTY, ...(stdin.isTTY ? { readKeys } : {}) }),
  stdout: new StreamSink(stdout),
  stderr: new StreamSink(stderr),
  env,
  // Windows has its locale in the settings of the user, which Node.js takes over.
  systemLocale: process.platform === 'win32' ? () => new Intl.DateTimeFormat().resolvedOptions().locale : undefined,
};

/** The version of this package. */
export const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};
