/**
 * Recordings of `vnpy-bridge record` (MCAP files): each recorded message is a payload.
 *
 * @module
 */
import type { RecordedMessage, RecordingChannel } from '../../recording/format.js';
import type { RecordingEnd } from '../../recording/reader.js';
import { found } from '../findings/finding.js';
import type { Finding } from '../findings/finding.js';
import { actsAsPickle } from './looks-like-pickle.js';
import { notice } from './payload.js';
import type { Payload, Wire } from './payload.js';

/** Gives the messages of a recording; what is damaged at its end, or what a crash has cut off, is told last. */
export async function* recordingPayloads(
  source: string,
  data: Uint8Array,
  outer: readonly Finding[],
): AsyncGenerator<Payload> {
  // Loaded only here: nothing but a recording needs the MCAP library.
  const { parseRecording, RecordingDamagedError } = await import('../../recording/reader.js');
  if (actsAsPickle(data)) {
    const both = found('P206', ({ containers }) => containers.recordingIsPickle);
    yield { source, data, findings: [...outer, both] };
  } else if (outer.length > 0) {
    yield notice(source, outer);
  }
  const messages = parseRecording(data);
  try {
    let step = messages.next();
    while (step.done !== true) {
      yield messagePayload(source, step.value);
      step = messages.next();
    }
    const cut = cutFinding(step.value);
    if (cut !== undefined) yield notice(source, [cut]);
  } catch (error) {
    if (!(error instanceof RecordingDamagedError)) throw error;
    yield notice(source, [found('E050', ({ containers }) => containers.recordingIs(error.message))]);
  }
}

function messagePayload(source: string, { channel, time, data }: RecordedMessage): Payload {
  // The frames as they were on the wire: a topic was one of its own.
  const topic = channel.kind === 'event' && channel.format === 'topic-frame' ? channel.topic : undefined;
  const frames = topic === undefined ? [data.length] : [Buffer.byteLength(topic), data.length];
  const wire: Wire = { time: Number(time / 1000n) / 1e6, frames, ...wireOf(channel) };
  if (channel.kind === 'note') return notice(source, [], { ...wire, text: new TextDecoder().decode(data) });
  return { source, data, wire, findings: [], single: true };
}

function wireOf(channel: RecordingChannel): Pick<Wire, 'topic' | 'direction'> {
  switch (channel.kind) {
    case 'event':
      return channel.format === 'topic-frame' ? { topic: channel.topic, direction: 'in' } : { direction: 'in' };
    case 'request':
      return { direction: 'out' };
    case 'reply':
      return { direction: 'in' };
    case 'note':
      return {};
  }
}

function cutFinding({ complete, cutBytes }: RecordingEnd): Finding | undefined {
  if (complete) return undefined;
  return found('E050', ({ containers }) => containers.recordingCut(cutBytes));
}
