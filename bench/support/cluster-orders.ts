/**
 * The ways of an order that `npm run bench -- cluster orders` compares: each has a vnpy server of its own, and a client.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ClusterGateway, NatsTransport } from 'vnpy-bridge/cluster';
import type { StreamPlan } from 'vnpy-bridge/cluster';
import { RpcGateway } from 'vnpy-bridge/vnpy';
import { endWithThisProcess } from '../../interop/support/children.js';
import { PROGRAM, RelayProcess } from '../../interop/support/relay-process.js';
import { freeAddress } from '../../tests/support/free-port.js';
import { QUIET, startMarket } from './cluster-parts.js';
import type { Market } from './cluster-parts.js';

/** What the package does not export: the streams of a cluster as an edge makes them. */
interface Internal {
  readonly Subjects: new (cluster: string) => object;
  readonly streamPlans: (
    subjects: object,
    options: { readonly replicas: number },
  ) => Readonly<Record<string, StreamPlan>>;
}

/** Makes the streams before an edge does, so that three servers keep them. */
export async function makeStreams(servers: readonly string[], cluster: string, replicas: number): Promise<void> {
  const path = new URL('../../esm/cluster/internal.js', import.meta.url).href;
  const { Subjects, streamPlans } = (await import(path)) as Internal;
  const transport = await NatsTransport.connect({ servers, logger: QUIET });
  try {
    const plans = streamPlans(new Subjects(cluster), { replicas });
    for (const plan of Object.values(plans)) await whenReady(() => transport.ensureStream(plan));
  } finally {
    await transport.close();
  }
}

/** Three servers need a moment to choose who leads them. */
async function whenReady(make: () => Promise<unknown>): Promise<void> {
  for (const until = performance.now() + 20_000; ;) {
    try {
      await make();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

type End = () => unknown;

/** As many as an order has in the journal. */
const INTENT_BYTES = 400;

/** Starts a server, and what stands before it; `ends` gets what ends all, the last one first. */
export class OrderWays {
  readonly #ends: End[] = [];
  #edges = 0;

  /** A client at the server itself. */
  async direct(): Promise<RpcGateway> {
    return this.#client(await this.#server());
  }

  /** A client at a relay. */
  async relay(): Promise<RpcGateway> {
    return this.#client(await this.startRelay(await this.#server()));
  }

  /** A relay of a server. @returns where its clients go. */
  async startRelay({ request = '', publish = '' }: Market): Promise<Market> {
    const own = { request: await freeAddress(), subscribe: await freeAddress(), subscribePair: await freeAddress() };
    const relay = new RelayProcess({ server: { request, publish }, own });
    this.#ends.push(() => relay.kill());
    await relay.ready;
    return { request: own.request, publish: own.subscribe };
  }

  /** A client of the cluster, and `vnpy-bridge edge` as a user starts it. */
  async cluster(
    servers: readonly string[],
    cluster: string,
    state: string,
    ...more: string[]
  ): Promise<ClusterGateway> {
    const { request = '', publish = '' } = await this.#server();
    const account = 'sim';
    const nats = servers.flatMap((url) => ['--nats', url]);
    const child = spawn(
      process.execPath,
      [
        ...[PROGRAM, 'edge', '--json', ...nats, '--cluster', cluster, '--account', account, '--edge', 'e1'],
        ...['--state', join(state, String(this.#edges++)), '--request', request, '--subscribe', publish, ...more],
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    endWithThisProcess(child);
    const exited = once(child, 'exit');
    this.#ends.push(() => {
      child.kill();
      return exited;
    });
    await Promise.race([
      once(createInterface(child.stdout), 'line'),
      exited.then(() => Promise.reject(new Error('the edge has ended'))),
    ]);
    const gateway = new ClusterGateway({ servers, cluster, account, principal: 'bench', logger: QUIET });
    this.#ends.push(() => gateway.close());
    await gateway.connect();
    return gateway;
  }

  /** Writes as an edge writes an order down, to another account of the same journal. */
  async store(servers: readonly string[], cluster: string): Promise<() => Promise<unknown>> {
    const transport = await NatsTransport.connect({ servers, logger: QUIET });
    this.#ends.push(() => transport.close());
    const payload = Buffer.alloc(INTENT_BYTES, 'x');
    let count = 0;
    return () =>
      transport.append(`vb1.${cluster}.ordlog.alone.${++count}`, payload, { expectedLast: 0, timeout: 5000 });
  }

  async #server(): Promise<Market> {
    const market = await startMarket({ mode: 'service', symbols: 1 });
    this.#ends.push(() => market[Symbol.asyncDispose]());
    return market.told;
  }

  async #client({ request = '', publish = '' }: Market): Promise<RpcGateway> {
    const gateway = new RpcGateway({ logger: QUIET });
    this.#ends.push(() => gateway.close());
    await gateway.connect(request, publish);
    return gateway;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }
}
