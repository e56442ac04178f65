import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { useChromium } from './support/chromium.js';
import { contracts, dialog, fillForm, ODD_NAMES, openDesk, visitAs } from './support/desk.js';

// The strict policy holds on every screen, and what comes from a server is text.

const browser = useChromium();

const ASSETS = new URL('../../dist/web/page/assets/', import.meta.url);

/** KiB of files as they go over the wire. */
function weight(fits: (name: string) => boolean): number {
  const names = readdirSync(ASSETS).filter(fits);
  return (
    names.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, ASSETS)), { level: 9 }).length, 0) / 1024
  );
}

describe('policy', () => {
  test('the first load is at most 60 KiB, and the chart that comes later 60 more', () => {
    const isChart = (name: string): boolean => name.startsWith('candles-');
    const isOfApps = (name: string): boolean => name.startsWith('parts-');
    expect(weight((name) => !isChart(name) && !isOfApps(name))).toBeLessThan(60);
    expect(weight(isOfApps)).toBeGreaterThan(0);
    expect(weight(isChart)).toBeLessThan(60);
    expect(weight(isChart)).toBeGreaterThan(0);
  });

  test('no screen and no dialog violates it, and nothing leaves the origin of the page', async () => {
    const desk = await openDesk();
    const { page, complaints } = await visitAs(browser(), desk, 'admin');
    await fillForm(page, 'rb2705', 1);
    await page.locator('.canvas canvas').first().waitFor();
    for (const interval of ['1 h', '1 d', '1 w', '1 m']) await page.getByRole('radio', { name: interval }).click();
    await page.locator('.canvas canvas').first().waitFor();
    await page.locator('.canvas').press('-');
    await page.getByRole('button', { name: 'Bars as a table' }).click();
    await page.locator('#bars .row').first().waitFor();
    await page.locator('#review').click();
    await dialog(page).waitFor();
    await page.keyboard.press('Escape');
    for (const key of ['?', 'Shift+C']) {
      await page.locator('body').press(key);
      await dialog(page).waitFor();
      await page.keyboard.press('Escape');
    }
    await page.locator('button.halt').click();
    await page.keyboard.press('Escape');
    for (const screen of ['Contracts', 'Audit', 'Settings', 'About']) {
      await page.getByRole('link', { name: screen, exact: true }).click();
      await page.locator('h1').waitFor();
    }
    expect(complaints).toEqual([]);
  });

  test('names that are markup, right to left, or of 4 KiB are shown as text', async () => {
    const desk = await openDesk({ contracts: contracts() });
    const { page, complaints } = await visitAs(browser(), desk, 'admin');
    const names = page.locator('#quotes .row [data-column="name"]');
    await names.nth(6).waitFor();
    const shown = await names.allTextContents();
    expect(shown).toEqual(expect.arrayContaining(ODD_NAMES));
    await page.locator('#find').fill('odd0');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    expect(await page.locator('.contract-name').textContent()).toBe(ODD_NAMES[0]);
    expect(await page.evaluate(() => 'hit' in globalThis)).toBe(false);
    expect(await page.locator('img[src="x"], #page script').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('20,000 contracts are found by code and by name, and few rows are in the document', async () => {
    const desk = await openDesk({ contracts: contracts(20_000) });
    const { page } = await visitAs(browser(), desk, 'viewer');
    await page.getByRole('link', { name: 'Contracts' }).click();
    await page.getByText('20,007 of 20,007', { exact: false }).waitFor();
    const grid = page.locator('#contracts');
    expect(await grid.getAttribute('aria-rowcount')).toBe('20008');
    expect(await grid.locator('.row').count()).toBeLessThan(80);
    await page.locator('#contracts-find').fill('股指期权 10777');
    await page.getByText('1 of 20,007', { exact: false }).waitFor();
    expect(await grid.locator('.row').first().textContent()).toContain('IO2703-C-10777');
    await page.locator('#contracts-find').fill('io2703-c-29999');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('.contract-name', { hasText: '股指期权29999' }).waitFor();
  });
});
