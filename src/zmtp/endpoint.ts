/**
 * Where a socket connects to or listens.
 *
 * @module
 */
import { networkInterfaces } from 'node:os';

/** Of TCP. */
export interface TcpEndpoint {
  readonly transport: 'tcp';
  /** A name, an IPv4 address, or an IPv6 address without brackets. To listen also `*`, and the name of an interface. */
  readonly host: string;
  /** To listen, 0 is any free port. */
  readonly port: number;
  /** The address of this machine to connect from. */
  readonly source?: { readonly host?: string; readonly port?: number };
}

/** A Unix socket. */
export interface IpcEndpoint {
  readonly transport: 'ipc';
  /** A path. On Linux, a name after `@` is one of the abstract namespace. To listen, `*` is any free path. */
  readonly path: string;
}

export type Endpoint = TcpEndpoint | IpcEndpoint;

/** The path as node:net wants it. */
export function socketPath({ path }: IpcEndpoint): string {
  return path.startsWith('@') ? `\0${path.slice(1)}` : path;
}

/** The first IPv4 address of an interface of this machine, else its first address; undefined when there is no such interface. */
export function interfaceAddress(name: string): string | undefined {
  const addresses = networkInterfaces()[name] ?? [];
  return (addresses.find(({ family }) => family === 'IPv4') ?? addresses[0])?.address;
}
