/**
 * Who is logged in.
 *
 * @module
 */
import { computed, signal } from '@preact/signals';
import { ApiError, request } from '../net/http.js';
import type { Session } from '../net/types.js';

/** Why the page asks for a login. */
export type LoginReason = 'first' | 'over' | 'logged-out' | 'link-used';

/** `undefined` until the console has said whether somebody is logged in; `null` when nobody is. */
export const session = signal<Session | null | undefined>(undefined);

/** Why nobody is. */
export const loginReason = signal<LoginReason>('first');

/** Whether the console answered at all when the page was opened. */
export const consoleAnswers = signal(true);

/** What this user may do. */
export const rights = computed(() => new Set(session.value?.rights));

/** Whether this user may send orders, while nothing hinders it. */
export const mayTrade = computed(() => session.value?.options.trade === true && rights.value.has('trade'));

/** Whether this console shows strategies. */
export const showsStrategies = computed(() => session.value?.options.strategies === true);

/** Asks who is logged in. A one-time code in the address is exchanged first, and never stays there. */
export async function findSession(): Promise<void> {
  const code = /^#(?:.*&)?(?:code|link)=([\w-]+)/.exec(location.hash)?.[1];
  if (code !== undefined) {
    history.replaceState(null, '', location.pathname);
    try {
      await request('/session/link', { method: 'POST', body: { code } });
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400) loginReason.value = 'link-used';
    }
  }
  await readSession();
}

async function readSession(): Promise<void> {
  try {
    session.value = await request<Session>('/session');
    consoleAnswers.value = true;
  } catch (error) {
    consoleAnswers.value = error instanceof ApiError && error.status > 0;
    session.value = null;
  }
}

/**
 * Logs in.
 *
 * @throws ApiError when the console refuses.
 */
export async function logIn(user: string, password: string, totp: string): Promise<void> {
  await request('/session', { method: 'POST', body: { user, password, ...(totp === '' ? {} : { totp }) } });
  await readSession();
}

/**
 * Sets a password, as whoever came by a one-time link has to.
 *
 * @throws ApiError when the console refuses it.
 */
export async function setPassword(password: string): Promise<void> {
  await request('/session/password', { method: 'PUT', body: { password } });
  await readSession();
}

/** Logs out, here or everywhere. */
export async function logOut(everywhere = false): Promise<void> {
  try {
    await request(everywhere ? '/sessions' : '/session', { method: 'DELETE' });
  } catch (error) {
    // A console that does not answer keeps the session; one that says 401 has none.
    if (error instanceof ApiError && error.status !== 401) throw error;
  }
  leave('logged-out');
}

/** The session is no more. The stream says so, too, after a log-out: that is no news. */
export function leave(reason: LoginReason): void {
  if (reason === 'over' && session.value === null) return;
  loginReason.value = reason;
  session.value = null;
}
