/**
 * Listening: the system's server behind a socket that binds.
 *
 * @module
 */
import { lstat, mkdtemp, rm, unlink } from 'node:fs/promises';
import { createServer, isIP } from 'node:net';
import type { AddressInfo, ListenOptions, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint, IpcEndpoint, TcpEndpoint } from './endpoint.js';
import { interfaceAddress, socketPath } from './endpoint.js';
import { isSocketAlive } from './unix-socket.js';

/** A server that listens. */
export interface Listening {
  /** Where, with the real port or path. */
  readonly endpoint: Endpoint;
  /** Accepts no more. Resolves when the address is free; what was accepted lives on. */
  close(): Promise<void>;
}

/** Connections that may wait for the system to accept them: 1,000 a second come through a pause of half a second. */
const BACKLOG = 511;

/**
 * Listens.
 *
 * @param accept - gets each connection.
 * @throws the system's error, with its `code`. `EADDRINUSE` also for an ipc path at which a file or a living socket lies.
 */
export async function listen(endpoint: Endpoint, accept: (socket: Socket) => void): Promise<Listening> {
  const server = createServer({ noDelay: true }, accept);
  // A failed accept, for want of file descriptors for one, is that connection's loss.
  server.on('error', () => undefined);
  return endpoint.transport === 'tcp' ? listenTcp(server, endpoint) : listenIpc(server, endpoint);
}

async function listenTcp(server: Server, endpoint: TcpEndpoint): Promise<Listening> {
  const host = bindHost(endpoint.host);
  await opened(server, { host, port: endpoint.port, backlog: BACKLOG });
  const { port } = server.address() as AddressInfo;
  return { endpoint: { transport: 'tcp', host, port }, close: () => closed(server) };
}

/** As libzmq: `*` is IPv4, and names are those of interfaces. `localhost` is the one other name that people write. */
function bindHost(host: string): string {
  if (host === '*') return '0.0.0.0';
  if (host === 'localhost') return '127.0.0.1';
  if (isIP(host) !== 0) return host;
  const address = interfaceAddress(host);
  if (address === undefined) throw Object.assign(new Error(`no interface ${host}`), { code: 'ENODEV' });
  return address;
}

async function listenIpc(server: Server, endpoint: IpcEndpoint): Promise<Listening> {
  const folder = endpoint.path === '*' ? await mkdtemp(join(tmpdir(), 'zmtp-')) : undefined;
  const bound: IpcEndpoint = folder === undefined ? endpoint : { transport: 'ipc', path: join(folder, 'socket') };
  const path = socketPath(bound);
  try {
    await opened(server, { path, backlog: BACKLOG });
  } catch (error) {
    // The file of a process that has ended stays there: nobody answers at it.
    if (!isInUse(error) || path.startsWith('\0') || (await answers(path))) throw error;
    await unlink(path);
    await opened(server, { path, backlog: BACKLOG });
  }
  return {
    endpoint: bound,
    close: async () => {
      await closed(server);
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

function opened(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Not `server.close(callback)`: that waits for the connections, too. */
function closed(server: Server): Promise<void> {
  server.close();
  // libuv closes the handle in the next turn of the event loop.
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/** Whether the file at a path is anything but the socket of a process that has ended. */
async function answers(path: string): Promise<boolean> {
  const isSocket = await lstat(path).then(
    (status) => status.isSocket(),
    () => true,
  );
  return !isSocket || isSocketAlive(path);
}
