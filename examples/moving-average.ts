/**
 * Runs the strategy of moving-average-strategy.ts on a vnpy server, until Ctrl-C.
 *
 *     node moving-average.js [request address] [subscribe address] [vt_symbol] [seconds a bar]
 *
 * It sends real orders. Run it against a simulated or paper account.
 */
import { RpcGateway } from 'vnpy-bridge/vnpy';
import { MovingAverageStrategy } from './moving-average-strategy.js';

const [
  requestAddress = 'tcp://127.0.0.1:2014',
  subscribeAddress = 'tcp://127.0.0.1:4102',
  vtSymbol = 'rb2705.SHFE',
  seconds = '60',
] = process.argv.slice(2);

const gateway = new RpcGateway({ staleAfter: 30_000 });
gateway.on('stale', ({ vt_symbol }) => {
  console.error(`no ticks of ${vt_symbol}`);
});
gateway.on('error', (problem) => {
  console.error(`problem: ${problem.message}`);
});
await gateway.connect(requestAddress, subscribeAddress);

const contract = gateway.contracts.get(vtSymbol);
if (contract === undefined) throw new Error(`the server has no contract ${vtSymbol}`);

const strategy = new MovingAverageStrategy(gateway, {
  contract,
  seconds: Number(seconds),
  fast: 3,
  slow: 8,
  volume: contract.min_volume,
  log: (line) => {
    console.log(line);
  },
});
await strategy.start();
console.log(`trading ${vtSymbol} on bars of ${seconds} s`);

process.once('SIGINT', () => {
  strategy.stop();
  void gateway.close();
});
