/** A real console in front of a simulated market, and pages of it in a browser. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { ContractData, Exchange, OptionType, Product, SimulatedEngine } from 'vnpy-bridge/vnpy';
import type { TradingEngine, OrderData } from 'vnpy-bridge/vnpy';
import type { ConsoleOptions } from 'vnpy-bridge/web';
import { Passwords } from '../../../src/web/auth/passwords.js';
import { Users } from '../../../src/web/auth/users.js';
import { makeConsole } from '../../../src/web/console.js';
import type { Tuning } from '../../../src/web/console.js';

export const PASSWORD = 'correct horse battery';

/** Names as somebody hostile, or somebody else's language, would have them. */
export const ODD_NAMES = [
  '<img src=x onerror="window.hit=1"><script>window.hit=1</script>',
  '\u202eأسهم\u202c 🚀🧨',
  '很长的名称'.repeat(800),
];

const CHEAP = { ln: 4, r: 8, p: 1 };
const PAGE = new URL('../../../dist/web/page/', import.meta.url).pathname;

/** The contracts of the desk: a few of each kind, odd ones, and as many options as asked for. */
export function contracts(options = 0): ContractData[] {
  const of = (symbol: string, exchange: Exchange, name: string, product: Product, more = {}): ContractData =>
    new ContractData({
      ...{ gateway_name: 'SIM', history_data: true, symbol, exchange, name, product, size: 10, pricetick: 1 },
      ...more,
    });
  return [
    of('rb2705', Exchange.SHFE, '螺纹钢2705', Product.FUTURES),
    of('IF2703', Exchange.CFFEX, '沪深300股指2703', Product.FUTURES, { size: 300, pricetick: 0.2 }),
    of('600000', Exchange.SSE, '浦发银行', Product.EQUITY, { size: 1, pricetick: 0.01, min_volume: 100 }),
    of('T2703', Exchange.CFFEX, '10年期国债2703', Product.FUTURES, { size: 10_000, pricetick: 0.005 }),
    ...ODD_NAMES.map((name, number) => of(`odd${number}`, Exchange.LOCAL, name, Product.SPOT)),
    ...Array.from({ length: options }, (_, number) =>
      of(`IO2703-C-${10_000 + number}`, Exchange.CFFEX, `股指期权${10_000 + number}`, Product.OPTION, {
        ...{ option_strike: 10_000 + number, option_underlying: 'IO2703', option_type: OptionType.CALL },
      }),
    ),
  ];
}

/** What a desk is made with. */
export interface DeskSetup {
  readonly contracts?: readonly ContractData[];
  readonly options?: ConsoleOptions;
  readonly tuning?: Tuning;
  /** What the console gets in place of the engine itself. */
  readonly wrapped?: (engine: SimulatedEngine) => TradingEngine;
  /** Nobody has set a password yet. Default false. */
  readonly isNew?: boolean;
}

/** A console under test. */
export interface Desk {
  readonly url: string;
  readonly engine: SimulatedEngine;
  readonly console: ReturnType<typeof makeConsole>;
  /** The orders at the server, by volume: tests give each order a volume of its own. */
  ordersOf(volume: number): readonly OrderData[];
}

/** Starts a console in front of a simulated market, with the users viewer, trader and admin. It ends with the test. */
export async function openDesk(setup: DeskSetup = {}): Promise<Desk> {
  const engine = new SimulatedEngine({
    contracts: setup.contracts ?? contracts(),
    seed: 7,
    startPrices: { 'rb2705.SHFE': 3500, 'IF2703.CFFEX': 4000, '600000.SSE': 10.5, 'T2703.CFFEX': 108.235 },
  });
  const opened = await openConsole(setup.wrapped?.(engine) ?? engine, setup);
  engine.start(2);
  onTestFinished(() => {
    engine.stop();
  });
  return {
    ...{ ...opened, engine },
    ordersOf: (volume) => [...engine.orders.values()].filter((order) => order.volume === volume),
  };
}

/** Starts a console in front of any engine, with the same users. It ends with the test. */
export async function openConsole(
  engine: TradingEngine,
  setup: DeskSetup = {},
): Promise<Pick<Desk, 'url' | 'console'>> {
  if (!existsSync(`${PAGE}index.html`)) throw new Error('the page is not built: npm run build:page');
  const folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-browser-'));
  const path = join(folder, 'users.json');
  const users = new Users(path);
  const password = await new Passwords(CHEAP).hash(PASSWORD);
  for (const role of setup.isNew === true ? [] : ['viewer', 'trader', 'admin'])
    await users.set(role, () => ({ role, password, tokens: [], created: '2026-01-01T00:00:00.000Z' }));
  const console = makeConsole(
    engine,
    { port: 0, trade: true, users: path, dataFolder: join(folder, 'data'), page: PAGE, ...setup.options },
    { scrypt: CHEAP, ...setup.tuning },
  );
  const { url } = await console.start();
  onTestFinished(async () => {
    await console.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { url, console };
}

/** A page, and everything it complained of. */
export interface Visit {
  readonly page: Page;
  /** Violations of the policy, errors of scripts, dialogs, and requests to elsewhere. Statuses of answers are no complaint. */
  readonly complaints: string[];
}

/** Without motion a browser that paints by the processor has time for what is tested. */
const DEFAULTS: BrowserContextOptions = {
  locale: 'en-GB',
  viewport: { width: 1280, height: 800 },
  reducedMotion: 'reduce',
};

/** Opens the page in a browser profile of its own. It is closed with the test. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ ...DEFAULTS, ...options });
  onTestFinished(() => context.close());
  // What a slow machine needs; what does not come by then does not come.
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  return { page, complaints: await watched(page, url) };
}

async function watched(page: Page, url: string): Promise<string[]> {
  const { origin } = new URL(url);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    const isStatus = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isStatus) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('blob:')) complaints.push(request.url());
  });
  await page.exposeFunction('complain', (text: string) => {
    complaints.push(text);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      (globalThis as unknown as { complain(text: string): void }).complain(
        `policy ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`,
      );
    });
  });
  await page.goto(url);
  return complaints;
}

/** Logs in, and waits until the state of the server is in. */
export async function logIn(page: Page, user: string): Promise<void> {
  await page.locator('#user').fill(user);
  await page.locator('#password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await ready(page);
}

/** Waits until everything is of the present connection. */
export async function ready(page: Page): Promise<void> {
  await page.locator('.page:not(.old)').waitFor();
}

/** Opens a page and logs in. */
export async function visitAs(
  browser: Browser,
  desk: Pick<Desk, 'url'>,
  user: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const made = await visit(browser, desk.url, options);
  await logIn(made.page, user);
  return made;
}

/** Fills the form for a contract by typing its code, and a volume. */
export async function fillForm(page: Page, code: string, volume: number, price?: number): Promise<void> {
  await page.locator('#contract').fill(code);
  await page.locator('#contract').press('Enter');
  await page.locator('#volume').fill(String(volume));
  if (price !== undefined) await page.locator('#price').fill(String(price));
}

/** The dialog that is open. */
export const dialog = (page: Page): Locator => page.locator('dialog[open]');
