/**
 * A vnpy server without Python and without ports, for the examples of the documents: a SimulatedEngine behind an
 * RpcService at vnpy's default addresses, over a MemoryTransport, and the package's modules with that transport in them.
 *
 * @module
 */
import * as all from 'vnpy-bridge';
import * as rpc from 'vnpy-bridge/rpc';
import * as vnpy from 'vnpy-bridge/vnpy';

/** The server, and what an example has to import to reach it. */
export interface SimulatedVnpy extends AsyncDisposable {
  readonly engine: vnpy.SimulatedEngine;
  readonly modules: Readonly<Record<string, object>>;
}

/** Ticks a second of each contract that is subscribed. */
const RATE = 100;

/** A class of the package that takes the options of a client or a server as its last argument. */
type Constructor = new (...args: never[]) => object;

export async function simulatedVnpy(): Promise<SimulatedVnpy> {
  const transport = new rpc.MemoryTransport();
  const engine = new vnpy.SimulatedEngine({ seed: 7 });
  const service = new vnpy.RpcService(engine, { transport });
  await service.start();
  engine.start(RATE);

  /** The same class, whose options have the transport unless they name one. */
  const over = <Class extends Constructor>(original: Class, position: number): Class =>
    new Proxy(original, {
      construct(target, args: unknown[], newTarget) {
        const given = [...args];
        given[position] = { transport, ...(given[position] as object | undefined) };
        return Reflect.construct(target, given, newTarget) as object;
      },
    });
  const classes = {
    RpcClient: over(rpc.RpcClient, 0),
    RpcServer: over(rpc.RpcServer, 0),
    RpcGateway: over(vnpy.RpcGateway, 0),
    RpcDatafeed: over(vnpy.RpcDatafeed, 0),
    RpcService: over(vnpy.RpcService, 1),
    DatafeedServer: over(vnpy.DatafeedServer, 1),
  };
  return {
    engine,
    modules: {
      'vnpy-bridge': { ...all, ...classes },
      'vnpy-bridge/rpc': { ...rpc, ...classes },
      'vnpy-bridge/vnpy': { ...vnpy, ...classes },
    },
    async [Symbol.asyncDispose]() {
      engine.stop();
      await service.stop();
    },
  };
}
