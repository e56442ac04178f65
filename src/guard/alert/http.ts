/**
 * Posts alerts over HTTP, and keeps the secrets of webhooks out of texts.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { AlertError } from './errors.js';
import type { Webhook } from './options.js';
import type { Poster } from './outbox.js';
import { canSign, formatOf, robotOf } from './robots.js';
import type { AlertFormat, Robot } from './robots.js';

/** How long an answer may take, in ms. */
const PATIENCE = 10_000;
/** What is read of an answer, in bytes: a robot's is short. */
const ANSWER = 10_000;
/** Parts of an address that are shorter are no tokens: `send`, `v2`. */
const TOKEN = 8;

/** A webhook that was made sense of. */
export interface Target {
  /** The host, and no more: what follows is a secret. */
  readonly shownAs: string;
  readonly format: AlertFormat;
  readonly robot: Robot;
  /** Takes tokens and secrets out of a text. */
  readonly masked: (text: string) => string;
}

/** @throws AlertError for an address that is none, or a secret that the form does not know. */
export function targetOf({ url: text, format, secret }: Webhook): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new AlertError(
      'a webhook is no address: it must begin with https:// (it is not shown, because it is secret)',
    );
  }
  const shownAs = url.host;
  if (url.username !== '' || url.password !== '')
    throw new AlertError(`the webhook at ${shownAs} has a user name in its address, which HTTP clients refuse`);
  const form = format ?? formatOf(url);
  if (secret !== undefined && !canSign(form))
    throw new AlertError(`the webhook at ${shownAs} has a secret, and the form ${form} signs nothing`);
  const secrets = [secret ?? '', ...url.pathname.split('/'), ...url.searchParams.values()].filter(
    ({ length }) => length >= TOKEN,
  );
  return {
    shownAs,
    format: form,
    robot: robotOf(form, url.href, secret),
    masked: (said) => secrets.reduce((rest, each) => rest.replaceAll(each, '…'), said),
  };
}

/** Posts once. Follows nobody elsewhere: the token is for this host. */
export const post: Poster = async (url, body) => {
  const patience = new AbortController();
  const timer = setTimeout(() => {
    patience.abort(new Error(`no answer within ${PATIENCE / 1000} s`));
  }, PATIENCE);
  timer.unref();
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'vnpy-bridge' },
      body,
      redirect: 'manual',
      signal: patience.signal,
    });
    return { status: answer.status, body: await beginningOf(answer) };
  } finally {
    clearTimeout(timer);
  }
};

/** What `fetch` says about a failure stands in its cause. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
  return messageOf(error) + cause;
}

async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body as AsyncIterable<Uint8Array>) {
    parts.push(part);
    length += part.length;
    if (length >= ANSWER) break;
  }
  return Buffer.concat(parts).subarray(0, ANSWER).toString();
}
