/**
 * The work of `vnpy-bridge call`.
 *
 * @module
 */
import { parseArgument, parseKeywords } from '../arguments/arguments.js';
import type { CommandContext } from '../../kit/command.js';
import { withClient } from '../connection/connection.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { toPlain } from '../output/plain.js';
import { json, kwargs } from '../options.js';

/** Calls one function and prints what it returns. */
export async function callFunction(context: CommandContext): Promise<ExitCode> {
  const { args, settings, io, signal } = context;
  const [name = '', ...texts] = args;
  const values = texts.map(parseArgument);
  const keywords = settings.get(kwargs);
  const named = keywords === undefined ? {} : parseKeywords(keywords);
  const result = await withClient(context, (client) => client.call(name, values, { kwargs: named, signal }));
  await io.stdout.write(`${JSON.stringify(toPlain(result), undefined, settings.get(json) ? undefined : 2)}\n`);
  return EXIT.ok;
}
