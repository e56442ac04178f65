/**
 * The progress line of a recording.
 *
 * @module
 */
import type { ClientStatus } from '../../../rpc/index.js';
import { escapeText } from '../../kit/text/escape.js';
import type { LiveTexts } from '../../lang/en/live.js';
import type { ServiceTexts } from '../../lang/en/services.js';
import type { RecordingView } from '../service/metrics.js';

/** One line: how much, how fast, whether connected. */
export function progressText(
  { messages, bytes, lost, path }: RecordingView & { readonly path: string },
  status: ClientStatus,
  rate: number,
  texts: { readonly services: ServiceTexts; readonly live: LiveTexts },
): string {
  const count = (value: number): string => value.toLocaleString('en-US');
  const parts = [
    texts.services.messages(count(messages)),
    sizeText(bytes),
    texts.services.perSecond(count(Math.round(rate))),
    ...(lost > 0 ? [texts.services.messagesLost(count(lost))] : []),
    texts.live.states[status.state],
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
