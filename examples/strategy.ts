/**
 * A first strategy: connect to a vnpy server, look around, buy, wait for the fill, cancel another order, leave.
 *
 *     node strategy.js [request address] [subscribe address] [vt_symbol]
 *
 * The server is any vnpy process whose RpcService runs (VeighNa Trader: 功能 → RPC服务). For someone who knows vnpy: this
 * program stands where a strategy stands in Python, and `gateway` is its MainEngine. Names of data are vnpy's own
 * (`last_price`, `vt_orderid`), names of functions are TypeScript's (`sendOrder` for `send_order`).
 *
 * It sends real orders. Run it against a simulated or paper account.
 */
import { Direction, Offset, OrderRequest, OrderType, RpcGateway, Status } from 'vnpy-bridge/vnpy';
import type { ContractData, PositionData, TickData } from 'vnpy-bridge/vnpy';

const [requestAddress = 'tcp://127.0.0.1:2014', subscribeAddress = 'tcp://127.0.0.1:4102', vtSymbol = 'rb2705.SHFE'] =
  process.argv.slice(2);

/** How many quotes to look at before the first order. */
const QUOTES = 5;
/** How long anything may take, in ms: a strategy that waits for ever is a strategy that nobody watches. */
const PATIENCE = 30_000;

async function main(): Promise<void> {
  // `await using` closes the gateway at the end, whatever happens: no socket and no timer stays behind.
  await using gateway = new RpcGateway();
  gateway.on('log', (log) => {
    console.log(`  server says: ${log.msg}`);
  });
  gateway.on('error', (problem) => {
    console.error(`  problem: ${problem.message}`);
  });

  // connect() resolves when the server's state is here; from then on the maps below are always current.
  await gateway.connect(requestAddress, subscribeAddress);
  console.log(`connected to ${requestAddress}: ${gateway.contracts.size} contracts`);
  for (const contract of [...gateway.contracts.values()].slice(0, 8)) describe(contract);
  const contract = gateway.contracts.get(vtSymbol);
  if (contract === undefined) throw new Error(`the server has no contract ${vtSymbol}`);

  // Ticks, orders and all the rest come as events, in the order of the wire.
  let ticks = 0;
  gateway.on('tick', () => {
    ticks++;
  });
  gateway.on('order', (order) => {
    console.log(`order ${order.vt_orderid}: ${order.status.name}, ${order.traded} of ${order.volume} traded`);
  });
  gateway.on('trade', (trade) => {
    console.log(`fill ${trade.vt_tradeid}: ${trade.direction?.name ?? '?'} ${trade.volume} at ${trade.price}`);
  });
  await gateway.subscribe(vtSymbol);
  const quote = await watch(gateway);

  // Buy two lots at a price that is filled at once: a few ticks beyond the best offer.
  const volume = contract.min_volume * 2;
  const before = longPosition(gateway)?.volume ?? 0;
  const vtOrderid = await buy(gateway, contract, quote.ask_price_1 + 5 * contract.pricetick, volume);
  const filled = await gateway.waitForOrder(vtOrderid, { trades: true, timeout: PATIENCE });
  if (filled.status !== Status.ALLTRADED) throw new Error(`the order ended as ${filled.status.name}`);
  const position = await positionOf(gateway, before + volume);
  console.log(`position ${position.vt_positionid}: ${position.volume} at ${position.price.toFixed(2)}`);

  // An order far below the market waits in the book: take it back.
  const low = contract.pricetick * Math.round((quote.last_price * 0.97) / contract.pricetick);
  const resting = await buy(gateway, contract, low, volume);
  const working = await gateway.waitForOrder(resting, {
    until: (order) => order.status === Status.NOTTRADED,
    timeout: PATIENCE,
  });
  await gateway.cancelOrder(working);
  const cancelled = await gateway.waitForOrder(resting, { timeout: PATIENCE });
  if (cancelled.status !== Status.CANCELLED) throw new Error(`the cancelled order ended as ${cancelled.status.name}`);

  for (const account of gateway.accounts.values()) {
    console.log(
      `account ${account.vt_accountid}: balance ${account.balance.toFixed(2)}, available ${account.available.toFixed(2)}`,
    );
  }
  console.log(
    `demo ok: ${ticks} ticks received, order ${filled.vt_orderid} ${filled.status.name}, position ${position.volume}`,
  );
}

function describe(contract: ContractData): void {
  const kind = contract.product.name.padEnd(7);
  console.log(
    `  ${contract.vt_symbol.padEnd(20)} ${kind} tick ${contract.pricetick} size ${contract.size} ${contract.name}`,
  );
}

/** Shows some quotes and returns the last of them. */
async function watch(gateway: RpcGateway): Promise<TickData> {
  let seen = 0;
  for await (const tick of gateway.events('tick', { queue: 'all', signal: AbortSignal.timeout(PATIENCE) })) {
    const time = tick.datetime.toISOString();
    console.log(
      `tick ${tick.vt_symbol} ${time}: bid ${tick.bid_price_1}, last ${tick.last_price}, ask ${tick.ask_price_1}`,
    );
    seen++;
    if (seen === QUOTES) return tick;
  }
  throw new Error(`no ${QUOTES} ticks of ${vtSymbol} within ${PATIENCE} ms: is the market open?`);
}

/** Sends a limit order. An error here says whether the order may have reached the server: see `outcome`. */
function buy(gateway: RpcGateway, contract: ContractData, price: number, volume: number): Promise<string> {
  const { symbol, exchange } = contract;
  return gateway.sendOrder(
    new OrderRequest({
      symbol,
      exchange,
      direction: Direction.LONG,
      offset: Offset.OPEN,
      type: OrderType.LIMIT,
      price,
      volume,
    }),
  );
}

function isLong(position: PositionData): boolean {
  return position.vt_symbol === vtSymbol && position.direction !== Direction.SHORT;
}

function longPosition(gateway: RpcGateway): PositionData | undefined {
  return [...gateway.positions.values()].find(isLong);
}

/** The server tells of the position after it has told of the fill: waits until it holds `volume`. */
async function positionOf(gateway: RpcGateway, volume: number): Promise<PositionData> {
  let position = longPosition(gateway);
  if (position !== undefined && position.volume >= volume) return position;
  for await (position of gateway.events('position', { signal: AbortSignal.timeout(PATIENCE), filter: isLong }))
    if (position.volume >= volume) return position;

  throw new Error(`the position did not reach ${volume} within ${PATIENCE} ms`);
}

await main();
