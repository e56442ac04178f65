/**
 * The report of `check` as text.
 *
 * @module
 */
import type { Assessment, Counts, Verdict } from '../check/assess.js';
import type { Policy } from '../check/policy.js';
import type { Paint, Style } from '../../kit/text/style.js';
import { levelOf } from '../findings/finding.js';
import type { Finding } from '../findings/finding.js';
import type { Message } from '../reading/messages.js';
import { renderFindings } from './findings.js';

const PAINTS: Readonly<Record<Verdict, Paint>> = {
  'DATA-ONLY': 'green',
  'ALLOWED TYPES': 'green',
  'UNKNOWN TYPES': 'yellow',
  REFUSE: 'red',
  INCONCLUSIVE: 'yellow',
  'NO PICKLE': 'cyan',
};

/** What each verdict means, in one line. */
export const VERDICT_TEXT: Readonly<Record<Verdict, string>> = {
  'DATA-ONLY': 'proven: no name, call or write; loading can run nothing',
  'ALLOWED TYPES': 'every name is allowed, in the way in which it is used',
  'UNKNOWN TYPES': 'names that the policy does not allow',
  REFUSE: 'loading would do something dangerous',
  INCONCLUSIVE: 'not all could be read; nothing forbidden in what was',
  'NO PICKLE': 'there is no pickle in the input',
};

const LABELS: Readonly<Record<keyof Counts, string>> = {
  names: 'names',
  calls: 'calls',
  attributeWrites: 'attribute writes',
  persistentIds: 'persistent ids',
  extensionCodes: 'extension codes',
  buffers: 'out-of-band buffers',
  trailingBytes: 'trailing bytes',
  nested: 'pickles inside values',
};

/** The facts in one line. */
export function countsText(counts: Counts): string {
  return (Object.keys(LABELS) as (keyof Counts)[]).map((key) => `${LABELS[key]} ${counts[key]}`).join(', ');
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Findings of a kind that are shown; the rest is counted. */
const SHOWN = 20;

/** The report about one message. */
export function* renderVerdict(
  message: Message,
  assessment: Assessment,
  policy: Policy,
  escape: (text: string) => string,
  style: Style,
): Generator<string> {
  const { verdict, counts, names } = assessment;
  const findings = assessment.findings.filter((finding) => levelOf(finding) !== 'lint');
  const notes = findings.filter((finding) => levelOf(finding) === 'note').length;
  const tally = `${plural(findings.length - notes, 'finding')}${notes === 0 ? '' : `, ${plural(notes, 'note')}`}`;
  const title = `VERDICT: ${style(PAINTS[verdict], verdict)} (policy ${escape(policy.title)})`;
  yield `${style('bold', escape(message.source))} #${message.number}  ${title}  ${tally}\n`;
  yield `  ${VERDICT_TEXT[verdict]}\n`;
  const more = verdict === 'UNKNOWN TYPES' ? allowing(names, policy) : '';
  if (more !== '') yield `  what you know can be allowed: ${more}\n`;
  yield* shown(findings, message, escape, style);
  yield `Facts: ${countsText(counts)}\n`;
  if (names.length > 0) {
    yield 'Names:\n';
    for (const { name, count, allowed } of names) {
      const mark = allowed ? style('green', 'allowed    ') : style('red', 'not allowed');
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
  const profiles = byRoot.has('pandas')
    ? ['pandas']
    : byRoot.has('vnpy')
      ? ['vnpy']
      : byRoot.has('numpy')
        ? ['numpy']
        : [];
  const offers = profiles.filter((name) => name !== profile).map((name) => `--profile ${name}`);
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

function* shown(
  findings: readonly Finding[],
  message: Message,
  escape: (text: string) => string,
  style: Style,
): Generator<string> {
  const counts = new Map<string, number>();
  const outer: Finding[] = [];
  const inner: Finding[] = [];
  for (const finding of findings) {
    const count = (counts.get(finding.code) ?? 0) + 1;
    counts.set(finding.code, count);
    if (count <= SHOWN) (finding.path === undefined ? outer : inner).push(finding);
  }
  yield* renderFindings(outer, message.analysis?.data, escape, style);
  // The bytes of a finding inside a nested pickle are not those of the message.
  yield* renderFindings(inner, undefined, escape, style);
  for (const [code, count] of counts) if (count > SHOWN) yield `  … ${count - SHOWN} more ${code}\n`;
}
