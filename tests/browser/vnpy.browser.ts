import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RpcGateway } from 'vnpy-bridge/vnpy';
import { PATIENCE, startPeer } from '../../interop/support/index.js';
import type { Peer } from '../../interop/support/index.js';
import { useChromium } from './support/chromium.js';
import { dialog, fillForm, openConsole, ready, visitAs } from './support/desk.js';

// The page in front of a real vnpy: what a trader does, and an order whose answer does not come.

const browser = useChromium();

/** The title of the dialog, once it is this one. */
async function told(page: Page, title: string): Promise<void> {
  await dialog(page).getByRole('heading', { name: title, exact: true }).waitFor();
}

/** Opens the review of an order, and waits until it can be sent. */
async function review(page: Page, volume: number, price: number): Promise<void> {
  await fillForm(page, 'rb2705', volume, price);
  await page.locator('#review').click();
  // A price that rests may be far from the last one: the page wants that to be confirmed.
  const confirm = page.locator('.confirm input');
  await page.locator('#send[aria-disabled="false"], .confirm input').first().waitFor();
  if ((await confirm.count()) > 0) await confirm.check();
  await page.locator('#send[aria-disabled="false"]').waitFor();
}

const executed = (server: Peer, volume: number): number =>
  server.journal().filter((line) => line['event'] === 'order' && line['volume'] === volume).length;

const working = (gateway: RpcGateway): number =>
  [...gateway.orders.values()].filter((order) => order.isActive()).length;

describe.each(['4.5', '4.4'] as const)('vnpy %s', (vnpy) => {
  test('an order fills, one is cancelled, and one is unknown until the server answers again', async () => {
    const server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '10'], journal: true });
    const gateway = new RpcGateway({ timeouts: { request: 2000 } });
    onTestFinished(() => gateway.close());
    await gateway.connect(server.addresses.request, server.addresses.publish);
    const { page, complaints } = await visitAs(browser(), await openConsole(gateway), 'trader');
    await page.locator('#contract').fill('rb2705');
    await page.locator('#contract').press('Enter');
    const tick = await gateway.next('tick', { filter: ({ symbol }) => symbol === 'rb2705', timeout: 20_000 });
    const last = Math.round(tick.last_price);

    await review(page, 2, last + 50);
    await page.locator('#send').click();
    await told(page, 'Sent');
    await page.keyboard.press('Enter');
    await expect.poll(() => gateway.trades.size, PATIENCE).toBeGreaterThan(0);
    await page.locator('#positions .row').first().waitFor();

    await review(page, 3, last - 100);
    await page.locator('#send').click();
    await told(page, 'Sent');
    await page.keyboard.press('Enter');
    await page.locator('#active .row').first().waitFor();
    await page.locator('body').press('Shift+C');
    await page.keyboard.press('Enter');
    await dialog(page).getByText('1 of 1 cancellations sent.').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => working(gateway), PATIENCE).toBe(0);

    await review(page, 4, last - 100);
    server.pause();
    await page.locator('#send').click();
    await told(page, 'Unknown');
    server.resume();
    await expect.poll(() => gateway.status().state, PATIENCE).toBe('connected');
    await ready(page);
    await page.getByRole('button', { name: 'Find out' }).click();
    await told(page, 'Sent');
    expect([2, 3, 4].map((volume) => executed(server, volume))).toEqual([1, 1, 1]);
    expect(complaints).toEqual([]);
  });
});
