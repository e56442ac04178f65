/**
 * Keeps the settings with the console, where it has a folder for them: another browser of the same user has them, too.
 *
 * @module
 */
import { effect } from '@preact/signals';
import { request } from '../net/http.js';
import { session } from './session.js';
import { merge, settings } from './settings.js';

const QUIET_MS = 2_000;

/** Reads the kept settings once, and writes each change after a quiet moment, until the returned function is called. */
export function keepPreferences(): () => void {
  if (session.value?.options.preferences !== true) return () => undefined;
  let timer: number | undefined;
  let isRead = false;
  let written = '';
  void request<unknown>('/preferences').then(
    (kept) => {
      merge(kept);
      written = JSON.stringify(settings.value);
      isRead = true;
    },
    () => {
      isRead = true;
    },
  );
  const end = effect(() => {
    const text = JSON.stringify(settings.value);
    if (!isRead || text === written) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      written = text;
      // What cannot be kept there is kept in this browser all the same.
      void request('/preferences', { method: 'PUT', body: settings.value }).catch(() => undefined);
    }, QUIET_MS);
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}
