/**
 * The steps of `doctor` as text.
 *
 * @module
 */
import type { DoctorTexts } from '../../lang/en/doctor.js';
import { escapeText } from '../../kit/text/escape.js';
import { displayWidth, padRight } from '../../kit/text/style.js';
import type { Paint, Style } from '../../kit/text/style.js';
import type { Step } from './report.js';
import type { StepStatus } from './steps.js';

const PAINTS: Readonly<Record<StepStatus, Paint>> = {
  ok: 'green',
  info: 'blue',
  warning: 'yellow',
  fault: 'red',
  skipped: 'dim',
};

/** A step as one line, and its advice as a second. */
export function renderStep({ id, status, seen, code, time }: Step, style: Style, texts: DoctorTexts): string {
  const { titles, marks, advice } = texts;
  const [markWidth, titleWidth] = [marks, titles].map((all) => Math.max(...Object.values(all).map(displayWidth)));
  const mark = style(PAINTS[status], padRight(marks[status], markWidth ?? 0));
  const title = padRight(titles[id], titleWidth ?? 0);
  const line = `${mark}  ${title}  ${escapeText(seen(texts))} ${style('dim', `[${time} ms]`)}\n`;
  const indent = ' '.repeat((markWidth ?? 0) + (titleWidth ?? 0) + 4);
  return code === undefined ? line : `${line}${indent}${style('bold', `→ ${advice[code]}`)}\n`;
}

/** The last line. */
export function renderVerdict(steps: readonly Step[], style: Style, { verdict }: DoctorTexts): string {
  const faults = steps.filter(({ status }) => status === 'fault').length;
  const warnings = steps.filter(({ status }) => status === 'warning').length;
  return `${style(faults > 0 ? 'red' : 'green', verdict(faults, warnings))}\n`;
}
