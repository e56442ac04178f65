/**
 * The only file that imports zeromq, and only when a client or server starts that names this transport: the package is an
 * optional peer dependency.
 *
 * @module
 */
import type * as Zmq from 'zeromq';
import { messageOf } from '../../errors.js';
import { RpcTransportError } from '../errors.js';
import type { Mechanism } from '../failures.js';

export type { Context, Dealer, Event, Observer, Publisher, Reply, Router, SocketOptions, Subscriber } from 'zeromq';

/** What zeromq exports. */
export type ZmqModule = typeof Zmq;

/** @throws RpcTransportError if zeromq cannot be loaded, or has not this mechanism. */
export async function loadZmq(mechanism: Mechanism | undefined): Promise<ZmqModule> {
  requireNode(process.versions);
  let zmq: ZmqModule;
  try {
    zmq = await import('zeromq');
  } catch (error) {
    throw new RpcTransportError(
      'ZEROMQ_UNAVAILABLE',
      `the package zeromq cannot be loaded on ${process.platform}-${process.arch} with Node ${process.version}: ` +
        `${remedy(messageOf(error))}, or use the transport 'zmtp', which needs no package (${messageOf(error)})`,
      { cause: error },
    );
  }
  if (mechanism === 'curve' && zmq.capability.curve !== true)
    throw new RpcTransportError('UNSUPPORTED', 'this build of zeromq has no CURVE');

  return zmq;
}

/**
 * Bun has not all of libuv's functions that zeromq uses, and ends with a panic there.
 * @throws RpcTransportError in Bun.
 */
export function requireNode(versions: Readonly<Record<string, string | undefined>>): void {
  const { bun } = versions;
  if (bun === undefined) return;
  throw new RpcTransportError(
    'ZEROMQ_UNAVAILABLE',
    `zeromq does not run in Bun (this is ${bun}): use the transport 'zmtp', which does, or Node.js or Deno`,
  );
}

/**
 * What to do about a module that cannot be loaded. Node.js says "Cannot find package 'zeromq'", `require` "Cannot find module";
 * esbuild says "Dynamic require of"; webpack and rollup lose the file.
 */
export function remedy(message: string): string {
  if (/Cannot find (?:package|module) ["']?zeromq\b/i.test(message))
    return 'it is not installed: run "npm install zeromq"';

  if (/Dynamic require of|not supported by .*bundl|__filename is not defined|__dirname is not defined/i.test(message))
    return 'the program was bundled, which a native module cannot be: leave it out, --external:zeromq in esbuild';

  return (
    'run "npm rebuild zeromq", or "npm install zeromq" without --ignore-scripts; ' +
    'in a bundled program leave zeromq out (--external:zeromq in esbuild) and install it beside the bundle'
  );
}
