/**
 * Findings as text, with the bytes they are about.
 *
 * @module
 */
import { hexBytes } from '../../kit/text/escape.js';
import type { Paint, Style } from '../../kit/text/style.js';
import type { InspectTexts } from '../../lang/en/inspect.js';
import type { FindingLevel } from '../findings/codes.js';
import { levelOf } from '../findings/finding.js';
import type { Finding } from '../findings/finding.js';

const PAINTS: Readonly<Record<FindingLevel, Paint>> = {
  error: 'red',
  limit: 'yellow',
  refuse: 'red',
  lint: 'yellow',
  note: 'cyan',
};

/** Errors that are shown. */
const MAX_ERRORS = 3;
const BEFORE = 8;
const AFTER = 8;

/** How findings are written. */
export interface FindingForm {
  readonly escape: (text: string) => string;
  readonly style: Style;
  readonly texts: InspectTexts;
}

/** Two lines: the bytes around an offset, and a caret below the one that matters. */
function excerpt(data: Uint8Array, offset: number, { style, texts }: FindingForm): string {
  // Of nothing there is nothing to point at.
  if (offset > data.length || data.length === 0) return '';
  const start = Math.max(0, offset - BEFORE);
  const bytes = hexBytes(data.subarray(start, offset + AFTER), ' ');
  const heading = `  ${start.toString(16).padStart(4, '0')}  `;
  const caret = ' '.repeat(heading.length + (offset - start) * 3);
  return `${heading}${bytes}\n${caret}${style('red', texts.here)}\n`;
}

/** One finding in one line. */
export function findingLine(finding: Finding, { escape, style, texts }: FindingForm): string {
  const level = levelOf(finding);
  const said = texts.titled(texts.kinds[finding.code].title, escape(finding.said(texts.of)));
  const where = finding.path === undefined ? '' : ` ${escape(texts.of.inside(finding.path))}`;
  return `${style(PAINTS[level], `${texts.levels[level]} ${finding.code}`)}${where} ${said}\n`;
}

/** Findings, errors with their bytes and a hint. */
export function* renderFindings(
  findings: readonly Finding[],
  data: Uint8Array | undefined,
  form: FindingForm,
): Generator<string> {
  const { escape, texts } = form;
  let errors = 0;
  for (const finding of findings) {
    // An unpickler stops at the first error: those after it are often its consequence.
    if (levelOf(finding) === 'error' && ++errors > MAX_ERRORS) continue;
    yield findingLine(finding, form);
    if (levelOf(finding) === 'error' && data !== undefined && finding.offset !== undefined)
      yield excerpt(data, finding.offset, form);

    const hint = finding.saidHint?.(texts.of) ?? finding.hint;
    if (hint !== undefined) yield `  ${texts.hint(escape(hint))}\n`;
    else if (levelOf(finding) === 'error' || levelOf(finding) === 'limit')
      yield `  ${texts.hint(texts.kinds[finding.code].advice)}\n`;
  }
  if (errors > MAX_ERRORS) yield `${texts.moreErrors(errors - MAX_ERRORS)}\n`;
}
