import type { Page, Request } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useChromium } from './support/chromium.js';
import { dialog, fillForm, openDesk, ready, visitAs } from './support/desk.js';

// One review is one order at the server, whatever happens to it on the way.

const browser = useChromium();

const isOrder = (request: Request): boolean => request.method() === 'POST' && request.url().endsWith('/api/v1/orders');

/** Opens the review of an order, and waits until it can be sent. */
async function review(page: Page, volume: number): Promise<void> {
  await fillForm(page, 'rb2705', volume);
  // The price is the last one: before a tick has come there is none, and nothing to review.
  await expect.poll(() => page.locator('#price').inputValue(), { timeout: 20_000 }).not.toBe('');
  await page.locator('#review').click();
  await page.locator('#send[aria-disabled="false"]').waitFor();
}

/** The title of the dialog, once it is this one. */
async function told(page: Page, title: string): Promise<void> {
  await dialog(page).getByRole('heading', { name: title, exact: true }).waitFor();
}

describe('order', () => {
  test('the review reads as a sentence, and a click sends', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    await fillForm(page, 'rb2705', 3, 3450);
    await page.getByRole('radio', { name: 'Sell' }).click();
    await page.getByRole('radio', { name: 'Close', exact: true }).click();
    await page.locator('#review').click();
    expect(await dialog(page).locator('.sentence').textContent()).toBe(
      'Sell 3 lots 螺纹钢2705 (rb2705.SHFE) @ 3450, close',
    );
    await page.locator('#send[aria-disabled="false"]').click();
    await told(page, 'Sent');
    expect(desk.ordersOf(3)).toMatchObject([{ price: 3450, direction: { name: 'SHORT' }, offset: { name: 'CLOSE' } }]);
  });

  test('ten clicks in 50 ms are one order', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    await review(page, 4);
    let posts = 0;
    page.on('request', (request) => (posts += Number(isOrder(request))));
    await page.evaluate(() => {
      const send = document.getElementById('send');
      for (let click = 0; click < 10; click++) setTimeout(() => send?.click(), click * 5);
    });
    await told(page, 'Sent');
    // The server would refuse a second one: the page does not even send it.
    expect({ posts, orders: desk.ordersOf(4).length }).toEqual({ posts: 1, orders: 1 });
  });

  test('Enter that is held down opens the review and sends nothing; a new Enter sends once', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    await fillForm(page, 'rb2705', 5);
    await page.locator('#volume').focus();
    for (let repeat = 0; repeat < 10; repeat++) await page.keyboard.down('Enter');
    await page.locator('#send[aria-disabled="false"]').waitFor();
    for (let repeat = 0; repeat < 10; repeat++) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    expect(desk.ordersOf(5)).toHaveLength(0);
    for (let repeat = 0; repeat < 10; repeat++) await page.keyboard.down('Enter');
    await told(page, 'Sent');
    await page.keyboard.up('Enter');
    expect(desk.ordersOf(5)).toHaveLength(1);
  });

  test('a double click on the button of the form opens one review', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    await fillForm(page, 'rb2705', 6);
    await page.locator('#review').dblclick();
    await page.locator('#send[aria-disabled="false"]').waitFor();
    expect(await page.locator('dialog').count()).toBe(1);
    expect(desk.ordersOf(6)).toHaveLength(0);
  });

  test('two tabs that send one review make one order, and both learn of it', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    await review(page, 7);
    const sent = page.waitForRequest(isOrder);
    await page.locator('#send').click();
    const body = (await sent).postData();
    await told(page, 'Sent');
    const other = await page.context().newPage();
    await other.goto(desk.url);
    await ready(other);
    // The second tab sends its own review, and on the way it becomes the first one's.
    await other.route('**/api/v1/orders', async (route) => {
      await route.continue({ postData: body ?? '' });
    });
    await review(other, 7);
    await other.locator('#send').click();
    await dialog(other)
      .getByRole('heading', { name: /^(Sent|Unknown|Not sent)$/ })
      .waitFor();
    expect(desk.ordersOf(7)).toHaveLength(1);
  });

  test('a proxy that sends the request twice makes one order', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    await page.route('**/api/v1/orders', async (route) => {
      await route.fetch();
      await route.fulfill({ response: await route.fetch() });
    });
    await review(page, 8);
    await page.locator('#send').click();
    await told(page, 'Sent');
    expect(desk.ordersOf(8)).toHaveLength(1);
    await page.keyboard.press('Enter');
    // Both at once: the page gets the answer of the one that came second, which says that it is being sent already.
    const statuses: number[] = [];
    await page.unroute('**/api/v1/orders');
    await page.route('**/api/v1/orders', async (route) => {
      const answers = await Promise.all([route.fetch(), route.fetch()]);
      statuses.push(...answers.map((answer) => answer.status()));
      await route.fulfill({ response: answers.find((answer) => answer.status() !== 201) ?? answers[1] });
    });
    await review(page, 18);
    await page.locator('#send').click();
    await told(page, 'Sent');
    expect({ orders: desk.ordersOf(18).length, answers: statuses.length }).toEqual({ orders: 1, answers: 2 });
  });

  test('a lost answer is unknown, is not sent again, and is found out', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    let posts = 0;
    await page.route('**/api/v1/orders', async (route) => {
      posts++;
      await route.fetch();
      await route.abort('connectionreset');
    });
    await review(page, 9);
    await page.locator('#send').click();
    await told(page, 'Unknown');
    await page.getByRole('button', { name: 'Find out' }).click();
    await told(page, 'Sent');
    expect({ posts, orders: desk.ordersOf(9).length }).toEqual({ posts: 1, orders: 1 });
  });

  test('a request that never arrived is unknown, and then known not to be there', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    await page.route('**/api/v1/orders', (route) => route.abort('connectionreset'));
    await review(page, 10);
    await page.locator('#send').click();
    await told(page, 'Unknown');
    await page.getByRole('button', { name: 'Find out' }).click();
    await told(page, 'Not sent');
    expect(desk.ordersOf(10)).toHaveLength(0);
  });

  test('an order that the server had and lists no more is told as that, and goes when the person has looked', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    await page.route('**/api/v1/orders', (route) => route.abort('connectionreset'));
    await page.route('**/by-client-id/**', (route) =>
      route.fulfill({
        status: 410,
        contentType: 'application/problem+json',
        json: { type: 'urn:vnpy-bridge:problem:order-vanished', title: 'gone', status: 410, detail: 'it was 1_7' },
      }),
    );
    await review(page, 16);
    await page.locator('#send').click();
    await told(page, 'Unknown');
    await page.getByRole('button', { name: 'Find out' }).click();
    await dialog(page).getByText('does not list it any more').waitFor();
    expect(await dialog(page).getByText('No connection').count()).toBe(0);
    await page.getByRole('button', { name: 'Decide later' }).click();
    await page.getByText('1 order has an unknown outcome.').waitFor();
    await page.getByRole('button', { name: 'Find out' }).click();
    await page.getByRole('button', { name: 'I have looked it up' }).click();
    await expect.poll(() => page.getByText('unknown outcome').count()).toBe(0);
  });

  test('a reload in the middle leaves one order, and the page knows that it has to ask', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    await page.route('**/api/v1/orders', async (route) => {
      await route.fetch();
      // The answer never comes: the page is gone before.
      await page.reload();
    });
    await review(page, 11);
    await page.locator('#send').click();
    await page.getByText('1 order has an unknown outcome.').waitFor();
    await page.getByRole('button', { name: 'Find out' }).click();
    await told(page, 'Sent');
    expect(desk.ordersOf(11)).toHaveLength(1);
    await page.keyboard.press('Enter');
    await page.reload();
    await ready(page);
    expect(await page.getByText('unknown outcome').count()).toBe(0);
  });

  test('back and forward send nothing', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    await page.getByRole('link', { name: 'Contracts' }).click();
    await page.getByRole('link', { name: 'Trading', exact: true }).click();
    await review(page, 12);
    await page.locator('#send').click();
    await told(page, 'Sent');
    await page.goBack();
    await page.goForward();
    await page.goBack();
    await page.locator('dialog button.main').click();
    expect(desk.ordersOf(12)).toHaveLength(1);
    // Away from the page and back by the history of the browser, once after an order and once while one is on its way.
    await page.goto('about:blank');
    await page.goBack();
    await ready(page);
    expect(await dialog(page).count()).toBe(0);
    await page.getByRole('link', { name: 'Trading', exact: true }).click();
    await page.route('**/api/v1/orders', async (route) => {
      await route.fetch();
      await page.goto('about:blank');
    });
    await review(page, 19);
    await page.locator('#send').click();
    await page.waitForURL('about:blank');
    await page.goBack();
    await page.getByText('1 order has an unknown outcome.').waitFor();
    expect({ first: desk.ordersOf(12).length, second: desk.ordersOf(19).length }).toEqual({ first: 1, second: 1 });
  });

  test('a refusal names its rule and its limit', async () => {
    const desk = await openDesk({ options: { maxVolume: 20, largeVolume: 50 } });
    const { page } = await visitAs(browser(), desk, 'trader');
    await review(page, 21);
    const facts = ['volume of an order (orderVolume)', '20', '21'];
    const values = dialog(page).locator('.say .facts dd');
    // The review knows it before anything is sent.
    expect(await values.allTextContents()).toEqual(facts);
    await page.locator('#send').click();
    await told(page, 'Refused');
    expect(await dialog(page).locator('.facts dd').allTextContents()).toEqual(facts);
    expect(desk.ordersOf(21)).toHaveLength(0);
  });

  test('a warning has to be read before the order can be sent', async () => {
    const desk = await openDesk({ options: { largeVolume: 10 } });
    const { page } = await visitAs(browser(), desk, 'trader');
    await fillForm(page, 'rb2705', 13);
    await page.locator('#review').click();
    await dialog(page).getByText('The volume is unusually large.').waitFor();
    await page.keyboard.press('Enter');
    expect(await page.locator('#send').getAttribute('aria-disabled')).toBe('true');
    expect(desk.ordersOf(13)).toHaveLength(0);
    await page.getByLabel('I have read it').check();
    await page.locator('#send').click();
    await told(page, 'Sent');
    expect(desk.ordersOf(13)).toHaveLength(1);
  });

  test('cancel-all lists what it cancels, and nothing that came since', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    for (const volume of [14, 15]) {
      await fillForm(page, 'rb2705', volume, 3460);
      await page.keyboard.press('Control+Enter');
      await page.locator('#send[aria-disabled="false"]').click();
      await told(page, 'Sent');
      await page.keyboard.press('Enter');
    }
    await page.locator('#active .row').nth(1).waitFor();
    await page.locator('body').press('Shift+C');
    expect(await dialog(page).locator('li').count()).toBe(2);
    await page.keyboard.press('Enter');
    await dialog(page).getByText('2 of 2 cancellations sent.').waitFor();
    expect([...desk.engine.orders.values()].map(({ status }) => status.name)).toEqual(['CANCELLED', 'CANCELLED']);
  });
});
