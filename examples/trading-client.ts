/**
 * The client of vnpy's examples/client_server in Node.js: shows what a server does, until Ctrl-C.
 *
 *     node trading-client.js [request address] [subscribe address] [vt_symbol ...]
 *
 * It sends no orders: see strategy.js for a client that does.
 */
import { RpcGateway } from 'vnpy-bridge/vnpy';

const [requestAddress = 'tcp://127.0.0.1:2014', subscribeAddress = 'tcp://127.0.0.1:4102', ...symbols] =
  process.argv.slice(2);

const gateway = new RpcGateway({ staleAfter: 10_000 });

// Listeners that are added before connect() also see what the server has already.
gateway.on('account', (account) => {
  console.log(`account ${account.vt_accountid}: balance ${account.balance}, available ${account.available}`);
});
gateway.on('position', (position) => {
  console.log(
    `position ${position.vt_symbol} ${position.direction.name}: ${position.volume} at ${position.price}, profit ${position.pnl}`,
  );
});
gateway.on('order', (order) => {
  console.log(`order ${order.vt_orderid} ${order.vt_symbol}: ${order.status.name}, ${order.traded} of ${order.volume}`);
});
gateway.on('trade', (trade) => {
  console.log(`trade ${trade.vt_tradeid} of ${trade.vt_orderid}: ${trade.volume} at ${trade.price}`);
});
gateway.on('tick', (tick) => {
  console.log(`tick ${tick.vt_symbol}: ${tick.bid_price_1} / ${tick.last_price} / ${tick.ask_price_1}`);
});
gateway.on('log', (log) => {
  console.log(`server says: ${log.msg}`);
});

// What goes wrong on the way, and how it ends. Nothing has to be done about it here.
gateway.on('status', (status) => {
  console.log(status.state === 'disconnected' ? `disconnected: ${status.detail}` : status.state);
});
gateway.on('resynced', ({ reason, missed, restarted }) => {
  console.log(`${reason}${restarted ? ' to a restarted server' : ''}: missed ${missed.trade.length} trades`);
});
gateway.on('stale', ({ vt_symbol, age }) => {
  console.log(`no tick of ${vt_symbol} for ${Math.round(age / 1000)} s`);
});
gateway.on('error', (problem) => {
  console.error(`problem: ${problem.message}`);
});

process.once('SIGINT', () => void gateway.close());

await gateway.connect(requestAddress, subscribeAddress);
console.log(`${gateway.contracts.size} contracts`);
for (const symbol of symbols) await gateway.subscribe(symbol);
