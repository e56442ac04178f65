/**
 * The strategies of vnpy's applications: they have no channel of the stream, and are asked for while somebody looks.
 *
 * @module
 */
import { signal } from '@preact/signals';
import { ApiError, request } from '../net/http.js';
import type { Strategy, StrategyList } from '../net/types.js';
import { leave } from './session.js';

/** What can be done to a strategy. */
export type StrategyAction = StrategyList['apps'][number]['actions'][number];

/** What the console told last; undefined before that. */
export const strategies = signal<StrategyList | undefined>(undefined);

/** When that was, in ms since 1970. */
export const strategiesAt = signal<number | undefined>(undefined);

/** Whether the last question had no answer: what is shown is old. */
export const strategiesFailed = signal(false);

/** How long after an answer it is asked again, in ms. */
const AGAIN_MS = 2000;

/** The question whose answer counts: one that was asked later stands above it. */
let latest = 0;

/** Asks once. */
export async function readStrategies(end?: AbortSignal): Promise<void> {
  const mine = ++latest;
  try {
    const found = await request<StrategyList>('/strategies', end === undefined ? {} : { signal: end });
    if (mine !== latest) return;
    strategies.value = found;
    strategiesAt.value = Date.now();
    strategiesFailed.value = false;
  } catch (error) {
    if (mine !== latest || end?.aborted === true) return;
    if (error instanceof ApiError && error.status === 401) leave('over');
    strategiesFailed.value = true;
  }
}

/** Asks again and again until the returned function is called; not while the page is hidden. */
export function watchStrategies(): () => void {
  const end = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const again = async (): Promise<void> => {
    if (!document.hidden) await readStrategies(end.signal);
    if (!end.signal.aborted) timer = setTimeout(() => void again(), AGAIN_MS);
  };
  void again();
  return () => {
    end.abort();
    clearTimeout(timer);
  };
}

/** Whether an action has a sense for a strategy as it is. */
export function fits({ inited, trading, running }: Strategy, action: StrategyAction): boolean {
  if (action === 'stop') return trading;
  return running === null && (action === 'init' ? !inited : inited && !trading);
}
