/**
 * `pickle-inspect hex`: the bytes.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import { writeAll } from '../../kit/io.js';
import { escapeText } from '../../kit/text/escape.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import * as options from '../options.js';
import { Reading } from '../reading/reading.js';
import { textsOf } from '../../lang/texts.js';
import { renderFindings } from '../render/findings.js';
import { heading } from '../render/heading.js';
import { printing } from '../render/printing.js';
import { renderHex } from '../render/hex.js';

/** Runs the command. */
export async function hex(context: CommandContext): Promise<ExitCode> {
  const { args, settings, io } = context;
  const { style, ascii, width, quiet } = printing(context);
  const range = settings.get(options.byteRange) ?? { first: 0, last: Number.POSITIVE_INFINITY };
  const reading = new Reading(args, context);
  const texts = await textsOf('inspect', context.language);
  let first = true;
  for await (const message of reading.messages()) {
    if (!first) await io.stdout.write('\n');
    first = false;
    if (!quiet) await io.stdout.write(heading(message, style, { ascii }, texts.views));
    const { analysis } = message;
    if (analysis !== undefined)
      await writeAll(io.stdout, renderHex(analysis, { style, ascii, width, ...range, words: texts.views }));
    const relevant = message.findings.filter((finding) => levelOf(finding) !== 'lint');
    const escape = (text: string): string => escapeText(text, { ascii });
    await writeAll(io.stdout, renderFindings(relevant, analysis?.data, { escape, style, texts }));
  }
  return reading.code;
}
