/**
 * `pickle-inspect html`: a report as one self-contained file.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { messageOf } from '../../../errors.js';
import type { Io } from '../../kit/io.js';
import { assess } from '../check/assess.js';
import { VNPY_POLICY } from '../check/policy.js';
import type { ExitCode } from '../exit-codes.js';
import { reportPage } from '../html/page.js';
import { reportMessage } from '../html/report.js';
import type { ReportMessage } from '../html/report.js';
import { InputError } from '../input/sources.js';
import { PathIndex } from '../lens/paths.js';
import { PROGRAM, Reading } from '../reading/reading.js';
import { addInputOptions, analyseOptions, parseCount, parseSize, UsageError } from '../commands/common.js';
import type { InputFlags } from '../commands/common.js';
import type { Session } from '../commands/session.js';

interface HtmlFlags extends InputFlags {
  readonly output?: string;
  readonly title?: string;
  readonly maxRows: number;
  readonly maxHex: number;
  readonly maxMessages: number;
}

const MAX_STRING = 300;

/** Adds the command. */
export function addHtml(program: Command, session: Session): void {
  const command = program
    .command('html')
    .description('write a report with linked tree, opcodes, bytes and findings: one file, no network')
    .argument('[input...]', 'files, or - for standard input')
    .optionsGroup('Report:')
    .option('-o, --output <file>', 'where to write (default: standard output, when it is no terminal)')
    .option('--title <text>', 'title of the page')
    .option('--max-rows <n>', 'rows of tree and listing of one message', parseCount, 2000)
    .option('--max-hex <size>', 'bytes of one message in the hex view', parseSize, 8192)
    .option('--max-messages <n>', 'messages in the report', parseCount, 200);
  addInputOptions(command).action((paths: string[], flags: HtmlFlags) =>
    session.run(() => run(paths, flags, session.io)),
  );
}

async function run(paths: readonly string[], flags: HtmlFlags, io: Io): Promise<ExitCode> {
  if (flags.output === undefined && io.stdout.isTTY)
    throw new UsageError('a report is for a browser: give --output FILE');

  const analyse = await analyseOptions(flags);
  const reading = new Reading(paths, flags, io);
  const messages: ReportMessage[] = [];
  let hidden = 0;
  for await (const message of reading.messages()) {
    if (messages.length >= flags.maxMessages) {
      hidden++;
      continue;
    }
    const viewer = reading.viewer(message, { maxString: MAX_STRING });
    const index =
      message.analysis && new PathIndex(message.analysis.value, viewer, reading.viewer(message, { raw: true }));
    const limits = { maxRows: flags.maxRows, maxBytes: flags.maxHex };
    const viewers = reading.viewers(message, { maxString: MAX_STRING });
    const { findings } = assess(message.analysis, message.findings, VNPY_POLICY, analyse, viewers);
    messages.push(reportMessage({ ...message, findings }, viewer, index, analyse, limits));
  }
  const title = flags.title ?? `${PROGRAM}: ${paths.join(', ') || 'standard input'}`;
  const page = reportPage(title, messages, hidden);
  if (flags.output === undefined || flags.output === '-') {
    await io.stdout.write(page);
  } else {
    try {
      await writeFile(flags.output, page);
    } catch (error) {
      throw new InputError(`${flags.output}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
  return reading.code;
}
