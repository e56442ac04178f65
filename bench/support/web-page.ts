/**
 * The page that is measured, in a headless Chromium: when what was sent is drawn, what its main thread does, and its memory.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { PASSWORD, SYMBOLS } from './web-desk.js';

/** What the page notes of itself. */
interface Noted {
  isOn: boolean;
  /** From the moment of a tick, and from when the console sent it, until it is drawn; of orders from when they were made. In ms. */
  ticks: number[];
  rows: number[];
  orders: number[];
  /** Between frames, and tasks of more than 50 ms. */
  frames: number[];
  tasks: number[];
}

/** What a page did in a while. */
export interface Work {
  /** ms of processor time of the main thread in a second. */
  readonly busy: number;
  readonly frames: readonly number[];
  readonly tasks: readonly number[];
}

/** A script without types, which is not compiled. */
const FINDER = new URL('../../../scripts/chromium.mjs', import.meta.url).href;

/** Runs in the page, before its own scripts. It is no module of this program: it knows a browser, and this one does not. */
const NOTES = fileURLToPath(new URL('../../../bench/support/web-notes.mjs', import.meta.url));

/** The page of a console. */
export class BenchPage implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #session: CDPSession;
  readonly #url: string;

  private constructor(browser: Browser, page: Page, session: CDPSession, url: string) {
    this.#browser = browser;
    this.#page = page;
    this.#session = session;
    this.#url = url;
  }

  /** Opens it and logs in; it watches all contracts that have ticks. */
  static async open(url: string): Promise<BenchPage> {
    const { findChromium, NO_CHROMIUM } = (await import(FINDER)) as {
      findChromium: () => string | undefined;
      NO_CHROMIUM: string;
    };
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error(NO_CHROMIUM);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const settings = JSON.stringify(JSON.stringify({ watched: SYMBOLS }));
    await page.addInitScript({ content: `localStorage.setItem('vnpy-bridge.settings', ${settings});` });
    await page.addInitScript({ path: NOTES });
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await session.send('Network.enable');
    await page.goto(url);
    await page.locator('#user').fill('page');
    await page.locator('#password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('.page:not(.old)').waitFor();
    return new BenchPage(browser, page, session, url);
  }

  /** Opens it again with an empty cache. @returns Bytes over the wire of the page's own files, and ms until all is shown. */
  async load(): Promise<{ readonly bytes: number; readonly shown: number }> {
    await this.#session.send('Network.clearBrowserCache');
    const isFile = new Set<string>();
    let bytes = 0;
    this.#session.on('Network.responseReceived', ({ requestId, response }) => {
      if (!response.url.includes('/api/')) isFile.add(requestId);
    });
    this.#session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (isFile.has(requestId)) bytes += encodedDataLength;
    });
    const began = performance.now();
    await this.#page.goto(this.#url);
    await this.#page.locator('.page:not(.old) #quotes .row [data-column="last"] .text').nth(5).waitFor();
    return { bytes, shown: performance.now() - began };
  }

  /** Shows a chart of a contract, so that all panels are open. */
  async showChart(): Promise<void> {
    await this.#page.locator('#quotes .row').first().dblclick();
    await this.#page.locator('.depth .level .price:not(:empty)').first().waitFor();
    await this.#page.mouse.move(2, 2);
  }

  /** What was drawn when, over some seconds. */
  async latency(seconds: number): Promise<Pick<Noted, 'ticks' | 'rows' | 'orders'>> {
    await this.#note(true);
    await sleep(seconds * 1000);
    await this.#note(false);
    return this.#page.evaluate(() => (globalThis as unknown as { noted: Noted }).noted);
  }

  /** What the main thread did over some seconds. */
  async work(seconds: number): Promise<Work> {
    await this.#note(false);
    const before = await this.#metrics();
    const began = performance.now();
    await sleep(seconds * 1000);
    const after = await this.#metrics();
    const passed = (performance.now() - began) / 1000;
    const { frames, tasks } = await this.#page.evaluate(() => (globalThis as unknown as { noted: Noted }).noted);
    const busy = ((after.get('TaskDuration') ?? 0) - (before.get('TaskDuration') ?? 0)) * 1000;
    return { busy: busy / passed, frames, tasks };
  }

  /** Bytes of the heap after garbage was collected, and nodes of the document. */
  async memory(): Promise<{ readonly heap: number; readonly nodes: number }> {
    await this.#note(false);
    for (let time = 0; time < 2; time++) await this.#session.send('HeapProfiler.collectGarbage');
    const metrics = await this.#metrics();
    return { heap: metrics.get('JSHeapUsedSize') ?? 0, nodes: metrics.get('Nodes') ?? 0 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }

  async #note(isOn: boolean): Promise<void> {
    await this.#page.evaluate((on) => {
      const { noted } = globalThis as unknown as { noted: Noted };
      noted.isOn = on;
      // Emptied when noting begins, and when nothing is noted but frames.
      noted.frames = [];
      noted.tasks = [];
      if (on) Object.assign(noted, { ticks: [], rows: [], orders: [] });
    }, isOn);
  }

  async #metrics(): Promise<Map<string, number>> {
    const { metrics } = await this.#session.send('Performance.getMetrics');
    return new Map(metrics.map(({ name, value }) => [name, value]));
  }
}
