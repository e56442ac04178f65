/**
 * `pickle-inspect repack` and `pack`: pickles written.
 *
 * @module
 */
import { dumps, PickleError } from '../../../pickle/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError, tell } from '../../kit/errors.js';
import type { Said } from '../../kit/errors.js';
import { textsOf } from '../../lang/texts.js';
import { escapeText } from '../../kit/text/escape.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import { asText } from '../input/detect.js';
import { nameOf, readInput } from '../input/sources.js';
import { messageBytes } from '../reading/messages.js';
import * as options from '../options.js';
import { analyseOptions, argumentNames } from '../reading/choices.js';
import { Reading } from '../reading/reading.js';
import { checkOutput, writeOutput } from './output.js';
import { lostText } from '../work/lost.js';
import { lostOf, PackError, valueOfTypedJson } from '../work/pack.js';
import { repack, RepackError } from '../work/repack.js';
import { TYPED_FORMAT } from './json.js';

const NO_TEXT: Said = (texts) => texts.forNoTerminal;

/** A fault of the codec is told in two lines in another language: its sentence, and the English detail. */
function linesOf(text: string): string {
  return text
    .split('\n')
    .map((line) => escapeText(line))
    .join('\n');
}

/** Runs the command `repack`. */
export async function repackPickles(context: CommandContext): Promise<ExitCode> {
  const { args, settings, io } = context;
  checkOutput(context, NO_TEXT);
  const reading = new Reading(args, context);
  const { encoding, buffers, maxDepth } = await analyseOptions(settings);
  const { views, of } = await textsOf('inspect', context.language);
  const errors = await textsOf('errors', context.language);
  const parts: Uint8Array[] = [];
  for await (const message of reading.messages()) {
    const { analysis } = message;
    if (analysis === undefined) continue;
    const { facts } = analysis;
    if (!analysis.stopped) {
      // What ended the reading counts for the exit code already.
      const why = message.findings.findLast((finding) => levelOf(finding) === 'error' || levelOf(finding) === 'limit');
      const text = `${message.source} #${message.number}: ${views.notWritten(why?.said(of) ?? views.noEnd)}`;
      await io.stderr.write(`${options.PROGRAM}: ${escapeText(text)}\n`);
      continue;
    }
    try {
      const ways = {
        protocol: settings.get(options.repackProtocol),
        optimize: settings.get(options.optimize),
        loads: { encoding, buffers, maxDepth },
      };
      parts.push(repack(messageBytes(message), facts.protocol ?? facts.highestOpcode, ways));
    } catch (error) {
      if (!(error instanceof RepackError)) throw error;
      reading.count(EXIT.damaged);
      await io.stderr.write(
        `${options.PROGRAM}: ${escapeText(message.source)} #${message.number}: ${linesOf(error.cause === undefined ? views.saysOther : tell(error.cause, errors))}\n`,
      );
    }
  }
  if (parts.length > 0) await writeOutput(context, Buffer.concat(parts));
  return reading.code;
}

/** Runs the command `pack`. */
export async function pack(context: CommandContext): Promise<ExitCode> {
  const { args, settings, io } = context;
  checkOutput(context, NO_TEXT);
  const maxBytes = settings.get(options.maxBytes);
  const protocol = settings.get(options.packProtocol);
  const { views } = await textsOf('inspect', context.language);
  const errors = await textsOf('errors', context.language);
  const parts: Uint8Array[] = [];
  let code: ExitCode = EXIT.clean;
  for (const name of argumentNames(args.length === 0 ? ['-'] : args)) {
    const { data, cut } = await readInput(name, io.stdin, maxBytes);
    if (cut) throw new CliError('FILE', (texts) => texts.tooLong(nameOf(name), maxBytes));
    const text = asText(data);
    if (text === undefined) throw new CliError('FILE', (texts) => texts.noText(nameOf(name)));
    try {
      for (const document of documents(text)) {
        const { value, registry } = valueOfTypedJson(document, TYPED_FORMAT, protocol);
        parts.push(dumps(value, { protocol, registry }));
        const lost = lostOf(document, TYPED_FORMAT);
        if (lost.length === 0) continue;
        code = EXIT.damaged;
        const text = `${nameOf(name)}: ${views.notWhatItWas(lostText(lost, views))}`;
        await io.stderr.write(`${options.PROGRAM}: ${escapeText(text)}\n`);
      }
    } catch (error) {
      if (!(error instanceof PackError) && !(error instanceof PickleError) && !(error instanceof SyntaxError))
        throw error;
      const why = error instanceof PackError ? error.said(views.packing) : tell(error, errors);
      await io.stderr.write(`${options.PROGRAM}: ${escapeText(nameOf(name))}: ${linesOf(why)}\n`);
      return EXIT.damaged;
    }
  }
  await writeOutput(context, Buffer.concat(parts));
  return code;
}

/** One JSON document, or one a line (NDJSON), or several one behind the other as `json` prints them. */
function documents(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const perLine = lines.every((line) => /^[[{"\d\-ntf]/.test(line) && /[\]}"\dle]$/.test(line.trimEnd()));
    if (lines.length > 1 && perLine) return lines.map((line): unknown => JSON.parse(line));
    // Pretty documents: each ends with a brace at the start of a line.
    const chunks = text.split(/^(?<=^\}\n)/m);
    if (chunks.length > 1) return chunks.map((chunk): unknown => JSON.parse(chunk));
    throw error;
  }
}
