/**
 * The progress line of a recording.
 *
 * @module
 */
import type { ClientStatus } from '../../../rpc/index.js';
import { escapeText } from '../../kit/text/escape.js';
import type { RecordingView } from '../service/metrics.js';

/** One line: how much, how fast, whether connected. */
export function progressText(
  { messages, bytes, lost, path }: RecordingView & { readonly path: string },
  status: ClientStatus,
  rate: number,
): string {
  const parts = [
    `${messages.toLocaleString('en-US')} messages`,
    sizeText(bytes),
    `${Math.round(rate).toLocaleString('en-US')}/s`,
    ...(lost > 0 ? [`${lost.toLocaleString('en-US')} LOST`] : []),
    status.state,
    escapeText(path),
  ];
  return parts.join('  ');
}

/** A size as people read it. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}
