import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { Event, EventType, Exchange, Offset, QuoteData, Status } from 'vnpy-bridge/vnpy';
import { MarketMaker } from './support/maker.js';
import { useChromium } from './support/chromium.js';
import { dialog, fillForm, logIn, openDesk, ready, visit, visitAs } from './support/desk.js';

// Tables by keys, lines that can be moved, the chart, quotes of market makers, the audit.

const browser = useChromium();

/** What the person has pressed the button for: the text of the file. */
async function saved(page: Page, panel: string): Promise<{ name: string; lines: string[] }> {
  const download = page.waitForEvent('download');
  await page.locator(`${panel} .csv`).click();
  const file = await download;
  const text = await readFile(await file.path(), 'utf8');
  return { name: file.suggestedFilename(), lines: text.replace('\uFEFF', '').trimEnd().split('\r\n') };
}

describe('tables', () => {
  test('are sorted and widened by keys alone, and saved as they stand', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'viewer');
    const { keyboard } = page;
    const head = page.locator('#quotes [role="columnheader"]').first();
    const symbols = (): Promise<string[]> =>
      page
        .locator('#quotes .row')
        .evaluateAll((rows) =>
          rows
            .sort((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')))
            .map((row) => row.querySelector('[data-column="symbol"]')?.textContent ?? ''),
        );
    await page.locator('#quotes .row').nth(6).waitFor();
    await keyboard.press('6');
    await page.locator('#quotes:focus').waitFor();
    await keyboard.press('ArrowUp');
    await page.locator('#quotes .sorter:focus', { hasText: 'Symbol' }).waitFor();
    await keyboard.press('Enter');
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    const upwards = await symbols();
    expect(upwards).toEqual([...upwards].sort());
    await keyboard.press('Enter');
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    expect(await symbols()).toEqual([...upwards].reverse());
    const width = (): Promise<number> => head.evaluate((each) => each.getBoundingClientRect().width);
    const before = await width();
    await keyboard.press('Shift+ArrowRight');
    await expect.poll(width).toBeGreaterThan(before + 5);
    await keyboard.press('ArrowRight');
    await page.locator('#quotes .sorter:focus', { hasText: 'Exch.' }).waitFor();
    await keyboard.press('ArrowDown');
    await page.locator('#quotes:focus').waitFor();
    const { name, lines } = await saved(page, '.panel.quotes');
    expect(name).toBe('quotes.csv');
    expect(lines[0]).toMatch(/^Symbol,Exch\.,Name,Last,/);
    expect(lines).toHaveLength(upwards.length + 1);
    for (const panel of ['.panel.positions', '.panel.accounts'])
      expect((await saved(page, panel)).lines).not.toEqual([]);
  });

  test('lines between the parts move by pointer and by keys, stay where they are, and go back', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    const line = page.locator('[data-line="market"]');
    const at = async (): Promise<number> => Number(await line.getAttribute('aria-valuenow'));
    const first = await at();
    const box = await line.boundingBox();
    if (box === null) throw new Error('the line is not there');
    await page.mouse.move(box.x + 200, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + 200, box.y + 80, { steps: 4 });
    await page.mouse.up();
    const dragged = await at();
    expect(dragged).toBeGreaterThan(first + 5);
    await line.press('ArrowUp');
    expect(await at()).toBe(dragged - 2);
    await page.locator('[data-line="trade"]').press('End');
    expect(await page.locator('.panel.trade').evaluate((panel) => panel.getBoundingClientRect().width)).toBe(460);
    await page.reload();
    await ready(page);
    expect(await at()).toBe(dragged - 2);
    await page.goto(`${desk.url}#/settings`);
    await page.getByRole('button', { name: 'Reset the layout' }).click();
    await page.goto(`${desk.url}#/`);
    expect(await at()).toBe(first);
    expect(await page.locator('[data-line="trade"]').getAttribute('aria-valuenow')).toBe('292');
  });
});

describe('chart', () => {
  test('it is dragged and zoomed, by pointer and by keys, and has own trades and orders on it', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    // One that trades at once, and one that waits.
    for (const [volume, price] of [
      [2, 3600],
      [3, 3450],
    ] as const) {
      await fillForm(page, 'rb2705', volume, price);
      await page.keyboard.press('Control+Enter');
      await page.locator('#send[aria-disabled="false"], .confirm input').first().waitFor();
      if ((await page.locator('.confirm input').count()) > 0) await page.locator('.confirm input').check();
      await page.locator('#send[aria-disabled="false"]').click();
      await dialog(page).getByRole('heading', { name: 'Sent' }).waitFor();
      await page.keyboard.press('Enter');
    }
    await page.getByLabel('On it: working orders 1, own trades 1.', { exact: false }).waitFor();
    const canvas = page.locator('.canvas');
    await page.locator('.canvas[data-from]').waitFor();
    const range = async (): Promise<readonly [number, number]> => [
      Number(await canvas.getAttribute('data-from')),
      Number(await canvas.getAttribute('data-to')),
    ];
    const box = await canvas.boundingBox();
    if (box === null) throw new Error('there is no chart');
    const [from] = await range();
    await page.mouse.move(box.x + 150, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + 250, box.y + 60, { steps: 5 });
    await page.mouse.up();
    await expect.poll(async () => (await range())[0]).toBeLessThan(from);
    const span = async (): Promise<number> => (await range()).reduce((left, right) => right - left);
    const dragged = await span();
    await page.mouse.wheel(0, -300);
    await expect.poll(span).toBeLessThan(dragged);
    const wheeled = await span();
    await canvas.focus();
    await page.keyboard.press('-');
    await expect.poll(span).toBeGreaterThan(wheeled);
    const [left] = await range();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => (await range())[0]).toBeLessThan(left);
    await page.getByRole('button', { name: 'Newest' }).click();
    await expect.poll(async () => (await range())[0]).toBeGreaterThan(left);
  });
});

describe('quotes of market makers', () => {
  test('stand in a tab of their own, with VeighNa Trader’s headers', async () => {
    let maker: MarketMaker | undefined;
    const desk = await openDesk({ wrapped: (engine) => (maker = new MarketMaker(engine)) });
    const { page } = await visitAs(browser(), desk, 'trader', { locale: 'zh-CN' });
    const quote = {
      ...{ gateway_name: 'SIM', symbol: 'rb2705', exchange: Exchange.SHFE, quoteid: '71', reference: 'maker' },
      ...{ bid_price: 3499, bid_volume: 4, ask_price: 3501, ask_volume: 5 },
      ...{ bid_offset: Offset.OPEN, ask_offset: Offset.CLOSE, status: Status.NOTTRADED },
    };
    maker?.tell(new Event(EventType.QUOTE, new QuoteData(quote)));
    await page.locator('body').press('7');
    const cells = page.locator('#pairs .row .cell .text');
    await cells.first().waitFor();
    expect((await cells.allTextContents()).slice(0, 11)).toEqual([
      '71',
      'maker',
      'rb2705',
      'SHFE',
      '开',
      '4',
      '3499',
      '3501',
      '5',
      '平',
      '未成交',
    ]);
    expect(await page.locator('#pairs [role="columnheader"] .text').allTextContents()).toEqual(
      '报价号 来源 代码 交易所 买开平 买量 买价 卖价 卖量 卖开平 状态 时间 接口'.split(' '),
    );
    maker?.tell(new Event(EventType.QUOTE, new QuoteData({ ...quote, status: Status.CANCELLED })));
    await page.locator('#pairs .row', { hasText: '已撤销' }).waitFor();
    expect(await page.locator('#pairs .row').count()).toBe(1);
  });
});

describe('audit', () => {
  test('whoever has the right sees who did what, finds it, opens it and saves it', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'admin');
    const other = await visit(browser(), desk.url);
    await logIn(other.page, 'trader');
    expect(await other.page.getByRole('link', { name: 'Audit' }).count()).toBe(0);
    await other.page.goto(`${desk.url}#/audit`);
    await other.page.locator('#price').waitFor();
    await fillForm(other.page, 'rb2705', 6, 3460);
    await other.page.keyboard.press('Control+Enter');
    await other.page.locator('#send[aria-disabled="false"]').click();
    await dialog(other.page).getByRole('heading', { name: 'Sent' }).waitFor();
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.locator('#audit .row').first().waitFor();
    await page.getByLabel('User').selectOption('trader');
    await page.getByLabel('Action').selectOption('order');
    await page.locator('#audit-find').fill('rb2705');
    await page.locator('.audit-screen .note', { hasText: '1 of' }).waitFor();
    const row = page.locator('#audit .row');
    expect(await row.locator('[data-column="outcome"]').textContent()).toBe('sent');
    await row.dblclick();
    await dialog(page).getByText('rb2705.SHFE').waitFor();
    await page.keyboard.press('Escape');
    const { lines } = await saved(page, '.audit-screen');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(',trader,order,sent,');
  });
});
