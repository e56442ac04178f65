import { describe, expect, test } from 'vitest';
import { Offset } from 'vnpy-bridge/vnpy';
import { buy, run, serveMarket, start } from './harness.js';

// What vnpy-bridge shows in Chinese, and what is the same in every language.

const CHINESE = { env: { LANG: 'zh_CN.UTF-8' } };

describe('lists in Chinese', () => {
  test('tables have heads and members of enums as a trader says them; JSON and CSV have none of it', async () => {
    const { engine, args } = await serveMarket();
    engine.sendOrder(buy(1), 'SIM');
    const [head = '', row = ''] = (await run(['orders', ...args], CHINESE)).stdout.split('\n');
    expect(head).toMatch(/^委托号 +合约 +方向 +开平 +类型 +价格 +数量 +已成交 +状态 +时间 +来源$/);
    expect(row).toMatch(/^SIM\.\S+ +rb2705\.SHFE +多 +开 +限价 +1 +1 +0 +拒单 /);
    for (const format of ['--json', '--csv']) {
      const chinese = await run(['orders', format, ...args], CHINESE);
      expect(chinese.stdout).toContain('LONG');
      expect(chinese).toEqual(await run(['orders', format, ...args]));
    }
  });

  test('what a server has none of is told in Chinese', async () => {
    const { args } = await serveMarket();
    expect((await run(['ticks', ...args], CHINESE)).stderr).toMatch(/^vnpy-bridge: 服务器没有行情/);
  });
});

test('listen prints the members as a trader says them, and the types as they are on the wire', async () => {
  const { engine, args } = await serveMarket();
  const listening = start(['listen', '--type', 'eOrder.', '--count', '1', ...args], CHINESE);
  const sending = setInterval(() => engine.sendOrder(buy(1), 'SIM'), 20);
  const { code, stdout } = await listening.finished;
  clearInterval(sending);
  expect(code).toBe(0);
  expect(stdout).toMatch(/ eOrder\. SIM\.\S+ rb2705\.SHFE 多 开 限价 0\/1 @ 1 /);
  expect(Offset.OPEN.value).toBe('开');
});
