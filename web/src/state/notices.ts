/**
 * Short notices at the edge of the page, which a screen reader reads out.
 *
 * @module
 */
import { signal } from '@preact/signals';
import { settings } from './settings.js';

/** A notice. */
export interface Notice {
  readonly number: number;
  readonly level: 'info' | 'good' | 'warning' | 'error';
  readonly text: string;
  readonly more?: string;
}

const MOST = 4;
const SHOWN_MS = 6_000;
let count = 0;

/** The notices that are shown. */
export const notices = signal<readonly Notice[]>([]);

/** Shows a notice: errors until they are dismissed, others for some seconds. */
export function notify(level: Notice['level'], text: string, more?: string): void {
  const number = ++count;
  const notice: Notice = { number, level, text, ...(more === undefined ? {} : { more }) };
  notices.value = [...notices.value.filter((shown) => shown.text !== text || shown.more !== more), notice].slice(-MOST);
  if (level !== 'error') setTimeout(dismiss, SHOWN_MS, number);
}

/** Takes a notice away. */
export function dismiss(number: number): void {
  notices.value = notices.value.filter((notice) => notice.number !== number);
}

/** A short sound, when the person wants sounds. */
export function chime(kind: 'fill' | 'refusal'): void {
  if (!settings.value.sounds) return;
  const context = new AudioContext();
  const tone = context.createOscillator();
  const gain = context.createGain();
  tone.frequency.value = kind === 'fill' ? 880 : 220;
  gain.gain.setValueAtTime(0.08, context.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.25);
  tone.connect(gain).connect(context.destination);
  tone.onended = (): void => void context.close();
  tone.start();
  tone.stop(context.currentTime + 0.25);
}
