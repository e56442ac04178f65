import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { AppControlError } from 'vnpy-bridge/vnpy/apps';
import { FakeAlgo, FakeApp, FakeSpread } from '../web/support/strategies.js';
import { useChromium } from './support/chromium.js';
import { dialog, openDesk, visitAs } from './support/desk.js';
import type { Desk } from './support/desk.js';

// The strategies of vnpy's applications: read by all, started and stopped by traders.

const browser = useChromium();

async function open(): Promise<Desk & { readonly cta: FakeApp }> {
  const [cta, spread] = [new FakeApp(), new FakeSpread()];
  cta.put('double', { vt_symbol: 'rb2705.SHFE', variables: { inited: false, trading: false, pos: 3, ma: 0.1 + 0.2 } });
  cta.put('<b>odd</b>', { vt_symbol: 'IF2703.CFFEX' });
  spread.put('pair', { spread_name: 'rb-hc' });
  const desk = await openDesk({ options: { strategies: { cta, spread } }, tuning: { initWait: 0 } });
  return { ...desk, cta };
}

const rowOf = (page: Page, key: string): ReturnType<Page['locator']> => page.locator(`[data-strategy="${key}"]`);

test('by keys alone a trader initialises, starts and stops one, each after a question', async () => {
  const desk = await open();
  const { page, complaints } = await visitAs(browser(), desk, 'trader');
  await page.getByRole('link', { name: 'Strategies', exact: true }).click();
  const row = rowOf(page, 'cta/double');
  await row.getByText('not initialised').waitFor();
  expect(await row.textContent()).toMatch(/CTA.*rb2705\.SHFE.*DoubleMaStrategy/);
  expect(await rowOf(page, 'cta/<b>odd</b>').textContent()).toContain('<b>odd</b>');
  const press = async (name: string, key: string): Promise<void> => {
    await row.getByRole('button', { name: `${name} double` }).focus();
    await page.keyboard.press('Enter');
    await dialog(page).getByText('double · rb2705.SHFE').waitFor();
    await page.keyboard.press(key);
    await dialog(page).waitFor({ state: 'detached' });
  };
  expect(await row.getByRole('button', { name: 'Start double' }).isDisabled()).toBe(true);
  await press('Init', 'Escape');
  expect(desk.cta.calls).not.toContain('init double');
  await press('Init', 'Enter');
  await row.getByText('initialised', { exact: true }).waitFor();
  await press('Start', 'Enter');
  await row.getByText('running', { exact: true }).waitFor();
  await row.getByRole('button', { name: 'double', exact: false }).first().press('Enter');
  await row.getByRole('region', { name: 'Parameters' }).getByText('fast_window').waitFor();
  expect(await row.getByRole('region', { name: 'Variables' }).textContent()).toContain('ma0.3');
  // What changes at the server is seen without a click.
  desk.cta.set('double', { pos: -7 });
  await row.getByRole('cell', { name: '-7', exact: true }).waitFor();
  await press('Stop', 'Enter');
  await row.getByText('initialised', { exact: true }).waitFor();
  expect(desk.cta.calls.filter((call) => call !== 'list')).toEqual(['init double', 'start double', 'stop double']);
  expect(complaints).toEqual([]);
});

test('on a phone, in Chinese: nothing is wider than the page, and a failure is told', async () => {
  const desk = await open();
  const { page, complaints } = await visitAs(browser(), desk, 'trader', {
    ...{ locale: 'zh-CN', viewport: { width: 360, height: 640 } },
  });
  await page.goto(`${desk.url}#/strategies`);
  const row = rowOf(page, 'cta/double');
  await row.getByText('未初始化').waitFor();
  const wide = await page.evaluate(() => {
    const screen = document.querySelector('#workspace');
    return screen === null || screen.scrollWidth > screen.clientWidth || document.body.scrollWidth > innerWidth;
  });
  expect(wide).toBe(false);
  let fail: (error: Error) => void = () => undefined;
  desk.cta.before = new Promise((_, reject) => {
    fail = reject;
  });
  await row.getByRole('button', { name: '初始化 double' }).click();
  await dialog(page).getByRole('button', { name: '初始化' }).click();
  await row.getByText('正在初始化…').waitFor();
  fail(new AppControlError('STRATEGY_FAILED', 'the code of double has failed: ZeroDivisionError'));
  await row.getByText('ZeroDivisionError').waitFor();
  expect(complaints).toEqual([]);
});

test('a viewer has the table without buttons, and a console without strategies has no such screen', async () => {
  const { page } = await visitAs(browser(), await open(), 'viewer');
  await page.getByRole('link', { name: 'Strategies', exact: true }).click();
  await rowOf(page, 'spread/pair').getByText('rb-hc').waitFor();
  expect(await page.locator('.strategy-actions button').count()).toBe(0);
  const plain = await openDesk();
  const other = await visitAs(browser(), plain, 'viewer');
  await other.page.goto(`${plain.url}#/strategies`);
  await other.page.locator('#quotes').waitFor();
  expect(await other.page.getByRole('link', { name: 'Strategies', exact: true }).count()).toBe(0);
});

test('what is added and changed in one browser is seen in another, and a mistake is told in the form', async () => {
  const desk = await open();
  const { page, complaints } = await visitAs(browser(), desk, 'trader');
  const other = await visitAs(browser(), desk, 'viewer');
  await page.goto(`${desk.url}#/strategies`);
  await other.page.goto(`${desk.url}#/strategies`);
  await page.getByRole('button', { name: 'Add strategy' }).click();
  const form = dialog(page);
  await form.locator('#strategy-name').fill('double');
  await form.locator('#strategy-symbol').fill('rb2705.SHFE');
  await form.locator('#setting-fast_window').fill('x');
  const submit = form.getByRole('button', { name: 'Add strategy' });
  await submit.click();
  await form.getByRole('alert').getByText('There is one of this name already.').waitFor();
  await form.locator('#strategy-name').fill('螺纹 / 1');
  await submit.click();
  await form.getByRole('alert').getByText('fast_window is no number.').waitFor();
  await form.locator('#setting-fast_window').fill('7');
  await form.locator('#setting-live').uncheck();
  await submit.click();
  await form.waitFor({ state: 'detached' });
  expect(desk.cta.calls).toContain('add 螺纹 / 1 {"fast_window":7,"live":false}');
  await rowOf(other.page, 'cta/螺纹 / 1').getByText('not initialised').waitFor();
  const row = rowOf(page, 'cta/螺纹 / 1');
  await row.getByRole('button').first().click();
  await row.getByRole('button', { name: 'Parameters 螺纹 / 1' }).click();
  await form.locator('#setting-slow_window').fill('30');
  await page.keyboard.press('Enter');
  await form.waitFor({ state: 'detached' });
  await rowOf(other.page, 'cta/螺纹 / 1').getByRole('button').first().click();
  await rowOf(other.page, 'cta/螺纹 / 1').getByText('30', { exact: true }).waitFor();
  await row.getByRole('button', { name: 'Remove 螺纹 / 1' }).click();
  await page.keyboard.press('Enter');
  await rowOf(other.page, 'cta/螺纹 / 1').waitFor({ state: 'detached' });
  expect([...complaints, ...other.complaints]).toEqual([]);
});

test('on a phone, in Chinese, at several servers: a double click starts one algorithm, after its warning', async () => {
  const [day, night] = [new FakeAlgo(), new FakeAlgo()];
  const servers = { day: { algo: day }, night: { algo: night } };
  const desk = await openDesk({ options: { strategies: { servers } } });
  const { page, complaints } = await visitAs(browser(), desk, 'trader', {
    ...{ locale: 'zh-CN', viewport: { width: 360, height: 640 } },
  });
  await page.goto(`${desk.url}#/strategies`);
  await page.getByRole('button', { name: '启动算法' }).click();
  const form = dialog(page);
  await form.locator('#app-place').selectOption('night:algo');
  await form.locator('#algo-symbol').fill('rb2705.SHFE');
  await form.locator('#algo-price').fill('3400');
  await form.locator('#algo-volume').fill('4');
  await form.locator('#setting-time').fill('60');
  await form.getByText('TWAP 时间加权平均: 买入 开 4 手').waitFor();
  const submit = form.getByRole('button', { name: '启动', exact: true });
  await submit.click();
  await form.getByRole('checkbox').check();
  expect(await page.evaluate(() => document.body.scrollWidth > innerWidth)).toBe(false);
  await submit.dblclick();
  await form.waitFor({ state: 'detached' });
  const row = rowOf(page, 'night:algo/TwapAlgo_1');
  await row.getByText('运行', { exact: true }).waitFor();
  expect([night.calls.filter((call) => call.startsWith('start')), day.calls.includes('list')]).toEqual([
    ['start TwapAlgo_1 {"time":60}'],
    true,
  ]);
  await row.getByRole('button', { name: '停止 TwapAlgo_1' }).click();
  await page.keyboard.press('Enter');
  await row.getByText('停止', { exact: true }).waitFor();
  expect(complaints).toEqual([]);
});
