/**
 * A strategy on a cluster: one account of vnpy, whichever of its edges holds it.
 *
 *     node cluster-strategy.js [NATS url] [cluster] [account] [principal] [key file]
 *
 * It looks at quotes, sends one order twice by one key, and stays. When another edge takes the account over, it sends the next
 * order. It ends with the second one. It sends real orders: run it against a simulated or paper account.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ClusterGateway } from 'vnpy-bridge/cluster';
import { Direction, Exchange, Offset, OrderRequest, OrderType, SendOrderError, Status } from 'vnpy-bridge/vnpy';

const [url = 'nats://127.0.0.1:4222', cluster = 'desk', account = 'sim', principal = 'local', natsKeyFile] =
  process.argv.slice(2);

const VT_SYMBOL = 'rb2705.SHFE';
/** How long anything may take, in ms. */
const PATIENCE = 30_000;

async function main(): Promise<void> {
  await using gateway = new ClusterGateway({
    servers: [url],
    cluster,
    account,
    principal,
    ...(natsKeyFile === undefined ? {} : { natsKeyFile }),
    timeouts: { connect: PATIENCE },
  });
  gateway.on('error', (problem) => {
    console.error(`problem: ${problem.message}`);
  });
  await gateway.connect();
  console.log(`connected to ${edgeText(gateway)}: ${gateway.contracts.size} contracts`);
  const resynced = new Promise<void>((resolve) => {
    gateway.on('resynced', () => {
      resolve();
    });
  });

  const first = await quote(gateway);
  console.log(`${VT_SYMBOL}: ${first.bid_price_1} / ${first.ask_price_1}`);

  // The key is the order: whoever sends it again asks what has become of it.
  const order = buy(first.ask_price_1 + 50);
  const ids = [
    await gateway.sendOrder(order, { key: 'strategy-1' }),
    await gateway.sendOrder(order, { key: 'strategy-1' }),
  ];
  console.log(`sent twice by one key, one order: ${[...new Set(ids)].join(' and ')}`);
  const filled = await gateway.waitForOrder(ids[0] ?? '', { trades: true, timeout: PATIENCE });
  console.log(`order ${filled.vt_orderid}: ${filled.status.name}`);

  console.log('waiting for another edge');
  await resynced;
  console.log(`now at ${edgeText(gateway)}`);
  const second = await quote(gateway);
  const id = await sendWhenRecovered(gateway, buy(second.ask_price_1 + 50), 'strategy-2');
  const done = await gateway.waitForOrder(id, { trades: true, timeout: PATIENCE });
  if (done.status !== Status.ALLTRADED) throw new Error(`the order ended as ${done.status.name}`);
  console.log(`order ${done.vt_orderid}: ${done.status.name}`);
}

/** An edge that has just taken over compares first, and takes no new position meanwhile: certainly not executed, so try again. */
async function sendWhenRecovered(gateway: ClusterGateway, order: OrderRequest, key: string): Promise<string> {
  const until = Date.now() + 2 * PATIENCE;
  while (true) {
    try {
      return await gateway.sendOrder(order, { key });
    } catch (error) {
      const isRecovering = error instanceof SendOrderError && error.message.includes('[RECOVERING]');
      if (!isRecovering || Date.now() > until) throw error;
      await delay(1000);
    }
  }
}

function edgeText(gateway: ClusterGateway): string {
  const edge = gateway.edge();
  return edge === undefined ? 'no edge' : `${edge.edge}, epoch ${edge.epoch}`;
}

async function quote(gateway: ClusterGateway): Promise<{ readonly bid_price_1: number; readonly ask_price_1: number }> {
  const tick = gateway.next('tick', { timeout: PATIENCE });
  await gateway.subscribe(VT_SYMBOL);
  return await tick;
}

function buy(price: number): OrderRequest {
  return new OrderRequest({
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    direction: Direction.LONG,
    offset: Offset.OPEN,
    type: OrderType.LIMIT,
    price,
    volume: 1,
  });
}

await main();
