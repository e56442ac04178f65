/**
 * `pickle-inspect diff`: two inputs, compared.
 *
 * @module
 */
import { opcodeOf } from '../../../pickle/index.js';
import type { CommandContext } from '../../kit/command.js';
import type { Paint, Style } from '../../kit/text/style.js';
import { escapeText } from '../../kit/text/escape.js';
import type { ViewTexts } from '../../lang/en/views.js';
import { textsOf } from '../../lang/texts.js';
import type { ViewerOptions } from '../lens/view.js';
import { collectGarbage } from '../reading/collect-garbage.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import type { Message } from '../reading/messages.js';
import * as options from '../options.js';
import { Reading } from '../reading/reading.js';
import { jsonString } from '../render/json-writer.js';
import { printing } from '../render/printing.js';
import { diff } from '../work/diff.js';
import type { Difference, DiffInput, Side } from '../work/diff.js';

interface Totals {
  changed: number;
  added: number;
  removed: number;
  bytes: number;
}

/** Items on a stack that make it worth 50 ms to give back at once. */
const LARGE_STACK = 250_000;

/** Runs the command. */
export async function compare(context: CommandContext): Promise<ExitCode> {
  const { settings, io } = context;
  const [a = '', b = ''] = context.args;
  const { style, ascii, quiet } = printing(context);
  const asJson = settings.get(options.json);
  const maxDiffs = settings.get(options.maxDiffs);
  const ways = {
    ignoreTime: settings.get(options.ignoreTime),
    ignoreBytes: settings.get(options.ignoreBytes),
    floatEpsilon: settings.get(options.floatEps),
  };
  const texts = await textsOf('inspect', context.language);
  const seen: ViewerOptions = asJson ? { ascii } : { ascii, words: texts.views };
  const readings = [new Reading([a], context), new Reading([b], context)] as const;
  const [first, second] = readings.map((reading) => reading.messages()[Symbol.asyncIterator]());
  const totals: Totals = { changed: 0, added: 0, removed: 0, bytes: 0 };
  let listed = 0;
  let several = false;
  let compared = 0;
  let lonely = 0;
  if (first === undefined || second === undefined) return EXIT.usage;
  while (true) {
    const left = await first.next();
    // A bomb leaves much more on the stack than its value keeps.
    if (left.done !== true && (left.value.analysis?.facts.maxStack ?? 0) > LARGE_STACK) collectGarbage();
    const right = await second.next();
    if (left.done === true && right.done === true) break;
    if (left.done === true || right.done === true) {
      lonely++;
      continue;
    }
    several ||= left.value.number > 1;
    const inputs = [inputOf(left.value, readings[0], seen), inputOf(right.value, readings[1], seen)] as const;
    if (inputs[0] === undefined || inputs[1] === undefined) continue;
    compared++;
    for (const difference of diff(inputs[0], inputs[1], ways)) {
      count(totals, difference);
      if (++listed > maxDiffs) continue;
      const prefix = several ? `#${left.value.number} ` : '';
      const json = (): string => `${jsonString({ message: left.value.number, ...difference })}\n`;
      const opcodes = [opcodeName(inputs[0], difference.a), opcodeName(inputs[1], difference.b)] as const;
      await io.stdout.write(
        asJson ? json() : prefix + differenceLine(difference, opcodes, { style, ascii, words: texts.views }),
      );
    }
  }
  for (const reading of readings) readings[0].count(reading.code);
  if (totals.changed + totals.added + totals.removed + lonely > 0) readings[0].count(EXIT.findings);
  if (compared === 0) {
    await io.stderr.write(`${options.PROGRAM}: ${texts.views.nothingToCompare}\n`);
    return readings[0].code === EXIT.clean ? EXIT.usage : readings[0].code;
  }
  if (!asJson && !quiet) await io.stdout.write(summary(totals, lonely, listed - maxDiffs, texts.views));
  return readings[0].code;
}

function inputOf(message: Message, reading: Reading, seen: ViewerOptions): DiffInput | undefined {
  const { analysis } = message;
  return analysis && { root: analysis.value, data: analysis.data, viewer: reading.viewer(message, seen) };
}

function count(totals: Totals, { kind }: Difference): void {
  if (kind === 'type' || kind === 'changed') totals.changed++;
  else totals[kind]++;
}

const MARKS: Readonly<Record<Difference['kind'], readonly [mark: string, paint: Paint]>> = {
  changed: ['~', 'yellow'],
  type: ['!', 'yellow'],
  added: ['+', 'green'],
  removed: ['-', 'red'],
  bytes: ['=', 'dim'],
};

function opcodeName({ data }: DiffInput, place: Side | undefined): string {
  return place === undefined ? '' : (opcodeOf(data[place.at] ?? 0)?.name ?? '');
}

function differenceLine(
  { kind, path, a, b }: Difference,
  opcodes: readonly [string, string],
  { style, ascii, words }: { readonly style: Style; readonly ascii: boolean; readonly words: ViewTexts },
): string {
  const [mark, paint] = MARKS[kind];
  const at = `${a === undefined ? '' : `@${a.at}`}${a === undefined || b === undefined ? '' : ' / '}${b === undefined ? '' : `@${b.at}`}`;
  const typed = (place: Side | undefined): string => (place === undefined ? '' : `${place.text} (${place.type})`);
  const texts: Readonly<Record<Difference['kind'], string>> = {
    changed: `${a?.text ?? ''} -> ${b?.text ?? ''}`,
    type: `${typed(a)} -> ${typed(b)}`,
    added: `${typed(b)}  ${words.onlySecond}`,
    removed: `${typed(a)}  ${words.onlyFirst}`,
    bytes: `${a?.text ?? ''}  ${words.otherBytes(...opcodes)}`,
  };
  return `${style(paint, mark)} ${escapeText(path, { ascii }).padEnd(28)}  ${texts[kind]}  ${style('dim', at)}\n`;
}

function summary(totals: Totals, lonely: number, more: number, words: ViewTexts): string {
  const parts = [words.changes(totals.changed, totals.added, totals.removed)];
  if (totals.bytes > 0) parts.push(words.sameValue(totals.bytes));
  if (lonely > 0) parts.push(words.lonely(lonely));
  const hidden = more > 0 ? `${words.moreDifferences(more)}\n` : '';
  return `${hidden}${parts.join(words.semicolon)}\n`;
}
