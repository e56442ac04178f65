/**
 * What runs in the receiving thread: connections of a SUB, whose messages go into the ring. A program that stands still loses
 * neither messages nor the connection, because PINGs are answered here.
 *
 * @module
 */
import type { ClientEvents } from '../client.js';
import { connectSub } from '../sub.js';
import type { SubConnection } from '../sub.js';
import { endData, ownBytes } from './messages.js';
import type { Command, ThreadData, Told } from './messages.js';
import { RingWriter } from './ring.js';

/** Obeys commands from the port. One connection stands at a time: the next one ends it. */
export function serve({ port, memory, limits }: ThreadData): void {
  const writer = new RingWriter<Told>(memory, limits, (parcel, transfer) => {
    port.postMessage(parcel, transfer);
  });
  let current: { readonly connection: number; readonly sub: SubConnection } | undefined;

  const eventsOf = (connection: number): ClientEvents => ({
    opened: (peer) => {
      writer.tell({ kind: 'opened', connection, peer: { ...peer, identity: ownBytes(peer.identity) } });
    },
    message: (parts) => {
      writer.write(parts);
    },
    closed: (end) => {
      current = undefined;
      writer.tell({ kind: 'closed', connection, end: endData(end) });
    },
  });

  port.on('message', (command: Command) => {
    const { connection } = command;
    if (command.kind === 'connect') {
      current?.sub.close();
      current = { connection, sub: connectSub(command.options, eventsOf(connection)) };
      return;
    }
    if (current?.connection !== connection) return; // It is no more, which is on its way to the program.
    if (command.kind === 'close') {
      current.sub.close();
      current = undefined;
    } else if (command.wanted) {
      current.sub.subscribe(command.prefix);
    } else {
      current.sub.unsubscribe(command.prefix);
    }
  });
  writer.tell({ kind: 'started' });
}
