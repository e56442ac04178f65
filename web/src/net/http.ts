/**
 * Requests to the console. Everything goes to this page's own origin, and nothing is ever sent again by itself.
 *
 * @module
 */
import type { Problem, ProblemName } from './types.js';

/** Where the API is. */
export const BASE = '/api/v1';

const PREFIX = 'urn:vnpy-bridge:problem:';

/** The console refused, failed, or did not answer. */
export class ApiError extends Error {
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Undefined when no answer came, or one that is not of the console. */
  readonly problem: Problem | undefined;

  constructor(status: number, problem: Problem | undefined, cause?: unknown) {
    super(problem?.detail ?? problem?.title ?? `HTTP status ${status}`, { cause });
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
  }

  /** The short name of the problem. */
  get kind(): ProblemName | undefined {
    const type = this.problem?.type;
    return type?.startsWith(PREFIX) === true ? (type.slice(PREFIX.length) as ProblemName) : undefined;
  }
}

/** How long a request may take, in ms. History of a slow gateway has its own. */
const TIMEOUT = 20_000;

/** What a request may say beside its path. */
export interface RequestParts {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/**
 * Sends a request and reads the JSON of its answer.
 *
 * @throws ApiError for everything but an answer of the class 2xx.
 */
export async function request<Answer>(path: string, parts: RequestParts = {}): Promise<Answer> {
  const { method = 'GET', body, timeout = TIMEOUT, signal } = parts;
  const timer = AbortSignal.timeout(timeout);
  let response: Response;
  try {
    response = await fetch(`${BASE}${path}`, {
      method,
      headers: {
        'X-Requested-With': 'vnpy-bridge',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      signal: signal === undefined ? timer : AbortSignal.any([timer, signal]),
    });
  } catch (error) {
    throw new ApiError(0, undefined, error);
  }
  if (!response.ok) throw new ApiError(response.status, await problemOf(response));
  if (response.status === 204) return undefined as Answer;
  try {
    return (await response.json()) as Answer;
  } catch (error) {
    // The answer broke off: whoever sent an order has to take this for "unknown".
    throw new ApiError(0, undefined, error);
  }
}

async function problemOf(response: Response): Promise<Problem | undefined> {
  try {
    const found: unknown = await response.json();
    return typeof found === 'object' && found !== null && 'type' in found ? (found as Problem) : undefined;
  } catch {
    // A proxy answered in HTML, or the answer broke off.
    return undefined;
  }
}

/** Reads all pages of a list, and hands each on as it comes. */
export async function eachPage(
  path: string,
  take: (items: readonly unknown[]) => void,
  signal: AbortSignal,
): Promise<void> {
  let cursor: string | undefined;
  do {
    const more = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await request<{ readonly data: readonly unknown[]; readonly next_cursor?: string }>(
      `${path}?limit=1000${more}`,
      { signal },
    );
    take(page.data);
    cursor = page.next_cursor;
  } while (cursor !== undefined && !signal.aborted);
}
