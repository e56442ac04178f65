/**
 * Strategies, spreads and algorithms of vnpy's applications: they have no channel of the stream, and are asked for while
 * somebody looks.
 *
 * @module
 */
import { computed, signal } from '@preact/signals';
import { ApiError, request } from '../net/http.js';
import type {
  Algo,
  AlgoAction,
  AlgoList,
  AppLogList,
  SpreadList,
  Strategy,
  StrategyAction,
  StrategyList,
} from '../net/types.js';
import { leave } from './session.js';

/** What the console told last. */
export interface Applications {
  readonly strategies: StrategyList;
  readonly spreads: SpreadList;
  readonly algos: AlgoList;
  readonly logs: AppLogList;
}

/** That; undefined before the first answer. */
export const applications = signal<Applications | undefined>(undefined);

/** When that was, in ms since 1970. */
export const strategiesAt = signal<number | undefined>(undefined);

/** Whether the last question had no answer: what is shown is old. */
export const strategiesFailed = signal(false);

/** Where a thing is: an application, and its server where there are several. */
export interface Place {
  readonly app: 'cta' | 'spread' | 'algo';
  readonly server: string | null;
}

/** The name that addresses have for it. */
export const placeKey = ({ app, server }: Place): string => (server === null ? app : `${server}:${app}`);

/** Whether two are the same. */
export const isSamePlace = (one: Place, other: Place): boolean => placeKey(one) === placeKey(other);

/** What cannot be told of some servers. */
export const awayServers = computed(() => {
  const found = applications.value;
  const all = found === undefined ? [] : [...found.strategies.apps, ...found.algos.apps];
  const away = all.filter(({ problem }) => problem !== null);
  return [...new Map(away.map(({ server, problem }) => [server ?? '', problem ?? ''])).entries()];
});

/** How long after an answer it is asked again, in ms. */
const AGAIN_MS = 2000;

/** The question whose answer counts: one that was asked later stands above it. */
let latest = 0;

/** Asks once. */
export async function readStrategies(end?: AbortSignal): Promise<void> {
  const mine = ++latest;
  const parts = end === undefined ? {} : { signal: end };
  try {
    const [strategies, spreads, algos, logs] = await Promise.all([
      request<StrategyList>('/strategies', parts),
      request<SpreadList>('/spreads', parts),
      request<AlgoList>('/algos', parts),
      request<AppLogList>('/strategy-logs', parts),
    ]);
    if (mine !== latest) return;
    applications.value = { strategies, spreads, algos, logs };
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
  if (running !== null) return false;
  switch (action) {
    case 'init':
      return !inited && !trading;
    case 'start':
      return inited && !trading;
    case 'remove':
      return !trading;
    default:
      return true;
  }
}

/** Whether an action has a sense for an algorithm as it is. */
export function fitsAlgo({ is_active: isActive, status }: Algo, action: AlgoAction): boolean {
  if (action === 'start' || !isActive) return false;
  return action === 'stop' || (action === 'pause') === (status !== 'PAUSED');
}
