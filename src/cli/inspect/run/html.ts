/**
 * `pickle-inspect html`: a report as one self-contained file.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import { assess } from '../check/assess.js';
import { VNPY_POLICY } from '../check/policy.js';
import type { ExitCode } from '../exit-codes.js';
import { reportPage } from '../html/page.js';
import { reportMessage } from '../html/report.js';
import type { ReportMessage } from '../html/report.js';
import { PathIndex } from '../lens/paths.js';
import { textsOf } from '../../lang/texts.js';
import * as options from '../options.js';
import { analyseOptions } from '../reading/choices.js';
import { Reading } from '../reading/reading.js';
import { checkOutput, writeOutput } from './output.js';

const MAX_STRING = 300;

/** Runs the command. */
export async function report(context: CommandContext): Promise<ExitCode> {
  const { args, settings } = context;
  checkOutput(context, (texts) => texts.forBrowser);
  const analyse = await analyseOptions(settings);
  const maxMessages = settings.get(options.maxMessages);
  const limits = { maxRows: settings.get(options.maxRows), maxBytes: settings.get(options.maxHex) };
  const reading = new Reading(args, context);
  const messages: ReportMessage[] = [];
  const texts = await textsOf('inspect', context.language);
  let hidden = 0;
  for await (const message of reading.messages()) {
    if (messages.length >= maxMessages) {
      hidden++;
      continue;
    }
    const viewer = reading.viewer(message, { maxString: MAX_STRING, words: texts.views });
    const index =
      message.analysis && new PathIndex(message.analysis.value, viewer, reading.viewer(message, { raw: true }));
    const viewers = reading.viewers(message, { maxString: MAX_STRING });
    const { findings } = assess(message.analysis, message.findings, VNPY_POLICY, analyse, viewers);
    messages.push(reportMessage({ ...message, findings }, viewer, index, analyse, { ...limits, texts }));
  }
  const title = settings.get(options.title) ?? `${options.PROGRAM}: ${args.join(', ') || texts.views.stdin}`;
  await writeOutput(context, reportPage(title, messages, hidden, texts));
  return reading.code;
}
