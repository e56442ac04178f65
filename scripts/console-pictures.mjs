/**
 * Takes the pictures of the console that README and docs/ show, in a real Chromium over a simulated market.
 *
 * `npm run console:pictures` writes them into docs/images. Each is refused above 150 KB. Chinese needs a font:
 * Debian's `fonts-noto-cjk`.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { mkdirSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import {
  BarData,
  ContractData,
  Direction,
  Exchange,
  Interval,
  Offset,
  OrderRequest,
  OrderType,
  Product,
  SimulatedEngine,
  SubscribeRequest,
} from 'vnpy-bridge/vnpy';
import { PyDateTime, PyZoneInfo } from 'vnpy-bridge/pickle';
import { createConsole } from 'vnpy-bridge/web';
import { findChromium, NO_CHROMIUM } from './chromium.mjs';

const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));
const MOST_BYTES = 150 * 1024;
const PASSWORD = 'a picture of a console';
const GATEWAY = 'SIM';

/** Symbol, exchange, name, kind, multiplier, tick, smallest volume, price. */
const MARKET = [
  ['rb2705', 'SHFE', '螺纹钢2705', 'FUTURES', 10, 1, 1, 3512],
  ['hc2705', 'SHFE', '热卷2705', 'FUTURES', 10, 1, 1, 3386],
  ['i2705', 'DCE', '铁矿石2705', 'FUTURES', 100, 0.5, 1, 772.5],
  ['au2706', 'SHFE', '黄金2706', 'FUTURES', 1000, 0.02, 1, 782.46],
  ['cu2705', 'SHFE', '沪铜2705', 'FUTURES', 5, 10, 1, 79850],
  ['sc2704', 'INE', '原油2704', 'FUTURES', 1000, 0.1, 1, 561.3],
  ['m2705', 'DCE', '豆粕2705', 'FUTURES', 10, 1, 1, 2894],
  ['TA705', 'CZCE', 'PTA705', 'FUTURES', 5, 2, 1, 4736],
  ['IF2703', 'CFFEX', '沪深300股指2703', 'FUTURES', 300, 0.2, 1, 4012.4],
  ['T2703', 'CFFEX', '10年期国债2703', 'FUTURES', 10000, 0.005, 1, 108.235],
  ['600000', 'SSE', '浦发银行', 'EQUITY', 1, 0.01, 100, 10.52],
];

/** Orders of the day: some trade at once, some wait. */
const ORDERS = [
  ['rb2705', 'SHFE', 'LONG', 'OPEN', 3560, 6],
  ['IF2703', 'CFFEX', 'SHORT', 'OPEN', 3990, 1],
  ['au2706', 'SHFE', 'LONG', 'OPEN', 790, 2],
  ['T2703', 'CFFEX', 'SHORT', 'OPEN', 107.5, 3],
  ['i2705', 'DCE', 'LONG', 'OPEN', 780, 4],
  ['rb2705', 'SHFE', 'SHORT', 'CLOSE', 3528, 3],
  ['rb2705', 'SHFE', 'LONG', 'OPEN', 3498, 5],
  ['au2706', 'SHFE', 'SHORT', 'CLOSE', 786.5, 1],
  ['sc2704', 'INE', 'LONG', 'OPEN', 558.2, 2],
];

const contracts = MARKET.map(
  ([symbol, exchange, name, product, size, pricetick, min_volume]) =>
    new ContractData({
      ...{ gateway_name: GATEWAY, history_data: true, symbol, name, size, pricetick, min_volume },
      exchange: Exchange[exchange],
      product: Product[product],
    }),
);
for (let strike = 3000; strike < 5000; strike += 5)
  contracts.push(
    new ContractData({
      ...{ gateway_name: GATEWAY, symbol: `IO2703-C-${strike}`, name: `沪深300股指期权 购 ${strike}`, size: 100 },
      ...{ exchange: Exchange.CFFEX, product: Product.OPTION, pricetick: 0.2, option_strike: strike },
    }),
  );

const shanghai = new PyZoneInfo('Asia/Shanghai');
const minutes = { [Interval.MINUTE.name]: 1, [Interval.HOUR.name]: 60, [Interval.DAILY.name]: 1440 };

/** Bars that end at the present price, the same at each run: a walk backwards, of a generator with one seed. */
function history({ symbol, exchange, interval, start }) {
  const contract = contracts.find((each) => each.symbol === symbol);
  const length = (minutes[interval?.name ?? 'MINUTE'] ?? 10080) * 60_000;
  const tick = contract?.pricetick ?? 1;
  let price = startPrices[`${symbol}.${exchange.name}`] ?? 100;
  let seed = 20270301;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const bars = [];
  const first = Number(start.instant(shanghai) / 1000n);
  for (let time = Math.floor(Date.now() / length) * length; time > first && bars.length < 400; time -= length) {
    const close = price;
    const step = (scale) => Math.round(random() * scale) * tick;
    const open = close + (random() < 0.53 ? -1 : 1) * step(6);
    bars.push(
      new BarData({
        ...{ gateway_name: GATEWAY, symbol, exchange, interval, volume: 500 + Math.round(random() * 4000) },
        ...{ open_price: open, close_price: close },
        ...{ high_price: Math.max(open, close) + step(4), low_price: Math.min(open, close) - step(4) },
        datetime: PyDateTime.fromDate(new Date(time), shanghai),
      }),
    );
    price = open;
  }
  return bars.reverse();
}

const startPrices = Object.fromEntries(
  MARKET.map(([symbol, exchange, , , , , , price]) => [`${symbol}.${exchange}`, price]),
);

/** A market with a day behind it. */
function makeEngine() {
  const engine = new SimulatedEngine({ contracts, gatewayName: GATEWAY, seed: 11, startPrices, history });
  for (const [symbol, exchange] of MARKET)
    engine.subscribe(new SubscribeRequest({ symbol, exchange: Exchange[exchange] }), GATEWAY);
  for (const [symbol, exchange, direction, offset, price, volume] of ORDERS)
    engine.sendOrder(
      new OrderRequest({
        ...{ symbol, exchange: Exchange[exchange], direction: Direction[direction], offset: Offset[offset] },
        ...{ type: OrderType.LIMIT, price, volume, reference: 'ManualTrading' },
      }),
      GATEWAY,
    );
  return engine;
}

/** Name, language, theme, size, and what to do before the picture is taken. */
const PICTURES = [
  ['console-zh-dark', 'zh-CN', 'dark', [1440, 900], withChart],
  ['console-en-light', 'en-GB', 'light', [1440, 900], withChart],
  ['review-zh-dark', 'zh-CN', 'dark', [1440, 900], withReview],
  ['contracts-en-light', 'en-GB', 'light', [1440, 900], withContracts],
  ['phone-quotes-zh-dark', 'zh-CN', 'dark', [375, 812], async () => undefined],
  ['phone-trade-zh-light', 'zh-CN', 'light', [375, 812], withPhoneForm],
  ['phone-orders-en-dark', 'en-GB', 'dark', [375, 812], (page) => phoneTab(page, 2)],
  ['phone-positions-en-light', 'en-GB', 'light', [375, 812], (page) => phoneTab(page, 3)],
];

async function withChart(page) {
  await page.locator('#quotes .row', { hasText: 'rb2705' }).dblclick();
  await page.mouse.move(2, 2);
  await page.locator('.canvas canvas').first().waitFor();
  await page.locator('.depth .level .price:not(:empty)').first().waitFor();
}

async function withReview(page) {
  await withChart(page);
  await page.locator('#volume').fill('60');
  await page.locator('#price').fill('3430');
  await page.locator('#review').click();
  await page.locator('dialog .facts').waitFor();
}

async function withContracts(page) {
  await page.locator('.screens a').nth(1).click();
  await page.locator('#contracts .row').first().waitFor();
}

async function withPhoneForm(page) {
  await page.locator('.row', { hasText: 'rb2705' }).click();
  await page.locator('.canvas canvas').first().waitFor();
}

async function phoneTab(page, number) {
  await page.locator('.phone-tabs button').nth(number).click();
  await page.locator('.row').first().waitFor();
}

/** @returns {Promise<Buffer>} The picture as WebP: a third of a PNG. */
async function take(page) {
  // Chart and colours of a moment have two frames to settle.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 88 });
  return Buffer.from(data, 'base64');
}

async function main() {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(NO_CHROMIUM);
  const engine = makeEngine();
  const console_ = createConsole(engine, { port: 0, trade: true });
  const { url } = await console_.start();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  mkdirSync(FOLDER, { recursive: true });
  engine.start(4);
  try {
    const first = await browser.newPage();
    await first.goto(`${url}#code=${console_.link()}`);
    await first.locator('#new-password').fill(PASSWORD);
    await first.locator('#again').fill(PASSWORD);
    await first.keyboard.press('Enter');
    await first.locator('.page:not(.old)').waitFor();
    const storageState = await first.context().storageState();
    for (const [name, locale, colorScheme, [width, height], act] of PICTURES) {
      const context = await browser.newContext({
        ...{ locale, colorScheme, viewport: { width, height }, timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' },
        storageState: { cookies: storageState.cookies, origins: [] },
      });
      const page = await context.newPage();
      await page.goto(url);
      await page.locator('.page:not(.old) .row').nth(5).waitFor();
      await act(page);
      const picture = await take(page);
      if (picture.length > MOST_BYTES) throw new Error(`${name} has ${picture.length} bytes, at most ${MOST_BYTES}`);
      writeFileSync(`${FOLDER}${name}.webp`, picture);
      console.log(`${name}.webp ${Math.round(picture.length / 1024)} KB`);
      await context.close();
    }
  } finally {
    await browser.close();
    engine.stop();
    await console_.close();
  }
}

await main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
