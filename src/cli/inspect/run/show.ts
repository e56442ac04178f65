/**
 * `pickle-inspect show`: the value as a tree.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import type { Option } from '../../kit/option.js';
import { writeAll } from '../../kit/io.js';
import type { InspectTexts } from '../../lang/en/inspect.js';
import { textsOf } from '../../lang/texts.js';
import { assess, isDangerous } from '../check/assess.js';
import { VNPY_POLICY } from '../check/policy.js';
import type { Policy } from '../check/policy.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import type { Finding } from '../findings/finding.js';
import { envelopeOf, envelopeText } from '../lens/envelope.js';
import type { Viewer } from '../lens/view.js';
import { DEFAULT_ANALYSE_OPTIONS } from '../machine/analyse.js';
import type { Analysis } from '../machine/analyse.js';
import type { Message } from '../reading/messages.js';
import * as options from '../options.js';
import { Reading } from '../reading/reading.js';
import { renderFindings } from '../render/findings.js';
import type { FindingForm } from '../render/findings.js';
import { heading } from '../render/heading.js';
import { printing } from '../render/printing.js';
import { ROWS_SHOWN } from '../render/table.js';
import { renderTree } from '../render/tree.js';

/** Runs the command. */
export async function show(context: CommandContext): Promise<ExitCode> {
  const { args, io } = context;
  const reading = new Reading(args, context);
  const texts = await textsOf('inspect', context.language);
  let first = true;
  for await (const message of reading.messages()) {
    if (!first) await io.stdout.write('\n');
    first = false;
    await writeAll(io.stdout, showMessage(message, reading, { ...context, texts }));
  }
  return reading.code;
}

/** What `--all` shows of one text: a terminal has no use for more, and memory has a bound. */
const MAX_TEXT = 2 ** 22;

/** Columns of the right side that a text leaves free. */
const RIGHT = 38;

/** Characters of a text: on a terminal what fits into its line, unless it is said how many. */
function shownText({ settings, io }: CommandContext, width: number): number {
  const given = settings.get(options.maxString);
  return io.stdout.isTTY && settings.origin(options.maxString) === 'default'
    ? Math.min(given, Math.max(MIN_TEXT, width - RIGHT))
    : given;
}

const MIN_TEXT = 40;

/** A command and what it says. */
type Showing = CommandContext & { readonly texts: InspectTexts };

function* showMessage(message: Message, reading: Reading, context: Showing): Generator<string> {
  const { settings, texts } = context;
  const { style, ascii, width, quiet } = printing(context);
  const all = settings.get(options.all);
  const knowsVnpy = !settings.get(options.noVnpy);
  const limit = (option: Option<number>): number => (all ? Number.POSITIVE_INFINITY : settings.get(option));
  const maxString = all ? MAX_TEXT : shownText(context, width);
  const viewer = reading.viewer(message, { ascii, raw: !knowsVnpy, maxString, words: texts.views });
  const { analysis } = message;
  if (!quiet) yield heading(message, style, { ascii }, texts.views);
  if (analysis !== undefined) {
    const envelope = knowsVnpy ? envelopeOf(analysis.value, message.wire, viewer) : undefined;
    if (envelope !== undefined && !quiet) yield `${envelopeText(envelope, viewer, texts.views)}\n`;
    if (!quiet) yield* namesLine(analysis, reading.viewers(message, { ascii }), { style, texts });
    yield* renderTree(analysis.value, viewer, {
      style,
      width,
      depth: limit(options.depth),
      maxItems: limit(options.maxItems),
      maxLines: limit(options.maxLines),
      types: !settings.get(options.noTypes),
      offsets: !settings.get(options.noOffsets),
      refs: !settings.get(options.noRefs),
      rows: all ? Number.POSITIVE_INFINITY : ROWS_SHOWN,
      ascii,
      words: texts.views,
    });
  }
  const relevant = message.findings.filter((finding) => levelOf(finding) !== 'lint');
  yield* renderFindings(relevant, analysis?.data, { escape: (text) => viewer.text(text), style, texts });
}

/** What loading would do that is known to be dangerous: the worst of it, in one line. */
function dangerText(findings: readonly Finding[], texts: InspectTexts): string | undefined {
  const dangers = findings.filter(isDangerous);
  // What is called says more than that it is imported.
  const [worst] = [...dangers.filter(({ message }) => message.includes(' calls ')), ...dangers];
  if (worst === undefined) return undefined;
  // What it does, without the opcode that does it.
  const said = worst.said({ ...texts.of, opcode: (_name, _offset, what) => what });
  const inside = worst.path === undefined ? '' : texts.of.inside(worst.path);
  return texts.danger(said, inside) + (dangers.length > 1 ? texts.dangers(dangers.length) : '');
}

const NAMES_SHOWN = 4;

/** The profile that a message is likely to be of: that of tables where it holds one. */
function policyFor(analysis: Analysis, viewers: (analysis: Analysis) => Viewer): Policy {
  const { lens } = viewers(analysis);
  const hasTable = analysis.facts.calls.some((call) => lens.known(call)?.profile === 'pandas');
  return hasTable ? { ...VNPY_POLICY, title: 'pandas', profile: 'pandas' } : VNPY_POLICY;
}

/** What loading would import, in one line: the warning that nobody has to ask for. */
function* namesLine(
  analysis: Analysis,
  viewers: (analysis: Analysis) => Viewer,
  { style, texts }: Pick<FindingForm, 'style' | 'texts'>,
): Generator<string> {
  const { facts } = analysis;
  if (facts.names.length + facts.exts.length + facts.persids.length + facts.suspects.length === 0) return;
  const policy = policyFor(analysis, viewers);
  const { names, verdict, findings } = assess(analysis, [], policy, DEFAULT_ANALYSE_OPTIONS, viewers);
  const danger = dangerText(findings, texts);
  if (danger !== undefined) yield `${style('red', viewers(analysis).text(danger))}\n`;
  const refused = names.filter(({ allowed }) => !allowed).map(({ name }) => viewers(analysis).text(name));
  if (refused.length === 0) {
    if (verdict === 'ALLOWED TYPES') yield `${texts.allInProfile(names.length, policy.title)}\n`;
    return;
  }
  const more = refused.length > NAMES_SHOWN ? texts.andMore(refused.length - NAMES_SHOWN) : '';
  const paint = verdict === 'REFUSE' ? 'red' : 'yellow';
  const shown = `${refused.slice(0, NAMES_SHOWN).join(', ')}${more}`;
  yield `${style(paint, texts.outsideProfile(policy.title, shown))}\n`;
}
