/**
 * Keeps the settings with the console, where it has a folder for them: another browser of the same user has them, too.
 *
 * @module
 */
import { effect } from '@preact/signals';
import { request } from '../net/http.js';
import { session } from './session.js';
import { merged, settings } from './settings.js';

const QUIET_MS = 2_000;
/** There while this browser has a change that the console does not have. */
const UNSENT = 'vnpy-bridge.unsent';

/**
 * Reads the kept settings once, and writes each change after a quiet moment, until the returned function is called. A change
 * that a reload came in between of is the newer one: it is not overwritten by what the console has kept.
 */
export function keepPreferences(): () => void {
  if (session.value?.options.preferences !== true) return () => undefined;
  let timer: number | undefined;
  let isRead = false;
  let written = '';
  void request<unknown>('/preferences').then(
    (kept) => {
      isRead = true;
      if (isUnsent()) {
        // Draws nothing anew: it only lets the effect below run.
        settings.value = { ...settings.value };
        return;
      }
      // Before the effect sees them: what came from there need not go back.
      written = JSON.stringify(merged(kept));
      settings.value = merged(kept);
    },
    () => {
      isRead = true;
    },
  );
  const end = effect(() => {
    const text = JSON.stringify(settings.value);
    if (!isRead || text === written) return;
    markUnsent(true);
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      written = text;
      // What cannot be kept there is kept in this browser all the same.
      void request('/preferences', { method: 'PUT', body: settings.value }).then(
        () => {
          markUnsent(JSON.stringify(settings.value) !== text);
        },
        () => undefined,
      );
    }, QUIET_MS);
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}

function isUnsent(): boolean {
  try {
    return localStorage.getItem(UNSENT) === session.value?.user;
  } catch {
    return false;
  }
}

function markUnsent(unsent: boolean): void {
  try {
    if (unsent) localStorage.setItem(UNSENT, session.value?.user ?? '');
    else localStorage.removeItem(UNSENT);
  } catch {
    // A browser that keeps nothing.
  }
}
