/**
 * Dates of a server written here, as Python's applications read them: OptionMaster compares `option_expiry` with
 * `datetime.now()`, and ends vnpy's event thread where only one of them has a zone.
 */
import { expect, onTestFinished, test } from 'vitest';
import { ContractData, Exchange, OptionType, Product, RpcService, SimulatedEngine, TickData } from 'vnpy-bridge/vnpy';
import { field, plain, startPeer } from './support/index.js';
import type { Described } from './support/index.js';

const OPTION = { gateway_name: 'SIM', symbol: 'IO2703-C-4000', exchange: Exchange.CFFEX };

test.each(['4.5', '4.4'] as const)('a Date is what vnpy %s means by it', async (vnpy) => {
  const contract = new ContractData({
    ...OPTION,
    name: '沪深300股指期权2703购4000',
    product: Product.OPTION,
    size: 100,
    pricetick: 0.2,
    option_strike: 4000,
    option_type: OptionType.CALL,
    option_listed: new Date('2026-03-23T00:00+08:00'),
    option_expiry: new Date('2027-03-19T00:00+08:00'),
    option_portfolio: 'IO',
  });
  const engine = new SimulatedEngine({ contracts: [contract] });
  const service = new RpcService(engine);
  await service.start('tcp://127.0.0.1:*', { topicFrame: 'tcp://127.0.0.1:*', pair: 'tcp://127.0.0.1:*' });
  onTestFinished(() => service.stop());
  const { reply = '', topicFrame = '', pair = '' } = service.addresses ?? {};
  const addresses = { request: reply, publish: vnpy === '4.5' ? topicFrame : pair };
  const client = await startPeer({ script: 'gateway_client', vnpy, addresses, args: ['--connect'] });
  const contracts = 'main_engine.get_all_contracts()';
  const compared = `[c.option_expiry < __import__("datetime").datetime.now() for c in ${contracts}]`;
  expect(plain(await client.command<Described>('eval', { code: compared }))).toEqual([false]);
  const [received] = plain(await client.command<Described>('get_all', { kind: 'contracts' })) as unknown[];
  expect(received).toMatchObject({ option_expiry: '2027-03-19T00:00:00', option_listed: '2026-03-23T00:00:00' });

  const moment = new Date('2027-01-04T09:30:00+08:00');
  const tellTick = setInterval(() => {
    engine.giveTick(new TickData({ ...OPTION, datetime: moment, localtime: moment, last_price: 120 }));
  }, 100);
  onTestFinished(() => {
    clearInterval(tellTick);
  });
  const { data } = await client.waitFor((line) => line['event'] === 'eTick.');
  const tick = data as Described;
  expect(plain(field(tick, 'datetime'))).toBe('2027-01-04T09:30:00+08:00');
  expect(field(tick, 'localtime')).toMatchObject({ value: '2027-01-04T09:30:00', tz: null });
});
