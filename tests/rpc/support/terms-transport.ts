/**
 * A transport in memory that has a place for more than bytes: what a call is goes with it, and what a test says.
 *
 * @module
 */
import { MemoryTransport } from 'vnpy-bridge/rpc';
import type {
  AnswerNote,
  CallTerms,
  ClientSocketOptions,
  ClientSockets,
  ConnectionListener,
  OutgoingCall,
  OutgoingEvent,
  ServerSocketOptions,
  ServerSockets,
  Transport,
} from 'vnpy-bridge/rpc';

const nameOf = (id: Uint8Array | undefined): string => Buffer.from(id ?? []).toString('hex');

export class TermsTransport implements Transport {
  readonly tellsPeers = true;
  readonly memory = new MemoryTransport();
  /** What has left, in order. */
  readonly calls: OutgoingCall[] = [];
  /** What answers said beside their bytes. */
  readonly notes: (AnswerNote | undefined)[] = [];
  readonly events: (OutgoingEvent | undefined)[] = [];
  /** Tells the last connection for requests. */
  listener: ConnectionListener | undefined;
  /** The id of the last request. */
  lastId: Uint8Array | undefined;
  wants: (event: OutgoingEvent) => boolean = () => true;
  /** What the server gets with a call. */
  terms = ({ method, timeout, headers }: OutgoingCall): CallTerms => ({
    method,
    deadline: performance.now() + timeout,
    headers,
  });
  readonly #underWay = new Map<string, OutgoingCall>();

  async openClient(options?: Partial<ClientSocketOptions>): Promise<ClientSockets> {
    const sockets = await this.memory.openClient(options);
    return {
      ...sockets,
      connectRequest: (address, listener) => {
        this.listener = listener;
        const connection = sockets.connectRequest(address, listener);
        return {
          ...connection,
          send: (frames, call) => {
            this.lastId = frames[0];
            if (call !== undefined) {
              this.calls.push(call);
              this.#underWay.set(nameOf(frames[0]), call);
            }
            return connection.send(frames);
          },
        };
      },
    };
  }

  async openServer(options?: Partial<ServerSocketOptions>): Promise<ServerSockets> {
    const sockets = await this.memory.openServer(options);
    return {
      ...sockets,
      bindReply: async (address, gate) => {
        const reply = await sockets.bindReply(address, gate);
        return {
          ...reply,
          receive: (onMessage) => {
            reply.receive((frames, sender) => {
              const call = this.#underWay.get(nameOf(frames[1]));
              onMessage(frames, sender, call === undefined ? undefined : this.terms(call));
            });
          },
          send: (frames, note) => {
            this.notes.push(note);
            return reply.send(frames);
          },
        };
      },
      bindPublish: async (address, gate) => {
        const publish = await sockets.bindPublish(address, gate);
        return {
          ...publish,
          wants: (event) => this.wants(event),
          send: (frames, to, event) => {
            this.events.push(event);
            return publish.send(frames, to);
          },
        };
      },
    };
  }
}
