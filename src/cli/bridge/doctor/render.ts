/**
 * The steps of `doctor` as text.
 *
 * @module
 */
import { escapeText } from '../../kit/text/escape.js';
import { padRight } from '../../kit/text/style.js';
import type { Paint, Style } from '../../kit/text/style.js';
import type { Step, StepStatus } from './report.js';

const MARKS: Readonly<Record<StepStatus, readonly [text: string, paint: Paint]>> = {
  ok: ['ok', 'green'],
  info: ['info', 'blue'],
  warning: ['warn', 'yellow'],
  fault: ['FAULT', 'red'],
  skipped: ['skip', 'dim'],
};

/** A step as one line, and its advice as a second. */
export function renderStep({ title, status, result, advice, time }: Step, style: Style): string {
  const [mark, paint] = MARKS[status];
  const line = `${style(paint, padRight(mark, 5))}  ${padRight(title, 14)}  ${escapeText(result)} ${style('dim', `[${time} ms]`)}\n`;
  return advice === undefined ? line : `${line}       ${' '.repeat(16)}${style('bold', `→ ${advice}`)}\n`;
}

/** The last line. */
export function renderVerdict(steps: readonly Step[], style: Style): string {
  const faults = steps.filter(({ status }) => status === 'fault').length;
  const warnings = steps.filter(({ status }) => status === 'warning').length;
  const text = [
    faults === 1 ? '1 fault' : `${faults} faults`,
    warnings === 1 ? '1 warning' : `${warnings} warnings`,
  ].join(', ');
  return `${style(faults > 0 ? 'red' : 'green', faults > 0 ? `not usable: ${text}` : `usable: ${text}`)}\n`;
}
