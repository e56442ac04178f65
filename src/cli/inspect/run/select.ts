/**
 * `pickle-inspect select`: one part of the value.
 *
 * @module
 */
import type { Command } from 'commander';
import type { Io } from '../../kit/io.js';
import { writeAll } from '../../kit/io.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { PROGRAM, Reading } from '../reading/reading.js';
import { writeJson } from '../render/json-writer.js';
import { PlainJson } from '../render/plain-json.js';
import { renderTree } from '../render/tree.js';
import { select } from '../work/select.js';
import type { PathMiss } from '../work/select.js';
import type { Viewer } from '../lens/view.js';
import { addInputOptions, addOutputOptions, damageCode, parseLimit, printing } from '../commands/common.js';
import type { InputFlags, OutputFlags } from '../commands/common.js';
import type { Session } from '../commands/session.js';

interface SelectFlags extends InputFlags, OutputFlags {
  readonly json?: boolean;
  readonly maxItems: number;
}

/** Adds the command. */
export function addSelect(program: Command, session: Session): void {
  const command = program
    .command('select')
    .description('print one part of the value, by its path: $[1].data.last_price')
    .argument('<path>', "steps: .name, [0], [-1], ['any key'], @args[0]; as show and ops print them")
    .argument('[input...]', 'files, or - for standard input')
    .optionsGroup('Select:')
    .option('--json', 'print plain JSON, one line a message')
    .option('--max-items <n>', 'parts of a container that are shown (0: all)', parseLimit, 100);
  addOutputOptions(addInputOptions(command)).action((path: string, paths: string[], flags: SelectFlags) =>
    session.run(() => run(path, paths, flags, session.io)),
  );
}

async function run(path: string, paths: readonly string[], flags: SelectFlags, io: Io): Promise<ExitCode> {
  const { style, ascii, width } = printing(flags, io);
  const reading = new Reading(paths, flags, io);
  for await (const message of reading.messages()) {
    const { analysis } = message;
    if (analysis === undefined) continue;
    const viewer = reading.viewer(message, { ascii });
    const found = select(analysis.value, path, viewer, reading.viewer(message, { ascii, raw: true }));
    if (!('node' in found)) {
      reading.count(EXIT.usage);
      await io.stderr.write(
        `${PROGRAM}: ${viewer.text(message.source)} #${message.number}: ${missText(found, viewer)}\n`,
      );
    } else if (flags.json === true) {
      const plans = new PlainJson(viewer, Number.POSITIVE_INFINITY);
      await writeAll(io.stdout, writeJson({ of: found.node }, plans.plan, 0));
      await io.stdout.write('\n');
      reading.count(damageCode(plans.findings));
    } else {
      const tree = { depth: 12, maxLines: Number.POSITIVE_INFINITY, types: true, offsets: true, refs: true };
      await writeAll(io.stdout, renderTree(found.node, viewer, { style, width, maxItems: flags.maxItems, ...tree }));
    }
  }
  return reading.code;
}

function missText({ found, rest, choices }: PathMiss, viewer: Viewer): string {
  const there =
    choices.length === 0 ? 'it has no parts' : `there are ${choices.map((step) => viewer.text(step)).join(' ')}`;
  return `${viewer.text(found)} has no ${viewer.text(rest)}: ${there}`;
}
