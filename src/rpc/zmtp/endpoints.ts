/**
 * Addresses of ZeroMQ as endpoints of the wire in TypeScript, and back.
 *
 * @module
 */
import type { Endpoint } from '../../zmtp/index.js';
import { parseAddress } from '../address.js';
import type { Address } from '../address.js';
import { RpcTransportError } from '../errors.js';

/** An address that leads out of this process. */
export type WireAddress = Exclude<Address, { readonly scheme: 'inproc' }>;

/** @throws RpcTransportError if the address cannot be one, or is of a scheme that this transport has not. */
export function wireAddress(text: string, use: 'connect' | 'bind'): WireAddress {
  const address = parseAddress(text, use);
  if (address.scheme !== 'inproc') return address;
  throw new RpcTransportError(
    'UNSUPPORTED',
    `cannot ${use} ${text}: inproc is for sockets of libzmq in one process; use the transport 'zeromq' for it, or a MemoryTransport`,
    { address: text },
  );
}

/** Where that is. */
export function endpointOf(address: WireAddress): Endpoint {
  if (address.scheme === 'ipc') return { transport: 'ipc', path: address.path };
  const { host, port, text } = address;
  const source = sourceOf(text);
  const own = { transport: 'tcp', host: bare(host), port: port === '*' ? 0 : port } as const;
  return source === undefined ? own : { ...own, source };
}

/** What ZeroMQ writes before a semicolon: the address of this machine to connect from. */
function sourceOf(text: string): { readonly host?: string; readonly port?: number } | undefined {
  const [source, destination] = text.slice('tcp://'.length).split(';');
  if (source === undefined || destination === undefined) return undefined;
  const colon = source.lastIndexOf(':');
  const host = bare(colon === -1 ? source : source.slice(0, colon));
  const port = colon === -1 ? 0 : Number(source.slice(colon + 1));
  return { ...(host === '*' ? {} : { host }), ...(port > 0 ? { port } : {}) };
}

/** The address that was bound, as ZeroMQ writes it. */
export function boundText(endpoint: Endpoint): string {
  if (endpoint.transport === 'ipc') return `ipc://${endpoint.path}`;
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
  return `tcp://${host}:${endpoint.port}`;
}

/** A host without the brackets of IPv6. */
function bare(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
