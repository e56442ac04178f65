/** What the chaos of a cluster plays on: a real nats-server, a real vnpy server that counts executions, and edges as processes. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ClusterGateway, NatsTransport } from 'vnpy-bridge/cluster';
import { Direction, Exchange, Offset, OrderRequest, OrderType, SendOrderError } from 'vnpy-bridge/vnpy';
import { freePort } from '../../tests/support/free-port.js';
import { buildEdge, EdgeProcess, monotonic, SHORT } from './edge-process.js';
import { NatsServer } from './nats-server.js';
import { launchPeer } from './peer.js';
import type { Peer, VnpyVersion } from './peer.js';
import { PROGRAM } from './relay-process.js';

/** The cluster of all stages. */
export const CLUSTER = 'chaos';
/** Who trades. */
export const PRINCIPAL = 'desk';

/** How long anything may take that has to happen, in ms. */
const PATIENCE = 40_000;

/** What the sender of an order was told. */
export interface Told {
  readonly reference: string;
  readonly key: string;
  /** `sent`, or the outcome of its error. */
  readonly outcome: string;
  readonly id?: string;
  readonly message?: string;
  /** When it may be begun at the latest, by the clock of `monotonic`. */
  readonly deadline: number;
}

/** A nats-server whose port and data outlive it. */
export class LastingNats {
  readonly folder = mkdtempSync(join(tmpdir(), 'vnpy-lasting-'));
  readonly store = join(this.folder, 'store');
  readonly port: number;
  readonly #more: string;
  #server: NatsServer | undefined;

  private constructor(port: number, more = '') {
    this.port = port;
    this.#more = more;
  }

  static async start(): Promise<LastingNats> {
    const nats = new LastingNats(await freePort());
    await nats.start();
    return nats;
  }

  /** Three that are one cluster. */
  static async startThree(): Promise<readonly LastingNats[]> {
    const names = ['n1', 'n2', 'n3'];
    const routes = await Promise.all(names.map(async () => `127.0.0.1:${await freePort()}`));
    const all = routes.map((route) => `"nats://${route}"`).join(', ');
    const servers: LastingNats[] = [];
    for (const [index, route] of routes.entries()) {
      const cluster = `cluster { name: "three", listen: "${route}", routes: [${all}] }`;
      servers.push(new LastingNats(await freePort(), `server_name: "${String(names[index])}"\n${cluster}\n`));
    }
    await Promise.all(servers.map((server) => server.start()));
    return servers;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  signal(signal: NodeJS.Signals): void {
    this.#server?.signal(signal);
  }

  async start(): Promise<void> {
    const config = `listen: "127.0.0.1:${this.port}"\njetstream { store_dir: ${JSON.stringify(this.store)}, sync_interval: always }\n${this.#more}`;
    this.#server = await NatsServer.start(() => config);
  }

  /** Kills it as `kill -9` does. Its data stays. */
  async kill(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  /** Copies its data, as it is on the disk now. */
  copyTo(name: string): string {
    const copy = join(this.folder, name);
    rmSync(copy, { recursive: true, force: true });
    cpSync(this.store, copy, { recursive: true });
    return copy;
  }

  /** The data of before; without, none. Only while it does not run. */
  replaceStore(copy?: string): void {
    rmSync(this.store, { recursive: true, force: true });
    if (copy !== undefined) cpSync(copy, this.store, { recursive: true });
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One nats-server, one vnpy server and the edges of one account. */
export class MoneyStage {
  readonly nats: LastingNats;
  readonly vnpy: Peer;
  readonly random: () => number;
  readonly folder = mkdtempSync(join(tmpdir(), 'vnpy-money-'));
  /** Every edge that ever ran, in the order of their starts. */
  readonly edges: EdgeProcess[] = [];
  readonly told: Told[] = [];
  readonly #edge = buildEdge();
  #servers: readonly string[];
  #replicas = 1;
  #account = 'a1';
  #accounts = 1;
  readonly #ends: (() => Promise<void>)[] = [];
  readonly #run = Math.floor(Math.random() * 2 ** 32).toString(36);
  #count = 0;

  private constructor(nats: LastingNats, vnpy: Peer, random: () => number) {
    this.nats = nats;
    this.#servers = [nats.url];
    this.vnpy = vnpy;
    this.random = random;
  }

  /** @param random - as `Math.random`. */
  static async start(vnpy: VnpyVersion, random: () => number): Promise<MoneyStage> {
    const nats = await LastingNats.start();
    const server = await launchPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '2'], journal: true });
    return new MoneyStage(nats, server, random);
  }

  get account(): string {
    return this.#account;
  }

  /** From now on another account is meant: nobody has held it. */
  nextAccount(): void {
    this.#account = `a${++this.#accounts}`;
  }

  /** From now on other servers are meant, and each of them keeps what is kept. */
  use(servers: readonly LastingNats[]): void {
    this.#servers = servers.map(({ url }) => url);
    this.#replicas = servers.length;
  }

  /** Starts an edge. Its state folder stays over its lives. */
  startEdge(name: string, servers: readonly string[] = this.#servers): EdgeProcess {
    const edge = new EdgeProcess({
      program: this.#edge.program,
      vnpy: this.vnpy.addresses,
      replicas: this.#replicas,
      ...{ servers, cluster: CLUSTER, account: this.account, edge: name, state: join(this.folder, this.account, name) },
    });
    this.edges.push(edge);
    return edge;
  }

  /** A client of its own, connected. */
  async connect(servers: readonly string[] = this.#servers, commandBudget = 600): Promise<ClusterGateway> {
    const gateway = new ClusterGateway({
      ...{ servers, cluster: CLUSTER, account: this.account, principal: PRINCIPAL, commandBudget },
      beatTimeout: SHORT.beatTimeout,
      renewInterval: 200,
      reconnect: { initial: 20, max: 100 },
    });
    gateway.on('error', () => undefined);
    this.atEnd(() => gateway.close());
    await until(async () => {
      await gateway.connect();
      return true;
    }, 'a client connects');
    return gateway;
  }

  /** A connection to NATS, for whoever does what none of the programs does. */
  async plain(): Promise<NatsTransport> {
    const transport = await NatsTransport.connect({ servers: [this.nats.url], name: 'plain' });
    this.atEnd(() => transport.close());
    return transport;
  }

  /** A person gives the account to an edge. */
  async takeover(edge: string, ...more: readonly string[]): Promise<void> {
    await this.say('takeover', '--edge', edge, ...more);
  }

  /** A person says something to the account: `halt`, or `resume all`. */
  async say(...words: readonly string[]): Promise<void> {
    const args = ['cluster', ...words, '--account', this.account, '--reason', 'chaos'];
    const place = [...this.#servers.flatMap((server) => ['--nats', server]), '--cluster', CLUSTER];
    await promisify(execFile)(process.execPath, [PROGRAM, ...args, ...place], { timeout: PATIENCE });
  }

  /** An order that rests below the market, with a reference of its own. */
  order(): OrderRequest {
    return new OrderRequest({
      ...{ symbol: 'rb2705', exchange: Exchange.SHFE, direction: Direction.LONG, offset: Offset.OPEN },
      ...{ type: OrderType.LIMIT, price: 3200, volume: 1, reference: `m-${this.#run}-${++this.#count}` },
    });
  }

  /** Sends an order, under its reference as the key. */
  async send(gateway: ClusterGateway, order: OrderRequest, budget = 600): Promise<Told> {
    const { reference } = order;
    const deadline = monotonic() + budget;
    const terms = { gatewayName: 'SIM', key: reference, timeout: budget };
    const answer = await gateway.sendOrder(order, terms).then(
      (id) => ({ outcome: 'sent', id }),
      (error: unknown) => {
        if (!(error instanceof SendOrderError)) throw error;
        return { outcome: error.outcome, message: error.message };
      },
    );
    const told = { reference, key: reference, deadline, ...answer };
    this.told.push(told);
    return told;
  }

  /** How often vnpy has really executed an order. */
  executions(reference: string): number {
    return this.vnpy.journal().filter((line) => line['event'] === 'order' && line['reference'] === reference).length;
  }

  /** Whatever lies in vnpy's socket before this has been executed after it. */
  async settle(): Promise<void> {
    await this.vnpy.command('eval', { code: '1' });
    await delay(50);
  }

  /** Waits until an edge is active. */
  async active(edge: EdgeProcess): Promise<void> {
    await until(
      () => {
        if (edge.isOver) throw new Error(`${edge.name} has ended: ${edge.log}`);
        return edge.state === 'active';
      },
      () => `${edge.name} becomes active, and is ${edge.state}: ${edge.reason}`,
    );
  }

  atEnd(end: () => Promise<void>): void {
    this.#ends.push(end);
  }

  async stop(): Promise<void> {
    this.nats.signal('SIGCONT');
    for (const end of this.#ends.reverse()) await end();
    await Promise.all(this.edges.map((edge) => edge.kill()));
    this.#edge.remove();
    await this.vnpy.stop();
    await this.nats.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits until something is so; what it throws is tried again until the end. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string | (() => string),
  patience = PATIENCE,
): Promise<void> {
  const end = performance.now() + patience;
  for (;;) {
    let trouble = '';
    try {
      if (await isSo()) return;
    } catch (error) {
      trouble = ` (${String(error)})`;
    }
    if (performance.now() > end)
      throw new Error(`not within ${patience / 1000} s: ${typeof what === 'string' ? what : what()}${trouble}`);
    await delay(10);
  }
}
