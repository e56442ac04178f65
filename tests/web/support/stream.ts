/** A client of the stream. Each message that comes is checked against the published schema. */
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { checkServerMessage } from './schemas.js';

export type Message = Record<string, unknown> & { readonly type: string; readonly channel?: string };

/** One connection. */
export interface StreamUser {
  readonly socket: WebSocket;
  /** All messages so far. */
  readonly messages: readonly Message[];
  readonly send: (message: unknown) => void;
  /** The next message that fits, from now or from those that were not waited for yet. */
  readonly next: (fits: (message: Message) => boolean) => Promise<Message>;
  /** Resolves when it is closed, with the code. */
  readonly closed: Promise<number>;
}

export interface StreamAsk {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly protocol?: string;
}

/** Opens one. @throws Error with the status of the refusal. */
export async function openStream(origin: string, ask: StreamAsk = {}): Promise<StreamUser> {
  const { token, headers = {}, path = '/api/v1/stream', protocol = 'vnpy-bridge.v1' } = ask;
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${path}`, protocol === '' ? [] : protocol, {
    headers: { ...authorization, ...headers },
  });
  onTestFinished(() => {
    socket.terminate();
  });
  const messages: Message[] = [];
  let taken = 0;
  let wake: (() => void)[] = [];
  let failure: Error | undefined;
  const rouse = (): void => {
    const waiting = wake;
    wake = [];
    for (const each of waiting) each();
  };
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as Message;
    try {
      checkServerMessage(message);
    } catch (error) {
      failure ??= error as Error;
    }
    messages.push(message);
    rouse();
  });
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      failure ??= new Error(`closed with ${code}`);
      rouse();
      resolve(code);
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        reject(new Error(`${response.statusCode ?? 0} ${text}`));
      });
    });
    socket.once('error', reject);
  });
  return {
    ...{ socket, messages, closed },
    send: (message) => {
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    },
    next: async (fits) => {
      while (true) {
        while (taken < messages.length) {
          const message = messages[taken++];
          if (message !== undefined && fits(message)) return message;
        }
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => wake.push(resolve));
      }
    },
  };
}

/** A message of one type, of one channel. */
export function of(type: string, channel?: string): (message: Message) => boolean {
  return (message) => message.type === type && (channel === undefined || message.channel === channel);
}
