import { describe, expect, test } from 'vitest';
import { useChromium } from './support/chromium.js';
import { logIn, openDesk, PASSWORD, ready, visit, visitAs } from './support/desk.js';

// Who gets in, how, and what a role sees.

const browser = useChromium();

describe('session', () => {
  test('a wrong password is told, and the right one lets in', async () => {
    const desk = await openDesk();
    const { page, complaints } = await visit(browser(), desk.url);
    await page.locator('#user').fill('trader');
    await page.locator('#password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('The user or the password is wrong.').waitFor();
    await page.locator('#password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await ready(page);
    expect(await page.locator('.who .user').textContent()).toBe('trader');
    expect(complaints).toEqual([]);
  });

  test('after too many attempts the page says how long to wait, and sends none until then', async () => {
    const desk = await openDesk();
    const { page } = await visit(browser(), desk.url);
    await page.locator('#user').fill('nobody');
    await page.locator('#password').fill('wrong');
    const say = page.locator('.login-say');
    while (!((await say.textContent()) ?? '').startsWith('Too many')) {
      const answered = page.waitForResponse('**/api/v1/session');
      await page.keyboard.press('Enter');
      await answered;
      await page.locator('.main:not(:text("Checking"))').waitFor();
    }
    expect(await say.textContent()).toMatch(/^Too many attempts\. Try again in \d+ seconds?\.$/);
    expect(await page.locator('button.main').getAttribute('aria-disabled')).toBe('true');
  });

  test('logging out ends the session, in other tabs too', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'trader');
    const other = await page.context().newPage();
    await other.goto(desk.url);
    await ready(other);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByText('You are logged out.').waitFor();
    await other.getByText('Your session is over.').waitFor();
    await other.reload();
    await other.locator('#password').waitFor();
  });

  test('a one-time link asks for a password, leaves no trace in the address, and works once', async () => {
    const desk = await openDesk({ isNew: true });
    const link = `${desk.url}#code=${desk.console.link()}`;
    const { page } = await visit(browser(), link);
    await page.locator('#new-password').fill('a new password of mine');
    expect(page.url()).toBe(desk.url);
    await page.locator('#again').fill('another');
    await page.keyboard.press('Enter');
    await page.getByText('The two are not the same.').waitFor();
    await page.locator('#again').fill('a new password of mine');
    await page.keyboard.press('Enter');
    await ready(page);
    const second = await visit(browser(), link);
    await second.page.getByText('This link was used before').waitFor();
  });

  test('a viewer sees everything and has neither form nor buttons, nor does the server take an order', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'viewer');
    await page.locator('#quotes .row').first().waitFor();
    expect(await page.locator('#review, button.halt, #price, .secondary').count()).toBe(0);
    expect(await page.getByRole('columnheader', { name: 'Cancel' }).count()).toBe(0);
    await page.keyboard.press('Control+Enter');
    const status = await page.evaluate(async () => {
      const answer = await fetch('/api/v1/orders', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'vnpy-bridge' },
        body: JSON.stringify({ vt_symbol: 'rb2705.SHFE', direction: 'LONG', offset: 'OPEN', price: 3500, volume: 1 }),
      });
      return answer.status;
    });
    expect([403, 404]).toContain(status);
    expect(desk.engine.orders.size).toBe(0);
  });

  test('a console without trading has no form, for an admin either', async () => {
    const desk = await openDesk({ options: { trade: false } });
    const { page } = await visitAs(browser(), desk, 'admin');
    await page.getByText('This console was started without trading.').waitFor();
    expect(await page.locator('#review').count()).toBe(0);
  });

  test('a halt turns the form off for everybody, and an admin resumes', async () => {
    const desk = await openDesk();
    const { page } = await visitAs(browser(), desk, 'admin');
    const other = await visit(browser(), desk.url);
    await logIn(other.page, 'trader');
    await page.locator('button.halt').click();
    await page.getByText('It stays so after a restart of the console.').waitFor();
    await page.locator('#reason').fill('lunch');
    await page.keyboard.press('Enter');
    await page.getByText('Halted', { exact: true }).waitFor();
    await other.page.getByText('Halted', { exact: true }).waitFor();
    await other.page.locator('#review:disabled').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.keyboard.press('Enter');
    await other.page.locator('#review:not(:disabled)').waitFor();
  });
});
