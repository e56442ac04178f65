import { describe, expect, test } from 'vitest';
import { JoinedEngine, SimulatedEngine } from 'vnpy-bridge/vnpy';
import type { ServerState } from '../../src/web/schema/index.js';
import { useChromium } from './support/chromium.js';
import { fillForm, openDesk, ready, visitAs } from './support/desk.js';

// What the page shows as current is current, or grey.

const browser = useChromium();

describe('link', () => {
  test('a dropped socket turns the page grey and the form off, and nothing is missed or doubled after it', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    await fillForm(page, 'rb2705', 2, 3460);
    let cut: (() => void) | undefined;
    let isCut = false;
    await page.routeWebSocket('**/api/v1/stream', (socket) => {
      if (isCut) {
        void socket.close({ code: 1011 });
        return;
      }
      const server = socket.connectToServer();
      cut = () => {
        void server.close();
        void socket.close({ code: 1011 });
      };
    });
    await page.reload();
    await ready(page);
    await fillForm(page, 'rb2705', 2, 3460);
    isCut = true;
    cut?.();
    await page.locator('.page.old').waitFor();
    await page.getByText('No connection to the console.').waitFor();
    expect(await page.locator('#review').isDisabled()).toBe(true);
    expect(await page.locator('.lights .lost').textContent()).toContain('Page');
    const before = desk.engine.orders.size;
    const send = await page.context().request.post(`${desk.url}api/v1/orders`, {
      headers: { Origin: new URL(desk.url).origin, 'X-Requested-With': 'vnpy-bridge' },
      data: {
        client_order_id: 'while-the-page-is-away',
        vt_symbol: 'rb2705.SHFE',
        direction: 'LONG',
        offset: 'OPEN',
        price: 3460,
        volume: 17,
      },
    });
    expect(send.status()).toBe(201);
    isCut = false;
    await ready(page);
    await page.locator('#active .row').waitFor();
    expect(await page.locator('#active .row').count()).toBe(before + 1);
    expect(await page.locator('#review').isDisabled()).toBe(false);
  });

  test('each of several servers has a light; one that is down is named, greyed, and takes no order', async () => {
    const night = new SimulatedEngine({ gatewayName: 'SIM', seed: 3 });
    const desk = await openDesk({ wrapped: (day) => new JoinedEngine({ day, night }) });
    const { page } = await visitAs(browser(), desk, 'trader');
    await fillForm(page, 'rb2705', 2, 3460);
    expect(await page.locator('.lights .name').allTextContents()).toEqual(['Page', 'day', 'night', 'Ticks']);
    expect(await page.locator('.lights .ok .name').allTextContents()).toEqual(expect.arrayContaining(['day', 'night']));
    let isDown = false;
    await page.routeWebSocket('**/api/v1/stream', (socket) => {
      const server = socket.connectToServer();
      server.onMessage((text) => {
        const message = JSON.parse(String(text)) as { channel?: string; data?: { servers: ServerState[] }[] };
        for (const { servers } of isDown && message.channel === 'status' ? (message.data ?? []) : [])
          for (const { name, links } of servers) if (name === 'day') links.request.state = links.publish.state = 'down';
        socket.send(JSON.stringify(message));
      });
    });
    isDown = true;
    await page.reload();
    await ready(page);
    await fillForm(page, 'rb2705', 2, 3460);
    await page.locator('.lights .lost', { hasText: 'day' }).waitFor();
    await page.getByText('day: The vnpy server does not answer.').waitFor();
    expect(await page.locator('.lights .ok .name').allTextContents()).toContain('night');
    await page.locator('#accounts .row.stale', { hasText: 'day:SIM' }).waitFor();
    expect(await page.locator('#accounts .row:not(.stale)').textContent()).toContain('night:SIM');
    expect(await page.locator('#review').isDisabled()).toBe(true);
    await page.getByLabel('Gateway', { exact: true }).selectOption('night:SIM');
    await page.locator('#review:not(:disabled)').waitFor();
  });

  test('a socket that falls silent is lost within its time, though it stays open', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    let isMute = false;
    await page.routeWebSocket('**/api/v1/stream', (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => {
        if (!isMute) socket.send(message);
      });
    });
    await page.reload();
    await ready(page);
    isMute = true;
    const began = performance.now();
    await page.locator('.page.old').waitFor();
    expect(performance.now() - began).toBeLessThan(12_500);
  });
});
