/**
 * `pickle-inspect stats`: what the bytes are spent on.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import { pythonString } from '../../kit/text/escape.js';
import { padRight, truncate } from '../../kit/text/style.js';
import type { Style } from '../../kit/text/style.js';
import type { ViewTexts } from '../../lang/en/views.js';
import { textsOf } from '../../lang/texts.js';
import { damageCode, EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { envelopeOf } from '../lens/envelope.js';
import * as options from '../options.js';
import { Reading } from '../reading/reading.js';
import { heading } from '../render/heading.js';
import { jsonString } from '../render/json-writer.js';
import { printing } from '../render/printing.js';
import { stats } from '../work/stats.js';
import type { Share, Stats } from '../work/stats.js';
import { Traffic } from '../work/traffic.js';
import { tellFindings } from '../reading/tell.js';

/** Damaged messages that are told of: a capture may have any number of them. */
const MAX_DAMAGED = 10;

/** Runs the command. */
export async function count(context: CommandContext): Promise<ExitCode> {
  const { args, settings, io } = context;
  const { style, ascii, width } = printing(context);
  const json = settings.get(options.json);
  const isChosen = settings.get(options.message).length > 0;
  const { views: words } = await textsOf('inspect', context.language);
  const reading = new Reading(args, context);
  const traffic = new Traffic();
  let damaged = 0;
  for await (const message of reading.messages()) {
    const { analysis, source, number } = message;
    const viewer = reading.viewer(message, { ascii, maxString: 80, ...(json ? {} : { words }) });
    traffic.add(message, analysis && envelopeOf(analysis.value, message.wire, viewer));
    // What is counted is less than all, or nothing can be said about the rest: the exit code alone does not say why.
    const damage = message.findings.filter((finding) => damageCode([finding]) !== EXIT.clean);
    if (damage.length > 0) damaged++;
    if (damaged <= MAX_DAMAGED) await tellFindings(message, damage, viewer, context);
    // Of a capture the sum matters; each message has its own statistics when it is asked for.
    if (analysis === undefined || (message.wire !== undefined && !isChosen)) continue;
    const result = stats(analysis, viewer, settings.get(options.top));
    if (json) {
      await io.stdout.write(`${jsonString({ source, message: number, ...result })}\n`);
    } else {
      const lines = statsLines(result, { style, width, words, escape: (text) => viewer.text(text) });
      await io.stdout.write(`${heading(message, style, { ascii }, words)}${lines}`);
    }
  }
  if (damaged > MAX_DAMAGED) await io.stderr.write(`${options.PROGRAM}: ${words.moreDamaged(damaged - MAX_DAMAGED)}\n`);

  if (traffic.messages > 1) {
    if (json) {
      const kinds = traffic.shares.map(({ name, messages, bytes, perSecond }) => ({
        name,
        messages,
        bytes,
        perSecond,
      }));
      await io.stdout.write(`${jsonString({ messages: traffic.messages, seconds: traffic.seconds, kinds })}\n`);
    } else {
      await io.stdout.write(trafficLines(traffic, style, words));
    }
  }
  return reading.code;
}

/** How statistics are written. */
interface StatsForm {
  readonly style: Style;
  readonly width: number;
  readonly words: ViewTexts;
  readonly escape: (text: string) => string;
}

function statsLines(result: Stats, { style, width, words, escape }: StatsForm): string {
  const { bytes, opcodes, frames, memoStored, memoFetched, maxStack, depth, names, calls } = result;
  const head =
    `  ${words.size(opcodes, frames, depth, maxStack)}\n` + `  ${words.memo(memoStored, memoFetched, names, calls)}\n`;
  const room = width - 30;
  const table = (title: string, shares: readonly Share[], name: (share: Share) => string): string => {
    if (shares.length === 0) return '';
    const rows = shares.map((share) => {
      const percent = `${((100 * share.bytes) / Math.max(1, bytes)).toFixed(1)}%`;
      return `  ${String(share.bytes).padStart(9)} B ${percent.padStart(6)}  ${String(share.count).padStart(8)}×  ${truncate(name(share), room)}\n`;
    });
    return `${style('bold', title)}\n${rows.join('')}`;
  };
  return [
    head,
    table(words.byOpcode, result.byOpcode, ({ name }) => name),
    table(words.byType, result.byType, ({ name }) => escape(name)),
    table(words.byPath, result.byPath, ({ name }) => escape(name)),
    table(words.repeated, result.repeated, ({ name }) => pythonString(name.slice(0, 100))),
    table(words.largest, result.largest, ({ name }) => escape(name)),
  ].join('');
}

function trafficLines(traffic: Traffic, style: Style, words: ViewTexts): string {
  const { messages, seconds, shares } = traffic;
  const title = seconds === undefined ? words.messages(messages) : words.messagesIn(messages, seconds.toFixed(3));
  const rows = shares.map(({ kind, what, messages: count, bytes, perSecond }) => {
    const name = words.traffic[kind](what);
    const rate = perSecond === undefined ? '' : `${perSecond.toFixed(1)}/s`;
    return `  ${String(count).padStart(8)}×  ${String(bytes).padStart(10)} B  ${rate.padStart(10)}  ${padRight(pythonString(name).slice(1, -1), 1)}\n`;
  });
  return `${style('bold', title)}\n${rows.join('')}`;
}
