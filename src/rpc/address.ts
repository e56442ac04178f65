/**
 * ZeroMQ addresses, read and checked. libzmq takes port 99999 as 34463, deletes a file that lies where an ipc socket shall be,
 * and reports the rest as "Invalid argument".
 *
 * @module
 */
import { lstat, stat } from 'node:fs/promises';
import { isIP, isIPv6 } from 'node:net';
import { dirname } from 'node:path';
import { isSocketAlive } from '../zmtp/internal.js';
import { RpcTransportError } from './errors.js';

/** An address, taken apart. */
export type Address =
  | { readonly scheme: 'tcp'; readonly text: string; readonly host: string; readonly port: number | '*' }
  | { readonly scheme: 'ipc'; readonly text: string; readonly path: string }
  | { readonly scheme: 'inproc'; readonly text: string; readonly name: string };

/** Longest path of a Unix socket: `sun_path` without its final zero. Node.js 20 and 22 cut a longer one without a word. */
const MAX_IPC_PATH = process.platform === 'linux' ? 107 : 103;

/** @throws RpcTransportError with a sentence that says what is wrong with the address and what one looks like. */
export function parseAddress(text: string, use: 'connect' | 'bind'): Address {
  const example = use === 'connect' ? 'tcp://127.0.0.1:2014' : 'tcp://127.0.0.1:2014 or tcp://*:2014';
  const wrong = (why: string): RpcTransportError =>
    new RpcTransportError(
      'BAD_ADDRESS',
      `cannot ${use} to ${JSON.stringify(text)}: ${why}; an address looks like ${example}`,
      {
        address: text,
      },
    );
  if (typeof text !== 'string') throw wrong('the address must be a string');

  const match = /^([a-z]+):\/\/(.+)$/s.exec(text);
  if (match === null) throw wrong('it has no scheme');

  const [, scheme, rest = ''] = match;
  switch (scheme) {
    case 'tcp':
      return parseTcp(text, rest, use, wrong);
    case 'ipc':
      return parseIpc(text, rest, wrong);
    case 'inproc':
      return { scheme, text, name: rest };
    default:
      throw wrong(`the scheme ${JSON.stringify(scheme)} is none of tcp, ipc, inproc`);
  }
}

/** Whether every machine on the network can reach what is bound here. */
export function bindsEveryInterface(address: Address): boolean {
  return address.scheme === 'tcp' && ['*', '0.0.0.0', '[::]'].includes(address.host);
}

/** The name that has to be resolved before a connection can be made; undefined where there is none. */
export function hostName(address: Address): string | undefined {
  return address.scheme === 'tcp' && !address.host.startsWith('[') && isIP(address.host) === 0
    ? address.host
    : undefined;
}

/** Whether only this machine can reach what is bound here. */
export function isLoopback(address: Address): boolean {
  return address.scheme !== 'tcp' || /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost|lo)$/.test(address.host);
}

/**
 * libzmq unlinks whatever lies at the path before it binds: a socket in use would be stolen without a word, a file
 * deleted.
 * @throws RpcTransportError if the path cannot be bound.
 */
export async function checkIpcPath(address: Address & { readonly scheme: 'ipc' }): Promise<void> {
  if (address.path.startsWith('@') || address.path === '*') return; // An abstract name of Linux, or a path that libzmq chooses.

  const folder = dirname(address.path);
  const folderStatus = await stat(folder).catch(() => undefined);
  if (folderStatus?.isDirectory() !== true) {
    throw new RpcTransportError('MISSING_FOLDER', `cannot bind ${address.text}: the folder ${folder} does not exist`, {
      address: address.text,
    });
  }
  const status = await lstat(address.path).catch(() => undefined);
  if (status === undefined) return;

  if (!status.isSocket()) {
    throw new RpcTransportError('ADDRESS_IN_USE', `cannot bind ${address.text}: a file that is no socket lies there`, {
      address: address.text,
    });
  }
  if (await isSocketAlive(address.path)) {
    throw new RpcTransportError('ADDRESS_IN_USE', `cannot bind ${address.text}: another process is bound to it`, {
      address: address.text,
    });
  }
}

function parseTcp(
  text: string,
  rest: string,
  use: 'connect' | 'bind',
  wrong: (why: string) => RpcTransportError,
): Address {
  // ZeroMQ allows "source;destination" for connect: the destination is what must be right here.
  const target = rest.slice(rest.lastIndexOf(';') + 1);
  const colon = target.lastIndexOf(':');
  const host = target.slice(0, colon);
  const portText = target.slice(colon + 1);
  if (colon <= 0 || portText === '') throw wrong('it has no port');

  if (/\s/.test(host) || (host.includes(':') && !(host.startsWith('[') && host.endsWith(']')))) {
    throw wrong(
      isIPv6(host) ? 'an IPv6 host must stand in brackets' : `the host ${JSON.stringify(host)} cannot be one`,
    );
  }
  if (host === '*' && use === 'connect') throw wrong('"*" is for servers; name the host');

  if (portText === '*' || portText === '0') {
    if (use === 'connect') throw wrong('a client needs the number of the port');

    return { scheme: 'tcp', text, host, port: '*' };
  }
  const port = Number(portText);
  if (!/^\d+$/.test(portText) || port > 65_535)
    throw wrong(`the port ${JSON.stringify(portText)} is no number from 1 to 65535`);

  return { scheme: 'tcp', text, host, port };
}

function parseIpc(text: string, path: string, wrong: (why: string) => RpcTransportError): Address {
  if (process.platform === 'win32') throw wrong('ipc:// does not work on Windows; use tcp://127.0.0.1 and a port');

  if (path.startsWith('@') && process.platform !== 'linux')
    throw wrong('a name after "@" is one of Linux alone; give the path of a file');

  if (Buffer.byteLength(path) > MAX_IPC_PATH)
    throw wrong(`the path has ${Buffer.byteLength(path)} bytes, a Unix socket's can have ${MAX_IPC_PATH}`);

  return { scheme: 'ipc', text, path };
}
