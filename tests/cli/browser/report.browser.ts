import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useChromium } from '../../browser/support/chromium.js';
import { bytes } from '../../support/bytes.js';
import { inspect } from '../inspect/harness.js';
import { FILES } from '../inspect/samples.js';

// The HTML report in a real browser. Needs Debian's package `chromium`, or CHROMIUM with the path of another.

const browser = useChromium();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Opens the report of an input, and gathers everything that the page complains about or fetches. */
async function open(
  stdin: Uint8Array | string,
  ...args: readonly string[]
): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
  const { stdout } = await inspect(['html', ...args], { stdin });
  const file = join(folder, 'report.html');
  writeFileSync(file, stdout);
  const page = await browser().newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, complaints, requests };
}

const order = FILES['order.pkl'] ?? '';
const rows = (page: Page, pane: string): ReturnType<Page['locator']> => page.locator(`#${pane} [data-start]`);

describe('HTML report', () => {
  test('fills four panes without a complaint, and fetches nothing', async () => {
    const { page, complaints, requests } = await open(order);
    expect(await rows(page, 'tree').count()).toBe(16);
    expect(await rows(page, 'ops').count()).toBeGreaterThan(100);
    expect(await rows(page, 'hex').count()).toBe((order as Uint8Array).length);
    expect(await page.locator('#findings').textContent()).toContain('none');
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
    await page.close();
  });

  test('hovering a value lights its opcodes and bytes', async () => {
    const { page } = await open(order);
    await page.locator('#tree .row', { hasText: 'symbol' }).first().hover();
    expect(await page.locator('#ops .lit').allTextContents()).toEqual([expect.stringContaining('rb2605')]);
    const lit = await page.locator('#hex .lit').allTextContents();
    expect(lit.join('')).toBe(`8c06${Buffer.from('rb2605').toString('hex')}`);
    await page.close();
  });

  test('hovering a byte lights the value that it belongs to', async () => {
    const { page } = await open(order);
    const start = await page.locator('#tree .row', { hasText: 'reference' }).getAttribute('data-start');
    await page.locator(`#hex [data-start="${Number(start) + 3}"]`).hover();
    expect(await page.locator('#tree .lit').allTextContents()).toEqual([expect.stringContaining('reference')]);
    await page.close();
  });

  test('a finding points to its bytes', async () => {
    const { page } = await open(FILES['evil.pkl'] ?? '');
    await page.locator('#findings .row', { hasText: 'P101' }).first().hover();
    expect(await page.locator('#ops .lit').allTextContents()).toEqual([expect.stringContaining('REDUCE')]);
    await page.close();
  });

  test('the filter hides what does not match, and shows it again', async () => {
    const { page } = await open(order);
    const visible = (): Promise<number> => page.locator('#tree .row:not([hidden])').count();
    const all = await visible();
    await page.fill('#filter', 'exchange');
    expect(await visible()).toBe(1);
    await page.fill('#filter', '');
    expect(await visible()).toBe(all);
    await page.close();
  });

  test('the slider replays the stack', async () => {
    const { page } = await open(order);
    await page.locator('#step').fill('3');
    expect(await page.locator('#stack').textContent()).toMatch(/^after MEMOIZE @31: stack of 1/);
    await page.close();
  });

  test('messages are chosen from a list', async () => {
    const { page } = await open(FILES['two.pkl'] ?? '');
    expect(await page.locator('#messages option').count()).toBe(2);
    await page.selectOption('#messages', '1');
    expect(await rows(page, 'tree').count()).toBe(3);
    await page.close();
  });

  test('a bomb does not freeze the page', async () => {
    const bomb = bytes(0x80, 4, ']', 0x94, '(', Buffer.alloc(400_000, 'K\x01'), 'e.');
    const before = performance.now();
    const { page, complaints } = await open(bomb);
    await page.locator('#tree .row').nth(5).hover();
    expect(performance.now() - before).toBeLessThan(20_000);
    expect(await rows(page, 'tree').count()).toBe(2000);
    expect(await page.locator('#ops .more').textContent()).toMatch(/more opcodes/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  const HOSTILE = [
    '</script><script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '"><svg onload=alert(1)>',
    '<!--<script>',
    '\u2028alert(1)\u2029',
    "${alert(1)}`'",
  ];

  test.each(HOSTILE)('a hostile string stays text: %s', async (text) => {
    const encoded = Buffer.from(text);
    const { page, complaints, requests } = await open(
      bytes(0x80, 4, '}', 0x8c, encoded.length, encoded, 0x8c, encoded.length, encoded, 's.'),
      '--title',
      text,
    );
    expect(await page.locator('main img, main svg, main script, h1 *').count()).toBe(0);
    expect(await rows(page, 'tree').count()).toBe(2);
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
    await page.close();
  });

  test('the policy stops scripts that are not its own', async () => {
    const { stdout } = await inspect(['html'], { stdin: order });
    const file = join(folder, 'changed.html');
    writeFileSync(file, stdout.replace('</main>', '</main><script>document.title = "owned"</script>'));
    const page = await browser().newPage();
    await page.goto(pathToFileURL(file).href);
    expect(await page.title()).not.toBe('owned');
    await page.close();
  });
});
