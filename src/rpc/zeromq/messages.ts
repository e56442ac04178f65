/**
 * Messages in and out of sockets.
 *
 * @module
 */
import type { Delivery, Frames } from '../transport.js';
import { codeOf } from '../failures.js';
import type { Dealer, Publisher, Reply, Router, Subscriber } from './module.js';

/** Typed arrays of at most so many bytes V8 keeps in its heap (its typed_array_max_size_in_heap). */
const MAX_IN_HEAP = 64;

/** The type of a socket that asks: ZMQ_DEALER. (zeromq's enum of them exists at compile time only.) */
const DEALER = 5;

/** How long received messages are handed on, in ms, before timers and other sockets get their turn. */
const RECEIVE_SLICE = 4;

/**
 * Hands on messages until the socket closes. zeromq.js resolves up to 512 receives without letting the event loop turn. So this
 * loop lets it turn, when messages have been coming for longer than a slice.
 */
export async function receiveLoop(
  socket: Dealer | Subscriber | Router | Reply,
  onMessage: (frames: Frames) => void,
): Promise<void> {
  const answers = (socket.type as number) === DEALER;
  let sliceEnd = 0;
  const turn = Promise.resolve();
  while (true) {
    let frames: Frames;
    try {
      frames = await socket.receive();
    } catch {
      return; // Closing a socket makes its pending receive fail.
    }
    onMessage(frames);
    if (answers) await turn; // Those who wait for the answer act on it first: what they send then needs no look for more answers.

    if (performance.now() > sliceEnd) {
      // Without a look at `socket.readable`, which takes the first part of a message out of its connection already.
      await new Promise(setImmediate);
      sliceEnd = performance.now() + RECEIVE_SLICE;
    }
  }
}

/** Sends an answer; says what became of it. */
export function deliver(socket: Router, frames: Frames): Promise<Delivery> {
  return socket.closed ? Promise.resolve('gone') : socket.send(frames.map(outOfHeap)).then(deliveredAll, deliveredNot);
}

function deliveredAll(): Delivery {
  return 'sent';
}

/** ROUTER_MANDATORY: EHOSTUNREACH for a peer that is gone, EAGAIN for one whose queue is full. */
function deliveredNot(error: unknown): Delivery {
  return codeOf(error) === 'EAGAIN' ? 'full' : 'gone';
}

/**
 * The bytes of a short typed array lie in V8's heap until native code asks for them. It then gets memory of its own, from
 * malloc, which costs more than a place in Node's pool of buffers.
 */
export function outOfHeap(part: Uint8Array): Uint8Array {
  return part.length > 0 && part.length <= MAX_IN_HEAP && !Buffer.isBuffer(part) ? Buffer.from(part) : part;
}

/** Sends to subscribers; false when the socket is closed. */
export function publish(socket: Publisher, frames: Frames): boolean {
  if (socket.closed) return false;

  // A PUB socket takes every message and drops it for the subscribers whose queue is full; this never fails but while closing.
  socket.send(frames as Uint8Array[]).catch(() => undefined);
  return true;
}

/**
 * libzmq frees what belonged to a connection, some 14 KB, when the socket is used next. A publisher that has nothing to say
 * would keep it for every client that ever was there. Any question makes it look. This is not for sockets that receive: they
 * look by themselves, and what the question takes notice of would wake no pending `receive()`.
 */
export function forgetGone(socket: Publisher): boolean {
  return !socket.closed && socket.writable;
}
