/**
 * The local control of a running guard: a Unix socket in a folder of its own, or a named pipe of Windows. Never TCP, because a
 * file's rights say who may use it.
 *
 * Each request and each answer is one line of JSON: `{"command":"status","who":"risk"}`, `{"ok":true,"result":…}`.
 *
 * @module
 */
import { lstat, mkdir, unlink } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { dirname, resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { isOfAnother, makeOwn, modeText, othersMayUse, OWN_FOLDER } from '../../file-rights.js';
import { messageOf } from '../../errors.js';
import { readControlRequest } from './control-requests.js';
import type { ControlRequest } from './control-requests.js';
import { ControlError } from './errors.js';

/** A control that listens. */
export interface Control {
  readonly address: string;
  close(): Promise<void>;
}

/** What {@link listenControl} takes. */
export interface ControlOptions {
  /** A path, or `\\.\pipe\NAME` on Windows. */
  readonly address: string;
  /** Does what is asked. What it throws is told by its message and its `code`. */
  readonly handle: (request: ControlRequest) => Promise<unknown>;
}

/** The longest request, in characters. */
const LONGEST = 64 * 1024;
/** A report of many orders is long. */
const LONGEST_ANSWER = 16 * 2 ** 20;
const MOST_CONNECTIONS = 32;
/** How long a connection may say nothing, in ms. */
const IDLE_MS = 60_000;
const PIPE = '\\\\.\\pipe\\';

/** Whether an address is a named pipe of Windows. */
function isPipe(address: string): boolean {
  return address.startsWith(PIPE);
}

/**
 * Listens. The lock of the guard's state is held: so a socket at this address belongs to nobody.
 *
 * @throws {@link ControlError} `UNSAFE` when others could reach it, or the system's error.
 */
export async function listenControl({ address, handle }: ControlOptions): Promise<Control> {
  const path = isPipe(address) ? address : resolve(address);
  if (!isPipe(path)) await prepare(path);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (sockets.size > MOST_CONNECTIONS) socket.destroy();
    else serve(socket, handle);
  });
  await listening(server, path);
  server.on('error', () => undefined);
  if (!isPipe(path)) await makeOwn(path);
  return {
    address: path,
    close: () =>
      new Promise((done) => {
        server.close(() => {
          done();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Makes the folder for this user alone: between the making of a socket and its rights, nobody else can reach it. */
async function prepare(path: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: OWN_FOLDER });
  const { mode, uid } = await lstat(folder);
  if (isOfAnother(uid))
    throw new ControlError('UNSAFE', `the folder of the control, ${folder}, belongs to another user`);
  if (othersMayUse(mode)) {
    throw new ControlError(
      'UNSAFE',
      `others may use the folder of the control, ${folder} (mode ${modeText(mode)}): chmod 700 it`,
    );
  }
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined) return;
  if (!there.isSocket()) throw new ControlError('UNSAFE', `${path} is no socket: the control does not take its place`);
  await unlink(path);
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(path, () => {
      server.off('error', fail);
      done();
    });
  });
}

/** Answers the requests of one connection, one after the other. */
function serve(socket: Socket, handle: ControlOptions['handle']): void {
  const lines = new Lines(LONGEST);
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    const taken = lines.take(bytes);
    for (const line of taken ?? []) {
      waiting++;
      last = last
        .then(() => answerTo(line, handle))
        .then((answer) => {
          waiting--;
          if (waiting === 0) socket.resume();
          if (!socket.destroyed) socket.write(`${answer}\n`);
        });
    }
    // What is asked faster than it is answered waits outside.
    if (waiting > 0) socket.pause();
    if (taken !== undefined) return;
    const error = new ControlError('BAD_REQUEST', `a request may have ${LONGEST} characters`);
    socket.end(`${JSON.stringify(failureOf(error))}\n`);
    socket.removeAllListeners('data');
    socket.resume();
  });
}

async function answerTo(line: string, handle: ControlOptions['handle']): Promise<string> {
  try {
    const result = await handle(readControlRequest(parsed(line)));
    return JSON.stringify({ ok: true, result: result ?? null });
  } catch (error) {
    return JSON.stringify(failureOf(error));
  }
}

function failureOf(error: unknown): { readonly ok: false; readonly code: string; readonly message: string } {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'REFUSED';
  return { ok: false, code, message: messageOf(error) };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ControlError('BAD_REQUEST', 'the request cannot be read: it is no line of JSON');
  }
}

/** Bytes to lines. */
class Lines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #longest: number;
  #rest = '';

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The lines that are whole; undefined when one is too long. */
  take(bytes: Buffer): readonly string[] | undefined {
    const parts = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = parts.pop() ?? '';
    if (this.#rest.length > this.#longest || parts.some(({ length }) => length > this.#longest)) return undefined;
    return parts.filter((part) => part.trim() !== '');
  }
}

/**
 * Asks a running guard.
 *
 * @param timeout - in ms. Default: 120,000, because a halt waits for its cancels.
 * @throws {@link ControlError}.
 */
export function controlRequest(address: string, request: ControlRequest, timeout = 120_000): Promise<unknown> {
  return new Promise((done, fail) => {
    const socket = createConnection({ path: isPipe(address) ? address : resolve(address) });
    const lines = new Lines(LONGEST_ANSWER);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const stop = (code: 'UNREACHABLE' | 'BAD_ANSWER' | 'TIMEOUT', message: string, cause?: unknown): void => {
      end(() => {
        fail(new ControlError(code, message, cause === undefined ? {} : { cause }));
      });
    };
    const timer = setTimeout(() => {
      stop('TIMEOUT', `the guard at ${address} did not answer within ${timeout} ms: what was asked may have happened`);
    }, timeout);
    socket.once('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.once('error', (error) => {
      stop(
        'UNREACHABLE',
        `no guard answers at ${address}: ${error.message}. Is it running, and are you its user?`,
        error,
      );
    });
    socket.once('close', () => {
      stop('BAD_ANSWER', `the guard at ${address} closed the connection without an answer`);
    });
    socket.on('data', (bytes: Buffer) => {
      const [line] = lines.take(bytes) ?? [''];
      if (line === undefined) return;
      const result = resultOf(line, address);
      end(() => {
        if (result instanceof ControlError) fail(result);
        else done(result);
      });
    });
  });
}

/** What a line of an answer says: the result, or the error. */
function resultOf(line: string, address: string): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(line);
  } catch {
    answer = undefined;
  }
  if (typeof answer !== 'object' || answer === null || !('ok' in answer))
    return new ControlError('BAD_ANSWER', `what answers at ${address} is no guard`);
  if (answer.ok === true) return 'result' in answer ? answer.result : undefined;
  const message = 'message' in answer && typeof answer.message === 'string' ? answer.message : 'no reason was given';
  const isBad = 'code' in answer && answer.code === 'BAD_REQUEST';
  return new ControlError(isBad ? 'BAD_REQUEST' : 'REFUSED', message);
}
