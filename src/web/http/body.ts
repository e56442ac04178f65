/**
 * The body of a request: JSON, bounded, and nothing that could become a prototype.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { messageOf } from '../../errors.js';
import { ProblemError } from '../errors.js';
import { header } from './headers.js';

/** The most that a body may have, in bytes. */
export const MAX_BODY = 64 * 1024;

/**
 * Reads a body to its end.
 *
 * @throws ProblemError `too-large`, `bad-request`.
 */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const announced = Number(header(request, 'content-length') ?? 0);
  if (announced > MAX_BODY) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError('bad-request', `the body broke off: ${messageOf(error)}`, {}, { cause: error });
  }
  return Buffer.concat(chunks);
}

/**
 * A body as JSON.
 *
 * @throws ProblemError `bad-request` for anything else, with the place.
 */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body), (key, value: unknown) => {
      if (key === '__proto__') throw new SyntaxError('a key is "__proto__"');
      return value;
    });
  } catch (error) {
    const message = body.length === 0 ? 'there is none' : messageOf(error);
    throw new ProblemError('bad-request', `the body is no JSON: ${message}`, { errors: [{ path: '', message }] });
  }
}

/** @throws ProblemError `bad-request` for a body of another kind: those that a form can send are such. */
export function checkContentType(request: IncomingMessage): void {
  const type = header(request, 'content-type') ?? '';
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) {
    const message = `Content-Type must be application/json, not ${JSON.stringify(type)}`;
    throw new ProblemError('bad-request', message, { errors: [{ path: 'header content-type', message }] });
  }
  if (header(request, 'content-encoding') !== undefined)
    throw new ProblemError('bad-request', 'a body is sent as it is, without Content-Encoding');
}

function tooLarge(): ProblemError {
  return new ProblemError(
    'too-large',
    `a body has at most ${MAX_BODY} bytes`,
    {},
    { headers: { Connection: 'close' } },
  );
}
