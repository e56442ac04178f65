import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { PyDateTime } from 'vnpy-bridge/pickle';
import {
  ContractData,
  Direction,
  Exchange,
  Offset,
  OptionType,
  OrderRequest,
  OrderType,
  Product,
  RpcGateway,
  SimulatedEngine,
  SubscribeRequest,
  replace,
} from 'vnpy-bridge/vnpy';
import { readContracts } from '../../../../src/cli/bridge/simulation/contracts-file.js';
import { run, serveEngine, start } from '../harness.js';

const ANYWHERE = 'tcp://127.0.0.1:*';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contracts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(content: string | Uint8Array): string {
  const path = join(folder, 'contracts.json');
  writeFileSync(path, content);
  return path;
}

const AU = {
  symbol: 'au2712',
  exchange: 'SHFE',
  name: '黄金2712',
  product: 'FUTURES',
  size: 1000,
  pricetick: 0.02,
};

const OPTION = new ContractData({
  gateway_name: 'CTP',
  symbol: 'au2712C800',
  exchange: Exchange.SHFE,
  name: '黄金2712购800',
  product: Product.OPTION,
  size: 1000,
  pricetick: 0.02,
  stop_supported: true,
  option_type: OptionType.CALL,
  option_strike: 800,
  option_underlying: 'au2712',
  option_portfolio: 'au_o',
  option_index: '800.0',
  option_expiry: new PyDateTime(2027, 11, 24),
});

describe('a file of contracts', () => {
  test("is what `contracts --json` of another server prints, under the simulation's gateway", async () => {
    const engine = new SimulatedEngine({ gatewayName: 'CTP', contracts: [OPTION] });
    const { args } = await serveEngine(engine);
    const saved = await run(['contracts', '--json', ...args]);
    const running = start([
      ...['serve', '--simulate', '--contracts', write(saved.stdout)],
      ...['--request', ANYWHERE, '--subscribe', ANYWHERE],
    ]);
    const [, request = '', subscribe = ''] = await running.stdout.waitFor(/--request (\S+) --subscribe (\S+)/);
    const gateway = new RpcGateway();
    onTestFinished(() => gateway.close());
    await gateway.connect(request, subscribe);
    expect([...gateway.contracts.values()]).toEqual([replace(OPTION, { gateway_name: 'SIM' })]);
  });

  test('may say at which price a market starts', async () => {
    const path = write(JSON.stringify([{ ...AU, last_price: 812.34 }]));
    expect(await readContracts(path, 'SIM')).toMatchObject({ startPrices: { 'au2712.SHFE': 812.34 } });
  });

  test.each([
    ['utf-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['what the > of Windows PowerShell writes', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ])('may be %s', async (_name, encode) => {
    const { contracts } = await readContracts(write(encode(JSON.stringify([AU]))), 'SIM');
    expect(contracts[0]).toMatchObject({ name: '黄金2712', vt_symbol: 'au2712.SHFE', gateway_name: 'SIM' });
  });

  test.each([
    ['no JSON', '[{', /contracts\.json is no JSON: /],
    [
      'no list',
      '{}',
      /contracts\.json must hold a JSON list of contracts, as "vnpy-bridge contracts --json" writes it/,
    ],
    ['an empty list', '[]', /must hold a JSON list/],
    ['no object', '[5]', /contracts\.json: entry 1: must be an object/],
    [
      'a field that is missing',
      [AU, { ...AU, symbol: 'x', size: undefined }],
      /entry 2 \(x\): ContractData needs size/,
    ],
    ['a field that is none', [{ ...AU, pricetik: 1 }], /entry 1 \(au2712\): .*did you mean pricetick\?/],
    ['no exchange', [{ ...AU, exchange: 'SHF' }], /entry 1 \(au2712\): ContractData\.exchange must be a member of/],
    ['no day', [{ ...AU, option_expiry: '2027-02-31' }], /ContractData\.option_expiry must be a PyDateTime or a Date/],
    ['no price tick', [{ ...AU, pricetick: 0 }], /entry 1 \(au2712\): pricetick must be a number above 0, not 0/],
    ['no price', [{ ...AU, last_price: 'x' }], /entry 1 \(au2712\): last_price must be a number above 0, not x/],
    ['no symbol', [{ ...AU, symbol: '' }], /entry 1: symbol must not be empty/],
    ['one contract twice', [AU, AU], /entry 2 \(au2712\): au2712\.SHFE is entry 1 already/],
  ])('refuses %s', async (_name, content, message) => {
    const path = write(typeof content === 'string' ? content : JSON.stringify(content));
    await expect(readContracts(path, 'SIM')).rejects.toMatchObject({ code: 'FILE', message });
  });

  test.each(['serve', 'edge'])('%s says what is wrong with it before it serves', async (command) => {
    const more = command === 'edge' ? ['--nats', 'nats://127.0.0.1:1', '--cluster', 'c', '--account', 'a'] : [];
    const edge = command === 'edge' ? ['--edge', 'e'] : [];
    const args = [command, '--simulate', '--contracts', join(folder, 'none.json'), ...more, ...edge, '--lang', 'zh'];
    expect(await run(args)).toMatchObject({ code: 4, stderr: /none\.json：.*没有/ });
  });
});

describe('contracts of a server that runs', () => {
  test('are asked for at the start, with the prices that it has; what cannot be traded is left out', async () => {
    const broken = replace(OPTION, { symbol: 'broken', pricetick: 0 });
    const au = new ContractData({
      ...{ symbol: 'au2712', exchange: Exchange.SHFE, gateway_name: 'CTP', name: '黄金2712' },
      ...{ product: Product.FUTURES, size: 1000, pricetick: 0.02 },
    });
    const engine = new SimulatedEngine({
      ...{ gatewayName: 'CTP', contracts: [OPTION, broken, au] },
      startPrices: { 'au2712.SHFE': 812.34 },
    });
    engine.subscribe(new SubscribeRequest({ symbol: 'au2712', exchange: Exchange.SHFE }));
    const live = await serveEngine(engine);
    const running = start([
      ...['serve', '--simulate', '--contracts', live.request],
      ...['--request', ANYWHERE, '--subscribe', ANYWHERE],
    ]);
    const [, request = '', subscribe = ''] = await running.stdout.waitFor(/--request (\S+) --subscribe (\S+)/);
    expect(running.stderr.text).toMatch(/1 contracts of tcp:\S+ are left out/);
    const gateway = new RpcGateway();
    onTestFinished(() => gateway.close());
    await gateway.connect(request, subscribe);
    expect([...gateway.contracts.values()]).toEqual(
      [OPTION, au].map((contract) => replace(contract, { gateway_name: 'SIM' })),
    );
    await gateway.subscribe('au2712.SHFE');
    expect(gateway.ticks.get('au2712.SHFE')?.pre_close).toBe(812.34);
  });

  test('a server that is not there, and one without contracts, are said to be so', async () => {
    const serve = ['serve', '--simulate', '--contracts'];
    expect(await run([...serve, 'tcp://127.0.0.1:1', '--lang', 'zh'])).toMatchObject({
      code: 2,
      stderr: /--contracts：vnpy 服务器 tcp:\/\/127\.0\.0\.1:1 没有应答：/,
    });
    expect(await run([...serve, '127.0.0.1:2014'])).toMatchObject({
      code: 4,
      stderr: /so write tcp:\/\/127\.0\.0\.1:2014/,
    });
    const live = await serveEngine(new SimulatedEngine({ contracts: [] }));
    expect(await run([...serve, live.request])).toMatchObject({
      code: 4,
      stderr: /has no contracts: is its gateway connected\?/,
    });
  });
});

describe('the rules of a simulated market', () => {
  test('holidays are a file of days, for a market that has days', async () => {
    const path = join(folder, 'holidays.json');
    const serve = ['serve', '--simulate', '--holidays', path];
    writeFileSync(path, '["2027-01-01", "2027-2-5"]');
    expect(await run(serve)).toMatchObject({ code: 4, stderr: /add --sessions or --close-by-day/ });
    expect(await run([...serve, '--sessions'])).toMatchObject({
      code: 4,
      stderr: /holidays\.json: holidays has "2027-2-5" as entry 2, which is no day/,
    });
    expect(await run([...serve, '--sessions', '--lang', 'zh'])).toMatchObject({
      stderr: /holidays\.json.*休市日第 2 项 "2027-2-5" 不是日期：应写作 2027-01-01 或 2027-02-05\/2027-02-11/s,
    });
    // Today, whenever that is.
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    writeFileSync(path, JSON.stringify([today]));
    const running = start([...serve, '--sessions', '--lang', 'zh', '--request', ANYWHERE, '--subscribe', ANYWHERE]);
    const [, request = '', subscribe = ''] = await running.stdout.waitFor(/--request (\S+) --subscribe (\S+)/);
    const gateway = new RpcGateway();
    onTestFinished(() => gateway.close());
    await gateway.connect(request, subscribe);
    const log = gateway.next('log', { filter: ({ msg }) => msg.includes('拒单') });
    const order = { symbol: 'IF2703', exchange: Exchange.CFFEX, type: OrderType.MARKET, volume: 1 };
    await gateway.sendOrder(new OrderRequest({ ...order, direction: Direction.LONG, offset: Offset.OPEN }));
    expect((await log).msg).toMatch(/^委托 SIM\.\w+ 拒单：IF2703\.CFFEX 不在交易时间，.* 09:30 开盘/);
  });

  test('a position of today is not closed by CLOSE, and a fill has its fee', async () => {
    const path = join(folder, 'fees.json');
    writeFileSync(path, JSON.stringify({ 'rb.SHFE': { perVolume: 3 } }));
    const rules = ['--close-by-day', '--fees', path, '--option-chains'];
    const running = start(['serve', '--simulate', ...rules, '--request', ANYWHERE, '--subscribe', ANYWHERE]);
    const [, request = '', subscribe = ''] = await running.stdout.waitFor(/--request (\S+) --subscribe (\S+)/);
    const gateway = new RpcGateway();
    onTestFinished(() => gateway.close());
    await gateway.connect(request, subscribe);
    expect(gateway.contracts.has('IO2703-C-4000.CFFEX')).toBe(true);
    const order = { symbol: 'rb2705', exchange: Exchange.SHFE, type: OrderType.MARKET, volume: 1 };
    const send = async (direction: Direction, offset: Offset): Promise<string> => {
      const id = await gateway.sendOrder(new OrderRequest({ ...order, direction, offset }));
      return (await gateway.waitForOrder(id)).status.name;
    };
    expect(await send(Direction.LONG, Offset.OPEN)).toBe('ALLTRADED');
    expect(await send(Direction.SHORT, Offset.CLOSE)).toBe('REJECTED');
    expect(gateway.accounts.get('SIM.SIM')?.balance).toBe(999_997);
    expect(await send(Direction.SHORT, Offset.CLOSETODAY)).toBe('ALLTRADED');
  });

  test('a file of fees that is none', async () => {
    const path = join(folder, 'fees.json');
    writeFileSync(path, '{"rb.SHFE": {"perLot": 3}}');
    expect(await run(['serve', '--simulate', '--fees', path])).toMatchObject({
      code: 4,
      stderr: /fees\.json: fees of rb\.SHFE have no "perLot"; there are perVolume and ofTurnover/,
    });
    expect(await run(['serve', '--simulate', '--fees', path, '--lang', 'zh'])).toMatchObject({
      stderr: /fees\.json.*rb\.SHFE 的手续费没有 "perLot" 这一项/s,
    });
  });
});
