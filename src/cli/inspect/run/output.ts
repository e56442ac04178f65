/**
 * What is written to a file, or to standard output when that is no terminal.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import type { Said } from '../../kit/errors.js';
import { output } from '../options.js';

/** @throws {@link CliError} `why` it does not go to the terminal, when it would. */
export function checkOutput({ settings, io }: CommandContext, why: Said): void {
  if (settings.get(output) === undefined && io.stdout.isTTY) throw new CliError('USAGE', why);
}

/** Writes where `--output` says. @throws {@link CliError} when the file cannot be written. */
export async function writeOutput({ settings, io }: CommandContext, data: string | Uint8Array): Promise<void> {
  const path = settings.get(output);
  if (path === undefined || path === '-') {
    await io.stdout.write(data);
    return;
  }
  try {
    await writeFile(path, data);
  } catch (error) {
    throw CliError.file(path, error);
  }
}
