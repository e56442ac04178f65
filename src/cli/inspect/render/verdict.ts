/**
 * The report of `check` as text.
 *
 * @module
 */
import type { Assessment, Verdict } from '../check/assess.js';
import { profileAllows } from '../check/policy.js';
import type { Policy } from '../check/policy.js';
import { displayWidth, padRight } from '../../kit/text/style.js';
import type { Paint } from '../../kit/text/style.js';
import { levelOf } from '../findings/finding.js';
import type { Finding } from '../findings/finding.js';
import type { Message } from '../reading/messages.js';
import { renderFindings } from './findings.js';
import type { FindingForm } from './findings.js';

const PAINTS: Readonly<Record<Verdict, Paint>> = {
  'DATA-ONLY': 'green',
  'ALLOWED TYPES': 'green',
  'UNKNOWN TYPES': 'yellow',
  REFUSE: 'red',
  INCONCLUSIVE: 'yellow',
  'NO PICKLE': 'cyan',
};

/** Findings of a kind that are shown; the rest is counted. */
const SHOWN = 20;

/** The report about one message. */
export function* renderVerdict(
  message: Message,
  assessment: Assessment,
  policy: Policy,
  form: FindingForm,
): Generator<string> {
  const { escape, style, texts } = form;
  const { verdict, counts, names } = assessment;
  const findings = assessment.findings.filter((finding) => levelOf(finding) !== 'lint');
  const notes = findings.filter((finding) => levelOf(finding) === 'note').length;
  const tally = texts.tally(findings.length - notes, notes);
  const title = texts.verdict(style(PAINTS[verdict], verdict), escape(policy.title));
  yield `${style('bold', escape(message.source))} #${message.number}  ${title}  ${tally}\n`;
  yield `  ${texts.verdicts[verdict]}\n`;
  const more = verdict === 'UNKNOWN TYPES' ? allowing(names, policy) : '';
  if (more !== '') yield `  ${texts.canBeAllowed(more)}\n`;
  yield* shown(findings, message, form);
  yield `${texts.facts(counts)}\n`;
  if (names.length > 0) {
    yield `${texts.names}\n`;
    const width = Math.max(displayWidth(texts.allowed), displayWidth(texts.notAllowed));
    for (const { name, count, allowed } of names) {
      const mark = allowed
        ? style('green', padRight(texts.allowed, width))
        : style('red', padRight(texts.notAllowed, width));
      yield `  ${mark}  ${escape(name)}${count === 1 ? '' : ` ×${count}`}\n`;
    }
  }
}

/** Packages that are offered. */
const OFFERED = 4;

/** The options that would allow the names that are refused: a profile, else the class or its package. */
function allowing(names: Assessment['names'], { profile }: Policy): string {
  const byRoot = new Map<string, string[]>();
  for (const { name, allowed } of names) {
    const root = name.slice(0, name.indexOf('.'));
    if (allowed || root === 'builtins' || !/^\w+(?:\.\w+)+$/.test(name)) continue;
    byRoot.set(root, [...(byRoot.get(root) ?? []), name]);
  }
  const wanted = (['pandas', 'vnpy', 'numpy'] as const).find((name) => byRoot.has(name));
  const profiles = wanted === undefined ? [] : [wanted];
  const offers = profiles.filter((name) => !profileAllows(profile, name)).map((name) => `--profile ${name}`);
  for (const [root, [first = '', ...others]] of byRoot) {
    if (offers.length > 0 && OF_PROFILES.has(root)) continue;
    offers.push(others.length === 0 ? `--allow ${first}` : `--allow '${root}.*'`);
  }
  return offers.slice(0, OFFERED).join(' ') + (offers.length > OFFERED ? ' …' : '');
}

/** What tables, arrays and vnpy's objects are made of. */
const OF_PROFILES: ReadonlySet<string> = new Set([
  'vnpy',
  'pandas',
  'numpy',
  'pyarrow',
  'pytz',
  'zoneinfo',
  'datetime',
]);

function* shown(findings: readonly Finding[], message: Message, form: FindingForm): Generator<string> {
  const counts = new Map<string, number>();
  const outer: Finding[] = [];
  const inner: Finding[] = [];
  for (const finding of findings) {
    const count = (counts.get(finding.code) ?? 0) + 1;
    counts.set(finding.code, count);
    if (count <= SHOWN) (finding.path === undefined ? outer : inner).push(finding);
  }
  yield* renderFindings(outer, message.analysis?.data, form);
  // The bytes of a finding inside a nested pickle are not those of the message.
  yield* renderFindings(inner, undefined, form);
  for (const [code, count] of counts) if (count > SHOWN) yield `  ${form.texts.moreOf(count - SHOWN, code)}\n`;
}
