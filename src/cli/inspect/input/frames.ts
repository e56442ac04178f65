/**
 * The parts of one ZeroMQ message, told apart: envelope, topic, pickle, buffers.
 *
 * @module
 */
import { found } from '../findings/finding.js';
import { looksLikePickle } from './looks-like-pickle.js';
import { notice } from './payload.js';
import type { Payload, Wire } from './payload.js';

const text = new TextDecoder();
const MAX_TOPIC = 256;

/** A short frame of printable text is a topic. */
function topicOf(frame: Uint8Array): string | undefined {
  if (frame.length > MAX_TOPIC) return undefined;
  const topic = text.decode(frame);
  // U+FFFD: the frame was no UTF-8.
  return /[\p{Cc}\ufffd]/u.test(topic) ? undefined : topic;
}

/** Subscriptions of ZMTP 3.0 travel as messages: one byte 1 or 0, then the prefix. */
function subscriptionOf(frames: readonly Uint8Array[]): string | undefined {
  const [frame] = frames;
  if (frames.length !== 1 || frame === undefined || (frame[0] !== 0 && frame[0] !== 1)) return undefined;
  const topic = topicOf(frame.subarray(1));
  if (topic === undefined) return undefined;
  return `${frame[0] === 1 ? 'subscribe' : 'unsubscribe'} ${JSON.stringify(topic)}`;
}

/**
 * Makes the payload of one message. The pickle is the first frame that looks like one. An only frame before it that is not empty
 * and is text is the topic (vnpy 4.5). Empty frames and what stands before them are the envelope of REQ and DEALER. Frames after
 * the pickle are its out-of-band buffers.
 */
export function framesPayload(source: string, frames: readonly Uint8Array[], wire: Wire): Payload {
  const sizes = frames.map((frame) => frame.length);
  const base: Wire = { ...wire, frames: sizes };
  const subscription = subscriptionOf(frames);
  if (subscription !== undefined) return notice(source, [], { ...base, text: subscription });
  // The topic of an event may be any text, a pickle of protocol 0 among them: only its second part is data.
  const at =
    frames.length === 2 && frames[1] !== undefined && looksLikePickle(frames[1])
      ? 1
      : frames.findIndex(looksLikePickle);
  const pickle = frames[at];
  if (pickle === undefined) {
    const findings = [found('N305', ({ containers }) => containers.noFramePickle(sizes.join(' + ')))];
    const last = frames.findLast((frame) => frame.length > 0);
    // A damaged pickle is still one: whatever is not text is inspected.
    if (last === undefined || topicOf(last) !== undefined) return notice(source, findings, base);
    return { source, data: last, wire: base, findings: [], single: true };
  }
  const [first] = frames;
  const topic = at === 1 && first !== undefined && first.length > 0 ? topicOf(first) : undefined;
  const buffers = frames.slice(at + 1);
  return {
    source,
    data: pickle,
    single: true,
    findings: [],
    wire: topic === undefined ? base : { ...base, topic },
    ...(buffers.length === 0 ? {} : { buffers }),
  };
}
