/**
 * `pickle-inspect hex`: the bytes.
 *
 * @module
 */
import type { Command } from 'commander';
import type { Io } from '../../kit/io.js';
import { writeAll } from '../../kit/io.js';
import { escapeText } from '../../kit/text/escape.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import { Reading } from '../reading/reading.js';
import { renderFindings } from '../render/findings.js';
import { heading } from '../render/heading.js';
import { renderHex } from '../render/hex.js';
import { addInputOptions, addOutputOptions, parseRange, printing } from '../commands/common.js';
import type { InputFlags, NumberRange, OutputFlags } from '../commands/common.js';
import type { Session } from '../commands/session.js';

interface HexFlags extends InputFlags, OutputFlags {
  readonly range?: NumberRange;
}

/** Adds the command. */
export function addHex(program: Command, session: Session): void {
  const command = program
    .command('hex')
    .description('show the bytes, cut into opcodes, with what each says')
    .argument('[input...]', 'files, or - for standard input')
    .optionsGroup('Bytes:')
    .option('--range <bytes>', 'only these bytes: 40-90', parseRange);
  // --hex is an input option of every command; this command's name does not collide with it.
  addOutputOptions(addInputOptions(command)).action((paths: string[], flags: HexFlags) =>
    session.run(() => run(paths, flags, session.io)),
  );
}

async function run(paths: readonly string[], flags: HexFlags, io: Io): Promise<ExitCode> {
  const { style, ascii, width, quiet } = printing(flags, io);
  const reading = new Reading(paths, flags, io);
  let first = true;
  for await (const message of reading.messages()) {
    if (!first) await io.stdout.write('\n');
    first = false;
    if (!quiet) await io.stdout.write(heading(message, style, { ascii }));
    const { analysis } = message;
    if (analysis !== undefined) {
      const range = { first: flags.range?.first ?? 0, last: flags.range?.last ?? Number.POSITIVE_INFINITY };
      await writeAll(io.stdout, renderHex(analysis, { style, ascii, width, ...range }));
    }
    const relevant = message.findings.filter((finding) => levelOf(finding) !== 'lint');
    const escape = (text: string): string => escapeText(text, { ascii });
    await writeAll(io.stdout, renderFindings(relevant, analysis?.data, escape, style));
  }
  return reading.code;
}
