/**
 * The line above a message.
 *
 * @module
 */
import { escapeText } from '../../kit/text/escape.js';
import type { EscapeOptions } from '../../kit/text/escape.js';
import type { Style } from '../../kit/text/style.js';
import type { ViewTexts } from '../../lang/en/views.js';
import type { Wire } from '../input/payload.js';
import type { Message } from '../reading/messages.js';

/** Which CPython reads a protocol first. */
export const SINCE: readonly string[] = ['1.4', '1.4', '2.3', '3.0', '3.4', '3.8'];

/** A number of bytes for a person. */
export function sizeText(bytes: number): string {
  if (bytes < 10_000) return `${bytes} B`;
  return bytes < 10_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** What a capture tells about a message, in words; empty for a message of a file. */
export function wireText(wire: Wire, escape: EscapeOptions, words: ViewTexts): string {
  const parts: string[] = [];
  if (wire.time !== undefined) {
    const time = new Date(wire.time * 1000);
    parts.push(Number.isNaN(time.getTime()) ? `t=${wire.time}` : time.toISOString());
  }
  if (wire.direction !== undefined) parts.push(escapeText(wire.direction, escape));
  if (wire.socket !== undefined) parts.push(escapeText(wire.socket, escape));
  if (wire.address !== undefined) parts.push(escapeText(wire.address, escape));
  if (wire.topic !== undefined) parts.push(words.topic(escapeText(wire.topic, escape)));
  if (wire.frames !== undefined && wire.frames.length > 1) parts.push(words.wireFrames(wire.frames.join(' + ')));
  if (wire.text !== undefined) parts.push(escapeText(wire.text, escape));
  return parts.join('  ');
}

/** Name, number, size, protocol and origin of a message, in one line. */
export function heading(message: Message, style: Style, escape: EscapeOptions, words: ViewTexts): string {
  const { analysis, wire } = message;
  const parts = [`${style('bold', escapeText(message.source, escape))}  #${message.number}`];
  if (analysis !== undefined) {
    const { facts } = analysis;
    const protocol = facts.protocol ?? facts.highestOpcode;
    const since = SINCE[Math.max(protocol, facts.highestOpcode)];
    parts.push(sizeText(analysis.end));
    if (message.offset > 0) parts.push(words.fromByte(message.offset));
    if (facts.opcodes > 0)
      parts.push(since === undefined ? words.protocol(protocol) : words.protocolSince(protocol, since));
    if (facts.frames > 0) parts.push(words.frames(facts.frames));
  }
  if (message.part !== undefined) parts.push(words.torchParts[message.part]);
  const wired = wire === undefined ? '' : wireText(wire, escape, words);
  if (wired !== '') parts.push(wired);
  return `${parts.join('  ')}\n`;
}
