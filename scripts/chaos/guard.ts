/**
 * `npm run chaos -- guard [--rounds 100] [--vnpy 4.5] [--seed N]`: `vnpy-bridge relay --guard` is killed at random moments, while
 * orders and cancels flow through it and while it starts.
 *
 * After each kill the flow is held, and the three sides are compared: the audit, what the clients were told, and what the server
 * really took. At the end the count of the day has to be the one of all lives together. Without `--vnpy`, both versions take
 * turns of half of the rounds.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  CancelRequest,
  Direction,
  Exchange,
  Offset,
  OrderRequest,
  OrderType,
  RpcGateway,
  SendOrderError,
} from 'vnpy-bridge/vnpy';
import { compareSides } from '../../interop/support/audit-check.js';
import type { Answer } from '../../interop/support/audit-check.js';
import { launchPeer } from '../../interop/support/peer.js';
import type { Peer, VnpyVersion } from '../../interop/support/peer.js';
import { PROGRAM, RelayProcess } from '../../interop/support/relay-process.js';
import type { RelayOptions } from '../../interop/support/relay-process.js';
import { freeAddress } from '../../tests/support/free-port.js';
import { seededRandom } from '../../tests/support/bytes.js';

const CLIENTS = 4;
/** A kill comes so many ms after the flow began, or after the start, at most. */
const FLOW = 1200;
const START = 900;
/** Every so many rounds it is killed while it starts, too. */
const START_EVERY = 3;
/** How long the flow may take to settle, and a start, in ms. */
const PATIENCE = 60_000;
/** Orders that are left of the day for the last look. */
const LEFT = 20;
const NO_LIMIT = 1e9;

const COLUMNS = [
  'round',
  'vnpy',
  'killed at',
  'in a start',
  'sent',
  'unknown',
  'not sent',
  'back in',
  'audit',
  'faults',
];

/** Runs it. */
export async function run(args: readonly string[]): Promise<readonly string[]> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '100' }, vnpy: { type: 'string' }, seed: { type: 'string' } },
  });
  const rounds = Number(values.rounds);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const versions = (values.vnpy === undefined ? ['4.5', '4.4'] : [values.vnpy]) as readonly VnpyVersion[];
  if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed))
    throw new TypeError('--rounds and --seed take whole numbers');
  const random = seededRandom(seed);
  console.log(`seed ${seed}`);
  printRow(COLUMNS);
  const faults: string[] = [];
  for (const [index, vnpy] of versions.entries()) {
    const first = Math.floor((index * rounds) / versions.length);
    const last = Math.floor(((index + 1) * rounds) / versions.length);
    const run = await Run.start(vnpy, random);
    try {
      for (let round = first + 1; round <= last; round++) faults.push(...(await run.round(round)));
      faults.push(...(await run.count()));
    } finally {
      await run.stop();
    }
  }
  return faults;
}

/** One server, one relay with many lives, and those who trade through it. */
class Run {
  readonly #vnpy: VnpyVersion;
  readonly #random: () => number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'chaos-guard-'));
  readonly #policy = join(this.#folder, 'guard.json');
  readonly #server: Peer;
  readonly #options: RelayOptions;
  readonly #answers = new Map<string, Answer>();
  readonly #clients: RpcGateway[] = [];
  /** A fault stays: it is told once. */
  readonly #told = new Set<string>();
  #relay: RelayProcess;
  #count = 0;

  private constructor(vnpy: VnpyVersion, random: () => number, server: Peer, own: RelayOptions['own']) {
    this.#vnpy = vnpy;
    this.#random = random;
    this.#server = server;
    this.#write(NO_LIMIT);
    this.#options = { server: server.addresses, own, policy: this.#policy, args: ['--log-level', 'info'] };
    this.#relay = new RelayProcess(this.#options);
  }

  static async start(vnpy: VnpyVersion, random: () => number): Promise<Run> {
    const server = await launchPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '2'], journal: true });
    const own = { request: await freeAddress(), subscribe: await freeAddress(), subscribePair: await freeAddress() };
    const run = new Run(vnpy, random, server, own);
    await run.#relay.ready;
    for (let client = 0; client < CLIENTS; client++) {
      const gateway = new RpcGateway({ reconnect: { initial: 20, max: 100 } });
      gateway.on('error', () => undefined);
      await gateway.connect(own.request, own.subscribe);
      run.#clients.push(gateway);
    }
    return run;
  }

  /** Lets orders flow, kills, starts again, and compares. @returns faults. */
  async round(number: number): Promise<readonly string[]> {
    const known = this.#answers.size;
    let isOver = false;
    const flowing = this.#clients.map(async (client) => {
      while (!isOver) await this.#trade(client);
    });
    const moment = Math.round(this.#random() * FLOW);
    await delay(moment);
    await this.#relay.kill();
    const starts: number[] = [];
    if (number % START_EVERY === 0) {
      const early = new RelayProcess(this.#options);
      starts.push(Math.round(this.#random() * START));
      await delay(starts[0]);
      await early.kill();
    }
    this.#relay = new RelayProcess(this.#options);
    const back = await within(this.#relay.ready, 'the relay does not start');
    isOver = true;
    await within(Promise.all(flowing), 'the flow does not settle');
    const faults = this.#compare().map((fault) => `round ${number}: ${fault}`);
    const answers = [...this.#answers.values()].slice(known);
    const count = (outcome: string): number =>
      answers.filter((answer) => 'outcome' in answer && answer.outcome === outcome).length;
    printRow([
      ...[number, this.#vnpy, `${moment} ms`, starts.map((ms) => `${ms} ms`).join(), answers.length],
      ...[count('unknown'), count('not-sent'), `${Math.round(back)} ms`, this.#audit().length, faults.length],
    ]);
    return faults;
  }

  /** Whether the day's orders of all lives are known: of those that are left, not one more passes. @returns faults. */
  async count(): Promise<readonly string[]> {
    const [client] = this.#clients;
    if (client === undefined) return ['there is no client'];
    const passed = this.#audit().filter(
      (line) => line['kind'] === 'decided' && line['function'] === 'send_order',
    ).length;
    this.#write(passed + LEFT);
    const end = performance.now() + PATIENCE;
    while (!this.#relay.log.includes('a new policy holds')) {
      if (performance.now() > end) return ['the new policy is not taken'];
      await delay(50);
    }
    // What never left is given back, and nothing else.
    let more = 0;
    for (let isRefused = false; !isRefused;) {
      const answer = await this.#send(client);
      isRefused = 'message' in answer && answer.message.includes('[ordersPerDay]');
      if (!isRefused) more++;
      if (more > passed + LEFT) return ['the count of the day is forgotten'];
    }
    const orders = this.#orders().length;
    console.log(
      `vnpy ${this.#vnpy}: ${orders} orders at the server, of ${passed + LEFT} that the day has; ${more} after the last kill`,
    );
    const faults = [...this.#compare()];
    if (orders > passed + LEFT) faults.push(`${orders} orders are at the server, of ${passed + LEFT} that the day has`);
    if (more < LEFT) faults.push(`only ${more} of ${LEFT} orders that were left passed: something counted twice`);
    return faults;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) await client.close();
    await this.#relay.kill();
    await this.#server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #trade(client: RpcGateway): Promise<void> {
    const answer = await this.#send(client);
    if ('outcome' in answer) {
      if (answer.outcome === 'not-sent') await client.client.ready({ timeout: PATIENCE }).catch(() => undefined);
      return;
    }
    if (this.#random() < 0.5) return;
    const orderid = answer.id.slice(answer.id.indexOf('.') + 1);
    const cancel = new CancelRequest({ orderid, symbol: 'rb2705', exchange: Exchange.SHFE });
    await client.cancelOrder(cancel, 'SIM').catch(() => undefined);
  }

  /** An order that rests below the market. */
  async #send(client: RpcGateway): Promise<Answer> {
    const reference = `chaos-${++this.#count}`;
    const side = { direction: Direction.LONG, offset: Offset.OPEN, type: OrderType.LIMIT };
    const order = new OrderRequest({
      ...{ symbol: 'rb2705', exchange: Exchange.SHFE, ...side, price: 3200, volume: 1, reference },
    });
    const answer = await client.sendOrder(order, { gatewayName: 'SIM', timeout: 20_000 }).then(
      (id): Answer => ({ id }),
      (error: unknown): Answer => {
        if (!(error instanceof SendOrderError)) throw error;
        return { outcome: error.outcome, message: error.message };
      },
    );
    this.#answers.set(reference, answer);
    return answer;
  }

  #compare(): readonly string[] {
    const faults = [...compareSides({ audit: this.#audit(), orders: this.#orders(), answers: this.#answers })];
    const { status, stdout } = spawnSync(process.execPath, [PROGRAM, 'audit', 'verify', this.#auditPath], {
      encoding: 'utf8',
    });
    if (status !== 0) faults.push(`audit verify ends with ${String(status)}: ${stdout.trim()}`);
    const fresh = faults.filter((fault) => !this.#told.has(fault));
    for (const fault of fresh) this.#told.add(fault);
    return fresh;
  }

  get #auditPath(): string {
    return join(this.#folder, 'audit.jsonl');
  }

  #audit(): readonly Readonly<Record<string, unknown>>[] {
    const lines = readFileSync(this.#auditPath, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }

  #orders(): ReturnType<Peer['journal']> {
    return this.#server.journal().filter((line) => line['event'] === 'order');
  }

  #write(ordersPerDay: number): void {
    const functions = ['get_*', 'subscribe', 'send_order', 'cancel_order'];
    const policy = {
      version: 1,
      audit: { file: 'audit.jsonl', rotate: { bytes: 1e9, day: false } },
      roles: { trader: { functions, limits: { ordersPerDay } } },
      principals: { local: { roles: ['trader'] } },
    };
    writeFileSync(this.#policy, JSON.stringify(policy), { mode: 0o600 });
  }
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(reject, PATIENCE, new Error(`${what} within ${PATIENCE / 1000} s`));
  });
  return Promise.race([promise, late]).finally(() => {
    clearTimeout(timer);
  });
}

function printRow(cells: readonly (string | number)[]): void {
  console.log(cells.map((cell) => String(cell).padStart(10)).join(' '));
}
