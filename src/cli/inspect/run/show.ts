/**
 * `pickle-inspect show`: the value as a tree.
 *
 * @module
 */
import type { Command } from 'commander';
import type { Io } from '../../kit/io.js';
import { writeAll } from '../../kit/io.js';
import type { Style } from '../../kit/text/style.js';
import { assess, isDangerous } from '../check/assess.js';
import { VNPY_POLICY } from '../check/policy.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import type { Finding } from '../findings/finding.js';
import { envelopeOf, envelopeText } from '../lens/envelope.js';
import type { Viewer } from '../lens/view.js';
import { DEFAULT_ANALYSE_OPTIONS } from '../machine/analyse.js';
import type { Analysis } from '../machine/analyse.js';
import type { Message } from '../reading/messages.js';
import { Reading } from '../reading/reading.js';
import { renderFindings } from '../render/findings.js';
import { heading } from '../render/heading.js';
import { renderTree } from '../render/tree.js';
import { addInputOptions, addOutputOptions, parseLimit, printing } from '../commands/common.js';
import type { InputFlags, OutputFlags } from '../commands/common.js';
import type { Session } from '../commands/session.js';

interface ShowFlags extends InputFlags, OutputFlags {
  readonly depth: number;
  readonly maxItems: number;
  readonly maxString: number;
  readonly maxLines: number;
  readonly all?: boolean;
  readonly types: boolean;
  readonly offsets: boolean;
  readonly refs: boolean;
  readonly vnpy: boolean;
}

/** Adds the command. */
export function addShow(program: Command, session: Session): void {
  const command = program
    .command('show', { isDefault: true })
    .description('show the value as a tree with Python types, offsets and shared references')
    .argument('[input...]', 'files, or - for standard input')
    .optionsGroup('Tree:')
    .option('--depth <n>', 'levels that are opened (0: all)', parseLimit, 12)
    .option('--max-items <n>', 'parts of a container that are shown (0: all)', parseLimit, 100)
    .option('--max-string <n>', 'characters of a text, bytes of a value (0: all)', parseLimit, 200)
    .option('--max-lines <n>', 'lines of one value (0: all)', parseLimit, 1000)
    .option('--all', 'no limit on depth, items and lines; texts up to 4 MB')
    .option('--no-types', 'leave out the types')
    .option('--no-offsets', 'leave out the offsets')
    .option('--no-refs', 'write shared values again instead of as *1')
    .option('--no-vnpy', 'show calls as calls, also those of vnpy, datetime and others that are known');
  addOutputOptions(addInputOptions(command)).action((paths: string[], flags: ShowFlags) =>
    session.run(() => show(paths, flags, session.io)),
  );
}

async function show(paths: readonly string[], flags: ShowFlags, io: Io): Promise<ExitCode> {
  const reading = new Reading(paths, flags, io);
  let first = true;
  for await (const message of reading.messages()) {
    if (!first) await io.stdout.write('\n');
    first = false;
    await writeAll(io.stdout, showMessage(message, reading, flags, io));
  }
  return reading.code;
}

/** What `--all` shows of one text: a terminal has no use for more, and memory has a bound. */
const MAX_TEXT = 2 ** 22;

function* showMessage(message: Message, reading: Reading, flags: ShowFlags, io: Io): Generator<string> {
  const { style, ascii, width, quiet } = printing(flags, io);
  const limit = (value: number): number => (flags.all === true ? Number.POSITIVE_INFINITY : value);
  const maxString = flags.all === true ? MAX_TEXT : flags.maxString;
  const viewer = reading.viewer(message, { ascii, raw: !flags.vnpy, maxString });
  const { analysis } = message;
  if (!quiet) yield heading(message, style, { ascii });
  if (analysis !== undefined) {
    const envelope = flags.vnpy ? envelopeOf(analysis.value, message.wire, viewer) : undefined;
    if (envelope !== undefined && !quiet) yield `${envelopeText(envelope, viewer)}\n`;
    if (!quiet) yield* namesLine(analysis, reading.viewers(message, { ascii }), style);
    yield* renderTree(analysis.value, viewer, {
      style,
      width,
      depth: limit(flags.depth),
      maxItems: limit(flags.maxItems),
      maxLines: limit(flags.maxLines),
      types: flags.types,
      offsets: flags.offsets,
      refs: flags.refs,
    });
  }
  const relevant = message.findings.filter((finding) => levelOf(finding) !== 'lint');
  yield* renderFindings(relevant, analysis?.data, (text) => viewer.text(text), style);
}

/** What loading would do that is known to be dangerous: the worst of it, in one line. */
function dangerText(findings: readonly Finding[]): string | undefined {
  const dangers = findings.filter(isDangerous);
  // What is called says more than that it is imported.
  const [worst] = [...dangers.filter(({ message }) => message.includes(' calls ')), ...dangers];
  if (worst === undefined) return undefined;
  const inside = worst.path === undefined ? '' : ` (${worst.path})`;
  const more = dangers.length > 1 ? `; ${dangers.length} such findings, see check` : '';
  return `loading ${worst.message.replace(/^\w+ at byte \d+ /, '')}${inside}${more}`;
}

const NAMES_SHOWN = 4;

/** What loading would import, in one line: the warning that nobody has to ask for. */
function* namesLine(analysis: Analysis, viewers: (analysis: Analysis) => Viewer, style: Style): Generator<string> {
  const { facts } = analysis;
  if (facts.names.length + facts.exts.length + facts.persids.length + facts.suspects.length === 0) return;
  const { names, verdict, findings } = assess(analysis, [], VNPY_POLICY, DEFAULT_ANALYSE_OPTIONS, viewers);
  const danger = dangerText(findings);
  if (danger !== undefined) yield `${style('red', `danger: ${viewers(analysis).text(danger)}`)}\n`;
  const refused = names.filter(({ allowed }) => !allowed).map(({ name }) => viewers(analysis).text(name));
  if (refused.length === 0) {
    if (verdict === 'ALLOWED TYPES') yield `names: ${names.length}, all in the profile vnpy\n`;
    return;
  }
  const more = refused.length > NAMES_SHOWN ? ` and ${refused.length - NAMES_SHOWN} more` : '';
  const paint = verdict === 'REFUSE' ? 'red' : 'yellow';
  yield `${style(paint, `names outside of the profile vnpy: ${refused.slice(0, NAMES_SHOWN).join(', ')}${more}`)}\n`;
}
