/**
 * vnpy's own applications, unmodified, on `vnpy-bridge serve --simulate`: CTA, spread, algo and OptionMaster. `make apps` runs them for
 * a minute, `npm run soak:apps` for an hour.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startProgram } from './cli-support.js';
import { APP_VENVS, runAppDesk } from './support/app-desk.js';

const SECONDS = process.env['SOAK'] === 'full' ? 3600 : 60;

const ANYWHERE = 'tcp://127.0.0.1:*';

test.each(['4.5', '4.4'] as const)(
  'CTA, spread, algo and OptionMaster of vnpy %s run on the simulated market',
  async (vnpy) => {
    const folder = mkdtempSync(join(tmpdir(), 'simulated-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const fees = join(folder, 'fees.json');
    writeFileSync(fees, JSON.stringify({ 'rb.SHFE': { ofTurnover: 0.0001 }, 'IF.CFFEX': { ofTurnover: 0.000023 } }));
    const server = startProgram([
      ...['serve', '--simulate', '--json', '--rate', '5', '--option-chains', '--close-by-day', '--fees', fees],
      ...['--request', ANYWHERE, '--subscribe', ANYWHERE, '--subscribe-pair', ANYWHERE],
    ]);
    const [line] = await server.waitFor('stdout', /^\{"ready":true.*\}$/m);
    const { request, subscribe, subscribePair } = JSON.parse(line) as Readonly<Record<string, string>>;
    const publish = vnpy === '4.5' ? subscribe : subscribePair;

    const seen = await runAppDesk(
      APP_VENVS[vnpy],
      'simulated_desk.py',
      ['--request', request ?? '', '--publish', publish ?? '', '--seconds', `${SECONDS}`],
      onTestFinished,
    );
    // Its standard error has the log lines of vnpy, too, with those orders that it had no money for.
    expect(seen).toMatchObject({
      ...{ done: true, alive: true, errors: expect.not.stringContaining('Traceback') as string },
      spread: { net_pos: 2 },
    });
    expect(seen).not.toHaveProperty('thread_died');
    const { cta, algo, option } = seen as {
      readonly cta: { readonly turns: number; readonly bars: number };
      readonly algo: { readonly done: number };
      readonly option: { readonly options: number; readonly strikes: number; readonly impv: readonly number[] };
    };
    expect(cta.turns).toBeGreaterThan(SECONDS / 10);
    // Three days of a market that never closes.
    expect(cta.bars).toBeGreaterThanOrEqual(3 * 1440);
    expect(algo.done).toBeGreaterThanOrEqual(2);
    expect(option).toMatchObject({ options: 22, strikes: 11 });
    // The simulation's volatility of 0.2 by calendar days is another one by vnpy's 240 trading days.
    for (const impv of option.impv) expect(Math.abs(impv - 0.2)).toBeLessThan(0.05);
  },
  (SECONDS + 180) * 1000,
);
