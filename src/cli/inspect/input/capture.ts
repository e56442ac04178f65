/**
 * ZeroMQ traffic out of a capture file: packets → TCP streams → ZMTP messages → payloads.
 *
 * @module
 */
import { found } from '../findings/finding.js';
import type { Said } from '../findings/finding.js';
import { framesPayload } from './frames.js';
import { packets } from './packets.js';
import { notice } from './payload.js';
import type { Payload, Wire } from './payload.js';
import { Reassembler } from './tcp.js';
import type { StreamChunk } from './tcp.js';
import { CapturedStream } from './zmtp.js';
import type { StreamItem } from './zmtp.js';

interface Connection {
  readonly stream: CapturedStream;
  /** The sender's socket type, from its READY command. */
  socket: string | undefined;
  readonly flow: string;
}

const text = new TextDecoder();

/** Reads all messages of a capture file, in the order in which they were complete. */
export function* capturePayloads(source: string, data: Uint8Array): Generator<Payload> {
  const reassembler = new Reassembler();
  const connections = new Map<string, Connection>();
  let packetCount = 0;
  let messages = 0;

  function* chunkPayloads(chunk: StreamChunk): Generator<Payload> {
    let connection = connections.get(chunk.flow);
    if (connection === undefined || chunk.opens) {
      if (connection !== undefined) yield* itemPayloads(source, chunk.time, connection, connection.stream.end());
      connection = { stream: new CapturedStream(), socket: undefined, flow: chunk.flow };
      connections.set(chunk.flow, connection);
    }
    if (chunk.gap > 0) yield* itemPayloads(source, chunk.time, connection, connection.stream.interrupt(chunk.gap));
    if (chunk.data.length > 0) yield* itemPayloads(source, chunk.time, connection, connection.stream.add(chunk.data));
  }

  function* counted(payloads: Iterable<Payload>): Generator<Payload> {
    for (const payload of payloads) {
      messages++;
      yield payload;
    }
  }

  for (const packet of packets(data)) {
    if ('brokenAt' in packet) {
      const { brokenAt: offset } = packet;
      yield notice(source, [found('E051', ({ containers }) => containers.captureBreaks(offset), { offset })]);
      break;
    }
    packetCount++;
    for (const chunk of reassembler.add(packet)) yield* counted(chunkPayloads(chunk));
  }
  for (const chunk of reassembler.end()) yield* counted(chunkPayloads(chunk));
  for (const connection of connections.values())
    yield* counted(itemPayloads(source, undefined, connection, connection.stream.end()));

  if (messages === 0) yield notice(source, [found('N305', ({ containers }) => containers.noConnection(packetCount))]);
}

function* itemPayloads(
  source: string,
  time: number | undefined,
  connection: Connection,
  items: Iterable<StreamItem>,
): Generator<Payload> {
  for (const item of items) {
    const wire: Wire = {
      address: connection.flow,
      ...(time === undefined ? {} : { time }),
      ...(connection.socket === undefined ? {} : { socket: connection.socket }),
    };
    switch (item.kind) {
      case 'message':
        yield framesPayload(source, item.frames, wire);
        break;
      case 'lost': {
        const said: Said = (facts) => facts.containers.unread(item.bytes, connection.flow, item.why(facts));
        yield notice(source, [found('E051', said)], wire);
        break;
      }
      case 'encrypted':
        yield notice(
          source,
          [found('I007', ({ containers }) => containers.encryptedFlow(connection.flow, item.mechanism))],
          wire,
        );
        break;
      case 'ready':
        connection.socket = item.socketType;
        break;
      case 'subscription': {
        const verb = item.wanted ? 'subscribe' : 'unsubscribe';
        yield notice(source, [], { ...wire, text: `${verb} ${JSON.stringify(text.decode(item.prefix))}` });
        break;
      }
      case 'error':
        yield notice(source, [], { ...wire, text: `ZeroMQ error ${JSON.stringify(item.reason)}` });
    }
  }
}
