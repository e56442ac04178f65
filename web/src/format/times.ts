/**
 * How times are written. They come as ISO 8601 texts with an offset; those of a log line have none.
 *
 * @module
 */
import { signal } from '@preact/signals';
import { texts } from '../i18n/index.js';
import { settings } from '../state/settings.js';
import type { Settings } from '../state/settings.js';

const ISO = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:\d{2})?/;

/** The offset of the exchange's clock, known from the newest tick. China's, until there was one. */
export const exchangeOffset = signal('+08:00');

/** The offset that a text names, when it does. */
export const offsetIn = (text: string): string | undefined => ISO.exec(text)?.[4];

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** Date and time of day of a text, by the clock that the person chose. Naive texts stay as they are. */
function wall(text: string, zone: Settings['zone']): { date: string; time: string; fraction: string } | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, date = '', time = '', fraction = '', offset] = match;
  const millis = fraction.padEnd(3, '0').slice(0, 3);
  // A Z is the console's own; vnpy's times have an offset in digits.
  if ((zone === 'exchange' && offset !== 'Z') || offset === undefined) return { date, time, fraction: millis };
  const instant = new Date(`${date}T${time}.${millis}${offset}`);
  if (Number.isNaN(instant.getTime())) return undefined;
  if (zone === 'exchange') {
    const shifted = new Date(instant.getTime() + offsetMillis(exchangeOffset.value));
    return { ...clockOf(shifted, 'UTC'), fraction: millis };
  }
  return { ...clockOf(instant, zone), fraction: millis };
}

function clockOf(instant: Date, zone: 'local' | 'UTC'): { date: string; time: string } {
  if (zone === 'UTC') {
    const iso = instant.toISOString();
    return { date: iso.slice(0, 10), time: iso.slice(11, 19) };
  }
  const date = `${instant.getFullYear()}-${pad(instant.getMonth() + 1)}-${pad(instant.getDate())}`;
  const time = `${pad(instant.getHours())}:${pad(instant.getMinutes())}:${pad(instant.getSeconds())}`;
  return { date, time };
}

/** The time of day with milliseconds, or without. */
export function timeOfDay(text: string | null | undefined, options?: { readonly millis?: boolean }): string {
  if (text === null || text === undefined) return '';
  const found = wall(text, settings.value.zone);
  if (found === undefined) return text;
  return options?.millis === false ? found.time : `${found.time}.${found.fraction}`;
}

/** Date and time of day to the second. */
export function dateAndTime(text: string | null | undefined): string {
  if (text === null || text === undefined) return '';
  const found = wall(text, settings.value.zone);
  return found === undefined ? text : `${found.date} ${found.time}`;
}

/** Seconds since 1970 of the wall clock, as if that clock were UTC: what a chart without zones has to be given. */
export function wallSeconds(text: string): number | undefined {
  const found = wall(text, settings.value.zone);
  return found === undefined ? undefined : Date.parse(`${found.date}T${found.time}Z`) / 1000;
}

/** The name of the clock: what stands beside the time. */
export function zoneName(): string {
  switch (settings.value.zone) {
    case 'UTC':
      return 'UTC';
    case 'local':
      return Intl.DateTimeFormat().resolvedOptions().timeZone;
    case 'exchange':
      return offsetName(exchangeOffset.value);
  }
}

function offsetName(offset: string): string {
  if (offset === '' || offset === 'Z' || offset === '+00:00') return 'UTC';
  const [hours = '', minutes = ''] = offset.slice(1).split(':');
  return `UTC${offset[0]}${Number(hours)}${minutes === '00' ? '' : `:${minutes}`}`;
}

/** The present time by the clock of a sample, for the head of the page. */
export function clock(now: number): string {
  const { zone } = settings.value;
  if (zone !== 'exchange') return clockOf(new Date(now), zone).time;
  return clockOf(new Date(now + offsetMillis(exchangeOffset.value)), 'UTC').time;
}

function offsetMillis(offset: string): number {
  if (offset === 'Z') return 0;
  const [hours = '0', minutes = '0'] = offset.slice(1).split(':');
  return (offset.startsWith('-') ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** How long something took or is ago: `0.3 s`, `12 s`, `4 min`. */
export function age(millis: number): string {
  const { seconds, minutes, hours } = texts.value.age;
  const all = Math.max(0, millis) / 1000;
  if (all < 10) return seconds(all.toFixed(1));
  if (all < 100) return seconds(String(Math.round(all)));
  if (all < 5400) return minutes(String(Math.round(all / 60)));
  return hours((all / 3600).toFixed(1));
}
