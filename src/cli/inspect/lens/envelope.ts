/**
 * What vnpy puts around its values: request, reply, event in both formats, heartbeat.
 *
 * @module
 */
import type { ViewTexts } from '../../lang/en/views.js';
import type { Wire } from '../input/payload.js';
import type { Node } from '../machine/nodes.js';
import { entryOf, textOf } from '../machine/nodes.js';
import type { Viewer } from './view.js';

/** A message of vnpy's wire. */
export type Envelope =
  | { readonly kind: 'request'; readonly name: string; readonly arguments: number }
  | { readonly kind: 'reply'; readonly ok: boolean; readonly error?: string }
  | { readonly kind: 'event'; readonly format: 'pair' | 'topic frame'; readonly topic: string; readonly type?: string }
  | {
      readonly kind: 'heartbeat';
      readonly format: 'pair' | 'topic frame';
      readonly topic: string;
      readonly time: string;
    };

const HEARTBEAT_TOPICS: ReadonlySet<string> = new Set(['heartbeat', '_keep_alive']);
const EVENT_CLASS = 'vnpy.event.engine.Event';

/** Recognises a message; undefined when it is none of vnpy's, or could just as well be anything. */
export function envelopeOf(value: Node, wire: Wire | undefined, viewer: Viewer): Envelope | undefined {
  const framed = framedTopic(wire);
  if (framed !== undefined) {
    const envelope = eventOf('topic frame', framed, value, viewer);
    // An empty first frame may also be the delimiter of a request or reply.
    if (framed !== '' || (envelope?.kind === 'event' && envelope.type !== undefined)) return envelope;
  }
  if (value.kind !== 'list') return undefined;
  const [first, second, third] = value.items;
  if (first === undefined || second === undefined) return undefined;
  if (third !== undefined) {
    if (value.items.length !== 3 || first.kind !== 'str' || second.kind !== 'tuple' || third.kind !== 'dict')
      return undefined;
    return { kind: 'request', name: first.value, arguments: second.items.length + third.keys.length };
  }
  if (first.kind === 'bool') {
    const error = first.value ? undefined : textOf(second);
    return { kind: 'reply', ok: first.value, ...(error === undefined ? {} : { error: lastLine(error) }) };
  }
  if (first.kind !== 'str') return undefined;
  const envelope = eventOf('pair', first.value, second, viewer);
  const sure = envelope?.kind === 'heartbeat' || (envelope?.kind === 'event' && envelope.type !== undefined);
  return sure || wire?.socket === 'PUB' || wire?.socket === 'XPUB' ? envelope : undefined;
}

/** The first of two frames, when it is a topic: text, perhaps empty. */
function framedTopic(wire: Wire | undefined): string | undefined {
  if (wire?.frames?.length !== 2) return undefined;
  return wire.topic ?? (wire.frames[0] === 0 ? '' : undefined);
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

function eventOf(format: 'pair' | 'topic frame', topic: string, data: Node, viewer: Viewer): Envelope | undefined {
  if (HEARTBEAT_TOPICS.has(topic)) {
    if (data.kind === 'float') {
      const time = new Date(data.value * 1000);
      const text = Number.isNaN(time.getTime()) ? String(data.value) : time.toISOString();
      return { kind: 'heartbeat', format, topic, time: text };
    }
    const view = viewer.view(data);
    if (view.type === 'datetime.datetime') return { kind: 'heartbeat', format, topic, time: view.text ?? '' };
  }
  const type = eventType(data, viewer);
  return { kind: 'event', format, topic, ...(type === undefined ? {} : { type }) };
}

/** The type of an Event (`eTick.`), or the class of another vnpy object. */
function eventType(data: Node, viewer: Viewer): string | undefined {
  if (data.kind !== 'call') return undefined;
  const { type } = viewer.view(data);
  if (type !== EVENT_CLASS) return type.startsWith('vnpy.') ? type.slice(type.lastIndexOf('.') + 1) : undefined;
  const [step] = data.steps;
  return textOf(step?.kind === 'state' ? entryOf(step.state, 'type') : undefined);
}

/** An envelope in words. */
export function envelopeText(envelope: Envelope, viewer: Viewer, words: ViewTexts): string {
  switch (envelope.kind) {
    case 'request':
      return words.request(viewer.text(envelope.name), envelope.arguments);
    case 'reply':
      return envelope.ok ? words.reply : words.failure(viewer.text(envelope.error ?? words.noText));
    case 'event': {
      const type = envelope.type === undefined ? '' : viewer.text(envelope.type);
      return words.event(envelope.format, viewer.text(envelope.topic), type);
    }
    case 'heartbeat':
      return words.heartbeat(envelope.format, viewer.text(envelope.time));
  }
}
