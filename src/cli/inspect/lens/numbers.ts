/**
 * Numbers as Python writes them.
 *
 * @module
 */

const MAX_DIGITS = 200;

/** A number as Python writes it; a very long one in hex with its size. */
export function numberText(value: number | bigint): string {
  if (typeof value === 'number' || (value < 1n << 256n && value > -(1n << 256n))) return String(value);
  const hex = (value < 0n ? -value : value).toString(16);
  const sign = value < 0n ? '-' : '';
  if (hex.length * 1.21 <= MAX_DIGITS) return String(value);
  const bits = (hex.length - 1) * 4 + Number.parseInt(hex.slice(0, 1), 16).toString(2).length;
  return hex.length > MAX_DIGITS ? `${sign}0x${hex.slice(0, 32)}… (${bits} bits)` : `${sign}0x${hex} (${bits} bits)`;
}

/** A float as Python writes it. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const exponential = Math.abs(value) >= 1e16 || (value !== 0 && Math.abs(value) < 1e-4);
  if (!exponential) return Number.isInteger(value) ? `${value}.0` : String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
