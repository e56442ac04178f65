/**
 * What a recording holds, and how MCAP (https://mcap.dev) carries it.
 *
 * The data of an MCAP message is exactly one pickle as it was on the wire. So any MCAP reader and Python's `pickle.loads` read a
 * recording without this package. What was beside the pickle on the wire stands in the channel.
 *
 * @module
 */

/** Which of vnpy's two event formats a message had (see docs/vnpy-bridge.md). */
export type EventFormat = 'topic-frame' | 'pair';

/** What the messages of one MCAP channel are. */
export type RecordingChannel =
  /** A published event: with `pair` the pickle is `[topic, data]`, with `topic-frame` it is the data alone. */
  | { readonly kind: 'event'; readonly format: 'pair' }
  | { readonly kind: 'event'; readonly format: 'topic-frame'; readonly topic: string }
  /** A call of the recorder, `[name, args, kwargs]`, and its answer, `[ok, result]`: both have the same sequence number. */
  | { readonly kind: 'request' | 'reply'; readonly method: string }
  /** JSON of a {@link RecorderNote}. */
  | { readonly kind: 'note' };

/** What the recorder says about the recording, in between. */
export type RecorderNote =
  /** The connection changed; `detail` says why. Between `disconnected` and `connected` events are missing. */
  | { readonly note: 'status'; readonly state: string; readonly detail?: string }
  /** The answers before this are a complete snapshot of the server. */
  | { readonly note: 'snapshot' }
  /** So many messages were lost because the disk was slower than the market. */
  | { readonly note: 'lost'; readonly messages: number };

/** One recorded message. */
export interface RecordedMessage {
  readonly channel: RecordingChannel;
  /** When it was received, in ns since 1970-01-01T00:00Z. */
  readonly time: bigint;
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** The MCAP profile of our files. */
export const PROFILE = 'vnpy-bridge';
/** Version of the format in this file; a reader refuses a higher one. */
export const FORMAT_VERSION = 1;

/** An MCAP channel, but for its id. */
export interface McapChannelInfo {
  readonly topic: string;
  readonly messageEncoding: string;
  readonly metadata: Map<string, string>;
}

/** How MCAP names a channel. */
export function toMcapChannel(channel: RecordingChannel): McapChannelInfo {
  switch (channel.kind) {
    case 'event':
      return channel.format === 'pair'
        ? pickleChannel('event', [
            ['kind', 'event'],
            ['format', 'pair'],
          ])
        : pickleChannel(channel.topic === '' ? 'event' : `event/${channel.topic}`, [
            ['kind', 'event'],
            ['format', 'topic-frame'],
            ['topic', channel.topic],
          ]);
    case 'request':
    case 'reply':
      return pickleChannel(`${channel.kind}/${channel.method}`, [
        ['kind', channel.kind],
        ['method', channel.method],
      ]);
    case 'note':
      return { topic: 'note', messageEncoding: 'json', metadata: new Map([['kind', 'note']]) };
  }
}

/** What an MCAP channel holds; undefined when it is none of ours. */
export function fromMcapChannel({ metadata }: Pick<McapChannelInfo, 'metadata'>): RecordingChannel | undefined {
  const kind = metadata.get('kind');
  switch (kind) {
    case 'event': {
      if (metadata.get('format') === 'pair') return { kind, format: 'pair' };
      const topic = metadata.get('topic');
      return topic === undefined ? undefined : { kind, format: 'topic-frame', topic };
    }
    case 'request':
    case 'reply': {
      const method = metadata.get('method');
      return method === undefined ? undefined : { kind, method };
    }
    case 'note':
      return { kind };
    default:
      return undefined;
  }
}

/** A text that is the same for the same channel, and only for it. */
export function channelKey(channel: RecordingChannel): string {
  switch (channel.kind) {
    case 'event':
      return channel.format === 'pair' ? 'p' : `t${channel.topic}`;
    case 'request':
    case 'reply':
      return `${channel.kind}/${channel.method}`;
    case 'note':
      return 'n';
  }
}

function pickleChannel(topic: string, metadata: readonly [string, string][]): McapChannelInfo {
  return { topic, messageEncoding: 'pickle', metadata: new Map(metadata) };
}

const MAGIC = [0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a];

/** Whether these are the first bytes of an MCAP file (at least 8 of them). */
export function isMcap(head: Uint8Array): boolean {
  return MAGIC.every((byte, index) => head[index] === byte);
}
