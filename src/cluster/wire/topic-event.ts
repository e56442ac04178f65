/**
 * Events that are not published under vnpy's empty topic: the topic stands before the pickle.
 *
 * ```
 * 0  length of the topic u16    2  topic, UTF-8    …  pickle of what was published
 * ```
 *
 * @module
 */

/** How the rest behind the prefix is written: topic and pickle. */
export const TOPIC_EVENT = 2;

/** Topic and pickle, as one. @returns undefined for a topic that is too long. */
export function writeTopicEvent(topic: Uint8Array, pickle: Uint8Array): Uint8Array | undefined {
  if (topic.length > 0xffff) return undefined;
  const rest = Buffer.allocUnsafe(2 + topic.length + pickle.length);
  rest.writeUInt16BE(topic.length, 0);
  rest.set(topic, 2);
  rest.set(pickle, 2 + topic.length);
  return rest;
}

/** Both; undefined for what is none. */
export function readTopicEvent(
  rest: Uint8Array,
): { readonly topic: Uint8Array; readonly pickle: Uint8Array } | undefined {
  if (rest.length < 2) return undefined;
  const end = 2 + (rest[0] ?? 0) * 256 + (rest[1] ?? 0);
  return end > rest.length ? undefined : { topic: rest.subarray(2, end), pickle: rest.subarray(end) };
}
