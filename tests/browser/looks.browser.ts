import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useChromium } from './support/chromium.js';
import { contracts, dialog, fillForm, openDesk, ready, visit, visitAs, PASSWORD } from './support/desk.js';

// Languages, themes, widths, access without a pointer or without eyes.

const browser = useChromium();

/** What axe finds that keeps somebody out. */
async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: run } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await run.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}

/** Whether something is wider than the page. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const SCREENS = ['#/', '#/contracts', '#/audit', '#/settings', '#/about'];

describe('look', () => {
  test('the language is the browser’s, and so is the colour of what rises', async () => {
    const desk = await openDesk();
    const { page } = await visit(browser(), desk.url, { locale: 'zh-CN' });
    expect(await page.locator('h1').textContent()).toBe('登录');
    expect(await page.locator('html').getAttribute('data-rising')).toBe('red');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('h1').textContent()).toBe('Log in');
    const other = await visit(browser(), desk.url, { locale: 'de-DE' });
    expect(await other.page.locator('h1').textContent()).toBe('Log in');
    expect(await other.page.locator('html').getAttribute('data-rising')).toBe('green');
  });

  test('tables have VeighNa Trader’s headers, in its order', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader', { locale: 'zh-CN' });
    const heads = (id: string): Promise<string[]> =>
      page.locator(`#${id} [role="columnheader"] .text`).allTextContents();
    const own = '最新价 成交量 开盘价 最高价 最低价 买1价 买1量 卖1价 卖1量 时间 接口'.split(' ');
    expect((await heads('quotes')).filter((head) => head !== '涨跌幅' && head !== '')).toEqual([
      '代码',
      '交易所',
      '名称',
      ...own,
    ]);
    expect((await heads('active')).slice(1)).toEqual(
      '委托号 来源 代码 交易所 类型 方向 开平 价格 总数量 已成交 状态 时间 接口'.split(' '),
    );
    expect((await heads('positions')).slice(1)).toEqual('代码 交易所 方向 数量 昨仓 冻结 均价 盈亏 接口'.split(' '));
    expect(await heads('accounts')).toEqual('账号 余额 冻结 可用 接口'.split(' '));
    await page.locator('body').press('3');
    expect(await heads('trades')).toEqual('成交号 委托号 代码 交易所 方向 开平 价格 数量 时间 接口'.split(' '));
  });

  test('numbers of a column have their decimal points below each other', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'viewer');
    const cells = page.locator('#quotes [data-column="last"] .text');
    await cells.nth(3).waitFor();
    const ends = await cells.evaluateAll((all) =>
      all
        .filter(({ textContent }) => textContent !== '–')
        .map((cell) => {
          const text = cell.firstChild;
          const point = cell.textContent.indexOf('.');
          const range = document.createRange();
          if (text !== null) range.setStart(text, 0);
          if (text !== null) range.setEnd(text, point < 0 ? cell.textContent.length : point);
          return Math.round(range.getBoundingClientRect().right);
        }),
    );
    expect(ends.length).toBeGreaterThan(3);
    expect(Math.max(...ends) - Math.min(...ends)).toBeLessThanOrEqual(1);
  });

  test('a row that is sorted by a price stays under the pointer, and moves when it has gone', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'viewer');
    await page.locator('#quotes .row').nth(3).waitFor();
    await page.locator('#quotes .head', { hasText: 'Change %' }).click();
    await page.locator('#quotes .row').nth(1).hover();
    const order = (): Promise<string[]> =>
      page
        .locator('#quotes .row')
        .evaluateAll((rows) =>
          rows
            .sort((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')))
            .map((row) => row.querySelector('[data-column="symbol"]')?.textContent ?? ''),
        );
    const before = await order();
    await page.locator('.grid-waiting').waitFor();
    expect(await order()).toEqual(before);
    await page.mouse.move(2, 2);
    await expect.poll(order).not.toEqual(before);
  });

  test('times are told by the clock that was chosen, across summer time', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader', { timezoneId: 'America/New_York' });
    await page.goto(`${desk.url}#/settings`);
    await page.getByRole('radio', { name: 'UTC', exact: true }).click();
    expect(await page.locator('.zone').textContent()).toBe('UTC');
    const utc = await page.locator('.clock time').textContent();
    await page.getByRole('radio', { name: "the exchange's" }).click();
    expect(await page.locator('.zone').textContent()).toBe('UTC+8');
    const shanghai = await page.locator('.clock time').textContent();
    const hours = (text: string | null): number => Number((text ?? '').slice(0, 2));
    expect((hours(utc) + 8) % 24).toBe(hours(shanghai));
    await page.getByRole('radio', { name: "this computer's" }).click();
    expect(await page.locator('.zone').textContent()).toBe('America/New_York');
  });

  test.each([375, 768, 1440])('nothing is wider than a page of %i px, in both languages', async (width) => {
    const desk = await openDesk();
    for (const locale of ['zh-CN', 'en-GB']) {
      const viewport = { width, height: 812 };
      const { page } = await visitAs(browser(), desk, 'admin', { locale, viewport });
      for (const screen of SCREENS) {
        await page.goto(desk.url + screen);
        await page.locator('#workspace').waitFor();
        expect({ locale, screen, overflow: await overflow(page) }).toEqual({ locale, screen, overflow: 0 });
      }
      await page.goto(desk.url);
      for (const tab of await page.locator('.phone-tabs button').all()) {
        await tab.click();
        expect(await overflow(page)).toBe(0);
      }
      const head = await page.locator('.page-head').evaluate((each) => each.scrollWidth - each.clientWidth);
      expect({ locale, head }).toEqual({ locale, head: 0 });
    }
  });

  test.each(['dark', 'light'] as const)('axe finds nothing serious on any screen, %s', async (colorScheme) => {
    const desk = await openDesk();
    const { page } = await visit(browser(), desk.url, { colorScheme, reducedMotion: 'reduce' });
    expect(await serious(page)).toEqual([]);
    await page.locator('#user').fill('admin');
    await page.locator('#password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await ready(page);
    await fillForm(page, 'rb2705', 1, 3480);
    await page.locator('.canvas canvas').first().waitFor();
    await page.locator('#review').click();
    await page.locator('#send[aria-disabled="false"]').waitFor();
    expect(await serious(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('heading', { name: 'Sent' }).waitFor();
    await page.keyboard.press('Enter');
    for (const screen of SCREENS) {
      await page.goto(desk.url + screen);
      expect({ screen, found: await serious(page) }).toEqual({ screen, found: [] });
    }
    await page.setViewportSize({ width: 375, height: 812 });
    await page.goto(desk.url);
    for (const tab of await page.locator('.phone-tabs button').all()) {
      await tab.click();
      expect(await serious(page)).toEqual([]);
    }
  });

  test('by keyboard alone: log in, find a contract, buy, cancel, log out', async () => {
    const desk = await openDesk({ contracts: contracts(500) });
    const { page } = await visit(browser(), desk.url);
    const { keyboard } = page;
    await page.locator('#user:focus').waitFor();
    await keyboard.type('trader');
    await keyboard.press('Tab');
    await keyboard.type(PASSWORD);
    await keyboard.press('Enter');
    await ready(page);
    await keyboard.press('/');
    await keyboard.type('rb27');
    await page.getByRole('option').first().waitFor();
    await keyboard.press('Enter');
    await page.locator('#price:focus').waitFor();
    await keyboard.press('ControlOrMeta+A');
    await keyboard.type('3450');
    await keyboard.press('Escape');
    await keyboard.press('b');
    await keyboard.press('Control+Enter');
    await page.locator('#send[aria-disabled="false"]').waitFor();
    await keyboard.press('Enter');
    await dialog(page).getByRole('heading', { name: 'Sent' }).waitFor();
    await keyboard.press('Enter');
    await page.locator('#active .row').waitFor();
    await keyboard.press('Escape');
    await keyboard.press('1');
    await page.locator('#active:focus').waitFor();
    await keyboard.press('c');
    await dialog(page).getByRole('heading', { name: 'Cancel this order?' }).waitFor();
    await keyboard.press('Enter');
    await page.getByText('No order is working.').waitFor();
    expect([...desk.engine.orders.values()].map(({ status }) => status.name)).toEqual(['CANCELLED']);
    const logOut = page.locator('button:focus', { hasText: 'Log out' });
    for (let tab = 0; tab < 60 && (await logOut.count()) === 0; tab++) await keyboard.press('Tab');
    await keyboard.press('Enter');
    await page.getByText('You are logged out.').waitFor();
  });
});
