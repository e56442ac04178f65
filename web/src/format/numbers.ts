/**
 * How numbers are written: one place for the tables, the form and the chart.
 *
 * @module
 */

/** What stands where there is no number. */
export const NOTHING = '–';

const MAX_DECIMALS = 10;

/** How many decimals the shortest text of a number has: 2 for 0.05. */
export function decimalsOf(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).toLowerCase().split('e');
  const decimals = (mantissa.split('.')[1] ?? '').length - Number(exponent);
  return Math.min(MAX_DECIMALS, Math.max(0, decimals));
}

/** A number rounded to what a double can say: 0.30000000000000004 is 0.3. */
const clean = (value: number): number => Number(value.toPrecision(12));

/**
 * A price with at least the decimals of its contract's tick. More are shown where it has more, as an average has, up to two.
 * Without a tick it is as short as it can be.
 */
export function price(value: number | null | undefined, tick: number | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  if (tick === undefined || !(tick > 0)) return String(clean(value));
  const least = decimalsOf(tick);
  const text = value.toFixed(Math.min(least + 2, MAX_DECIMALS));
  // A difference of two prices carries the dust of doubles: what is written as 0 behind the tick is none.
  const zeros = /0{1,2}$/.exec(text)?.[0].length ?? 0;
  const shown = text.slice(0, text.length - Math.min(zeros, text.length - text.indexOf('.') - 1 - least));
  return shown.endsWith('.') ? shown.slice(0, -1) : shown;
}

/** A volume: as short as it can be, with its thousands apart. */
export function volume(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  return grouped(String(Math.abs(value) < 1e15 ? clean(value) : value));
}

/** Money with two decimals, and its thousands apart. */
export function money(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  // Rounding gives -0.00, which is no amount.
  const text = grouped(value.toFixed(2));
  return /^-0\.0+$/.test(text) ? text.slice(1) : text;
}

/** A change with its sign, which says without a colour which way it goes. */
export function signed(text: string, value: number): string {
  return value > 0 ? `+${text}` : text;
}

/** A part in percent with two decimals and its sign. */
export function percent(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  const text = (value * 100).toFixed(2);
  // What rounds to nothing has no sign.
  return /^-?0\.0+$/.test(text) ? '0.00%' : signed(`${text}%`, value);
}

/** Thousands apart by a comma, in both languages. */
function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
}

/** How many decimals a written number shows. */
export function shownDecimals(text: string): number {
  const point = text.lastIndexOf('.');
  if (point < 0) return 0;
  let end = point + 1;
  while (end < text.length && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
  return end - point - 1;
}

/** The nearest multiple of a step, without the dust of doubles. */
export function toStep(value: number, step: number): number {
  return clean(Math.round(clean(value / step)) * step);
}

/** Whether a value is a multiple of a step, as far as doubles can tell. */
export function fitsStep(value: number, step: number): boolean {
  return Math.abs(value - toStep(value, step)) <= step * 1e-6;
}
