/**
 * What the options say about reading: which inputs, and how far.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import type { Settings } from '../../kit/settings.js';
import type { InputName } from '../input/sources.js';
import type { AnalyseOptions } from '../machine/analyse.js';
import * as options from '../options.js';

/** The inputs that arguments name. */
export function argumentNames(paths: readonly string[]): InputName[] {
  return paths.map((path) => (path === '-' ? { kind: 'stdin' } : { kind: 'file', path }));
}

/** The inputs that a command line names: literals, files, and standard input when there is nothing else. */
export function inputNames(paths: readonly string[], { settings, io }: CommandContext): readonly InputName[] {
  const literals = [options.hex, options.base64, options.repr].flatMap((option) =>
    settings.get(option).map((text) => ({ kind: 'literal' as const, form: option.name as 'hex', text })),
  );
  const names = [...literals, ...argumentNames(paths)];
  if (names.length > 0) return names;
  if (!io.stdin.isTTY) return [{ kind: 'stdin' }];
  throw new CliError('USAGE', ({ noInput }) => noInput);
}

/** Resolves the options about reading. */
export async function analyseOptions(settings: Settings): Promise<AnalyseOptions> {
  const buffers: Uint8Array[] = [];
  for (const path of settings.get(options.buffer)) {
    try {
      buffers.push(await readFile(path));
    } catch (error) {
      throw CliError.file(path, error);
    }
  }
  return {
    encoding: settings.get(options.encoding),
    buffers,
    maxDepth: settings.get(options.maxDepth),
    maxOps: settings.get(options.maxOps),
    deadline: performance.now() + settings.get(options.timeout) * 1000,
  };
}
