/**
 * `pickle-inspect select`: one part of the value.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import { writeAll } from '../../kit/io.js';
import type { ViewTexts } from '../../lang/en/views.js';
import { textsOf } from '../../lang/texts.js';
import { damageCode, EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import * as options from '../options.js';
import { Reading } from '../reading/reading.js';
import { writeJson } from '../render/json-writer.js';
import { PlainJson } from '../render/plain-json.js';
import { printing } from '../render/printing.js';
import { cellText, ROWS_SHOWN, tableLines } from '../render/table.js';
import { renderTree } from '../render/tree.js';
import { select } from '../work/select.js';
import type { PathMiss } from '../work/select.js';
import type { Viewer } from '../lens/view.js';

/** Runs the command. */
export async function selectPart(context: CommandContext): Promise<ExitCode> {
  const { settings, io } = context;
  const [path = '', ...paths] = context.args;
  const { style, ascii, width } = printing(context);
  const maxItems = settings.get(options.maxItems);
  const { views: words } = await textsOf('inspect', context.language);
  const asJson = settings.get(options.json);
  const reading = new Reading(paths, context);
  for await (const message of reading.messages()) {
    const { analysis } = message;
    if (analysis === undefined) continue;
    const viewer = reading.viewer(message, asJson ? { ascii } : { ascii, words });
    const found = select(analysis.value, path, viewer, reading.viewer(message, { ascii, raw: true }));
    if ('choices' in found) {
      reading.count(EXIT.usage);
      await io.stderr.write(
        `${options.PROGRAM}: ${viewer.text(message.source)} #${message.number}: ${missText(found, viewer, words)}\n`,
      );
    } else if (asJson) {
      const plans = new PlainJson(viewer, Number.POSITIVE_INFINITY, settings.get(options.arrays));
      await writeAll(io.stdout, writeJson('node' in found ? { of: found.node } : plans.part(found), plans.plan, 0));
      await io.stdout.write('\n');
      reading.count(damageCode(plans.findings));
    } else if ('table' in found) {
      const shape = { style, ascii, width, rows: maxItems };
      await io.stdout.write(`${words.series(found.table.rows, viewer.text(found.dtype))}\n`);
      for (const line of tableLines(found.table, viewer, shape)) await io.stdout.write(`${line}\n`);
    } else if ('cell' in found) {
      await io.stdout.write(`${cellText(found.cell, found.dtype, viewer)}\n`);
    } else {
      const tree = {
        depth: 12,
        maxLines: Number.POSITIVE_INFINITY,
        types: true,
        offsets: true,
        refs: true,
        rows: ROWS_SHOWN,
        words,
      };
      await writeAll(io.stdout, renderTree(found.node, viewer, { style, ascii, width, maxItems, ...tree }));
    }
  }
  return reading.code;
}

function missText({ found, rest, choices, count }: PathMiss, viewer: Viewer, words: ViewTexts): string {
  const [from, wanted] = [viewer.text(found), viewer.text(rest)];
  if (count === 0) return words.noPart(from, wanted);
  const steps = choices.map((step) => viewer.text(step));
  if (count > steps.length) steps.push(words.inAll(count));
  return words.otherParts(from, wanted, steps.join(' '));
}
