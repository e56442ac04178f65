/**
 * `pickle-inspect lint`: what loads, but not everywhere or not as it seems.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import { writeAll } from '../../kit/io.js';
import { escapeText } from '../../kit/text/escape.js';
import { textsOf } from '../../lang/texts.js';
import { damageCode, EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import type { Finding } from '../findings/finding.js';
import * as options from '../options.js';
import { Reading } from '../reading/reading.js';
import { printing } from '../render/printing.js';
import { findingLine } from '../render/findings.js';
import type { FindingForm } from '../render/findings.js';
import { jsonString } from '../render/json-writer.js';
import { lint as findingsOf } from '../work/lint.js';

/** Runs the command. */
export async function lint(context: CommandContext): Promise<ExitCode> {
  const { args, settings, io } = context;
  const { style, ascii } = printing(context);
  const strict = settings.get(options.strict);
  const texts = await textsOf('inspect', context.language);
  const reading = new Reading(args, context);
  for await (const message of reading.messages()) {
    const { analysis, source, number } = message;
    const viewer = reading.viewer(message, { ascii });
    const findings =
      analysis === undefined ? [...message.findings] : findingsOf(analysis, message.findings, viewer.lens);
    reading.count(damageCode(findings));
    if (strict && findings.some((finding) => levelOf(finding) === 'lint')) reading.count(EXIT.findings);
    if (settings.get(options.json)) {
      await io.stdout.write(`${jsonString({ source, message: number, findings })}\n`);
      continue;
    }
    const title = findings.length === 0 ? texts.nothingToList : texts.toList(findings.length);
    await io.stdout.write(`${style('bold', escapeText(source, { ascii }))} #${number}: ${title}\n`);
    await writeAll(
      io.stdout,
      lines(findings, settings.get(options.maxSame), { escape: (text) => escapeText(text, { ascii }), style, texts }),
    );
  }
  return reading.code;
}

function* lines(findings: readonly Finding[], maxSame: number, form: FindingForm): Generator<string> {
  const counts = new Map<Finding['code'], number>();
  for (const finding of findings) {
    const count = (counts.get(finding.code) ?? 0) + 1;
    counts.set(finding.code, count);
    if (count <= maxSame) yield `  ${findingLine(finding, form)}`;
  }
  for (const [code, count] of counts)
    if (count > maxSame) yield `  ${form.texts.moreTitled(count - maxSame, code, form.texts.kinds[code].title)}\n`;
}
