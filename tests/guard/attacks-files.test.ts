/**
 * What others may do to the files of a guard that serves: a policy that is put in place of the good one changes nothing, and an
 * audit that is not the guard's own is never written.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Guard } from 'vnpy-bridge/guard';
import { CancelRequest, Exchange } from 'vnpy-bridge/vnpy';
import { order } from '../vnpy/support.js';
import { front, good, policyOf, QUIET } from './attack-support.js';
import type { Front, RawClient } from './attack-support.js';

const PATIENCE = { timeout: 30_000 };

/** Rights of files are otherwise on Windows, and tested in policy/windows-rights. */
const isPosix = process.platform !== 'win32';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'guard-attack-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

function write(path: string, content: string | object): void {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
}

/** The policy with everything allowed that an attacker wants, and one fault. */
const wanted = (more: object): object => ({
  ...policyOf({ trader: { symbols: ['*'], gateways: ['*'], limits: { orderVolume: 1_000_000 } } }),
  ...more,
});

const WANTED = JSON.stringify(wanted({}));

const inLimits = (value: string): string => WANTED.replace('"orderVolume":1000000', `"orderVolume":${value}`);

describe('a policy that is put in place while the guard serves', () => {
  interface Stage extends Front {
    readonly path: string;
    readonly home: string;
    readonly desk: RawClient;
  }

  async function served(): Promise<Stage> {
    const home = folder();
    const path = join(home, 'guard.json');
    write(path, policyOf());
    const stage = await front(path);
    return { ...stage, path, home, desk: await stage.connect() };
  }

  async function expectRefused({ guard, engine, desk: client }: Stage): Promise<void> {
    await vi.waitFor(() => {
      expect(guard.status().policy.error).toEqual(expect.any(String));
    }, PATIENCE);
    expect(guard.status().policy.generation).toBe(1);
    expect(await client.call('send_order', [good({ volume: 11 }), 'CTP'])).toEqual([true, '']);
    expect(await client.call('send_order', [good({ volume: 10 }), 'CTP'])).toEqual([true, 'CTP.1']);
    expect(engine.requests).toHaveLength(1);
  }

  test.each<readonly [string, string | object]>([
    ['a limit of 0', inLimits('0')],
    ['a limit below 0', inLimits('-1')],
    ['an infinite limit', inLimits('1e999')],
    ['a limit with too many digits', inLimits('1000000.00000000000001')],
    ['a number as a text', inLimits('"1000000"')],
    ['NaN', inLimits('NaN')],
    ['null', inLimits('null')],
    ['the same limit twice', inLimits('1,"orderVolume":1000000')],
    ['the same role twice', WANTED.replace('"roles":{', '"roles":{"trader":{"functions":["*"]},')],
    ['a comment', `${WANTED}// it is all right`],
    ['something behind its end', `${WANTED}{}`],
    ['half of it', WANTED.slice(0, -20)],
    ['nothing', ''],
    ['roles that extend one another', wanted({ roles: { a: { extends: ['b'] }, b: { extends: ['a'] } } })],
    ['a member that is not known', wanted({ limitz: {} })],
    ['a role of the name __proto__', WANTED.replace('"viewer":', '"__proto__":')],
    ['objects in each other', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['more than 10 MB', `${WANTED}${' '.repeat(10_000_001)}`],
    ['a pattern bomb in a wrong place', wanted({ zone: '*'.repeat(100_000) })],
    ['one key for two principals', wanted({ principals: { a: { plainUser: 'x', roles: [] }, b: { plainUser: 'x', roles: [] } } })], // prettier-ignore
  ])('with %s', async (_name, text) => {
    const stage = await served();
    write(stage.path, text);
    await expectRefused(stage);
  });

  test.each([
    ['with a byte order mark', `\uFEFF${WANTED}`],
    ['with lines of Windows', JSON.stringify(JSON.parse(WANTED), undefined, 2).replaceAll('\n', '\r\n')],
    ['with patterns of many stars', JSON.stringify(wanted({ roles: { trader: { functions: ['*'], symbols: ['*a'.repeat(60), '*'] }, viewer: {} } }))], // prettier-ignore
  ])('%s is a policy', async (_name, text) => {
    const stage = await served();
    write(stage.path, text);
    await vi.waitFor(() => {
      expect(stage.guard.status().policy.generation).toBe(2);
    }, PATIENCE);
    const symbol = 'a'.repeat(900);
    expect(await stage.desk.call('send_order', [good({ symbol }), 'CTP'])).toEqual([true, '']);
    expect(await stage.desk.call('send_order', [good({ volume: 11 }), 'CTP'])).toEqual([true, 'CTP.1']);
  });

  test.skipIf(!isPosix)('that others may write', async () => {
    const stage = await served();
    writeFileSync(`${stage.path}.new`, WANTED);
    chmodSync(`${stage.path}.new`, 0o666);
    renameSync(`${stage.path}.new`, stage.path);
    await expectRefused(stage);
  });

  test.skipIf(!isPosix)('in a folder into which others may write', async () => {
    const stage = await served();
    chmodSync(stage.home, 0o777);
    write(stage.path, WANTED);
    await expectRefused(stage);
    chmodSync(stage.home, 0o700);
  });

  test.skipIf(!isPosix)('as a link to a file that others may write', async () => {
    const stage = await served();
    const elsewhere = join(folder(), 'theirs.json');
    writeFileSync(elsewhere, WANTED);
    chmodSync(elsewhere, 0o666);
    symlinkSync(elsewhere, `${stage.path}.new`);
    renameSync(`${stage.path}.new`, stage.path);
    await expectRefused(stage);
  });

  test.skipIf(!isPosix)('as a FIFO, or as a folder', async () => {
    const stage = await served();
    execFileSync('mkfifo', [`${stage.path}.new`]);
    renameSync(`${stage.path}.new`, stage.path);
    await expectRefused(stage);
    unlinkSync(stage.path);
    mkdirSync(stage.path);
    expect(await stage.desk.call('send_order', [good({ volume: 11 }), 'CTP'])).toEqual([true, '']);
    expect(stage.guard.status().policy.generation).toBe(1);
  });

  test('that is swapped again and again while it is read is never half of one', async () => {
    const stage = await served();
    const bad = inLimits('0');
    const reloads = (): number => {
      const { taken, refused } = stage.guard.status().policy.reloads;
      return taken + refused;
    };
    for (let swap = 0; swap < 200; swap++) {
      // In place, and by a rename: both at once.
      writeFileSync(stage.path, swap % 2 === 0 ? bad : bad.slice(0, bad.length / 2));
      write(`${stage.path}.new`, bad);
      renameSync(`${stage.path}.new`, stage.path);
      if (swap % 50 === 0) expect((await stage.desk.call('send_order', [good({ volume: 11 }), 'CTP']))[1]).toBe('');
    }
    await vi.waitFor(() => {
      expect(reloads()).toBeGreaterThan(0);
    }, PATIENCE);
    await expectRefused(stage);
  });
});

describe('an audit', () => {
  const audited = (): object => policyOf({ more: { audit: 'audit.jsonl' } });

  test.skipIf(!isPosix).each<readonly [string, (path: string, elsewhere: string) => void]>([
    ['a link', (path, elsewhere) => { symlinkSync(elsewhere, path); }], // prettier-ignore
    ['a link to nothing', (path, elsewhere) => { symlinkSync(`${elsewhere}.not`, path); }], // prettier-ignore
    ['a second name of a file', (path, elsewhere) => { linkSync(elsewhere, path); }], // prettier-ignore
    ['a FIFO', (path) => execFileSync('mkfifo', [path])],
    ['a folder', (path) => { mkdirSync(path); }], // prettier-ignore
    ['a file that others may write', (path) => { writeFileSync(path, ''); chmodSync(path, 0o666); }], // prettier-ignore
    ['a device', (path) => { symlinkSync('/dev/null', path); }], // prettier-ignore
  ])('at whose path lies %s is not written, and no guard begins', async (_name, put) => {
    const home = folder();
    const elsewhere = join(folder(), 'passwd');
    writeFileSync(elsewhere, 'root\n', { mode: 0o600 });
    write(join(home, 'guard.json'), audited());
    put(join(home, 'audit.jsonl'), elsewhere);
    await expect(Guard.open(join(home, 'guard.json'), { logger: QUIET })).rejects.toThrow();
    expect(readFileSync(elsewhere, 'utf8')).toBe('root\n');
  });

  test('of a guard that lives has no second writer', async () => {
    const home = folder();
    write(join(home, 'guard.json'), audited());
    write(join(home, 'other.json'), audited());
    const guard = await Guard.open(join(home, 'guard.json'), { logger: QUIET });
    onTestFinished(() => guard.close());
    // Another policy has a state of its own, and the same audit.
    await expect(Guard.open(join(home, 'other.json'), { logger: QUIET })).rejects.toThrow(/in use|another/i);
  });

  test.skipIf(!isPosix).each<readonly [string, (path: string) => void]>([
    ['deleted', unlinkSync],
    ['moved away', (path) => { renameSync(path, `${path}.old`); }], // prettier-ignore
    ['replaced', (path) => { writeFileSync(`${path}.new`, ''); renameSync(`${path}.new`, path); }], // prettier-ignore
  ])('that is %s while the guard serves: orders stop, cancels and queries go on', async (_name, spoil) => {
    const home = folder();
    write(join(home, 'guard.json'), audited());
    const stage = await front(join(home, 'guard.json'));
    const client = await stage.connect();
    expect(await client.call('send_order', [good(), 'CTP'])).toEqual([true, 'CTP.1']);
    stage.engine.orders.push(order('1', { volume: 1 }));
    spoil(join(home, 'audit.jsonl'));
    await vi.waitFor(async () => {
      expect(await client.call('send_order', [good(), 'CTP'])).toEqual([true, '']);
    }, PATIENCE);
    const sent = stage.engine.requests.length;
    expect(await client.call('send_order', [good(), 'CTP'])).toEqual([true, '']);
    expect(stage.engine.requests).toHaveLength(sent);
    expect(client.logs.at(-1)).toContain('[audit]');
    const cancel = new CancelRequest({ orderid: '1', symbol: 'rb2705', exchange: Exchange.SHFE });
    expect(await client.call('cancel_order', [cancel, 'CTP'])).toEqual([true, null]);
    expect(stage.engine.cancels).toHaveLength(1);
    expect((await client.call('get_all_contracts', []))[0]).toBe(true);
    expect(stage.guard.audit?.health).not.toBe('ok');
  });

  test('takes a reference with newlines and a megabyte of it as one line', async () => {
    const home = folder();
    write(join(home, 'guard.json'), audited());
    const stage = await front(join(home, 'guard.json'));
    const client = await stage.connect();
    const forgery = '\n{"seq":99,"kind":"decided","outcome":"passed"}\n';
    for (const reference of [forgery, '\u2028\u0085\r', 'x'.repeat(2 ** 20)])
      await client.call('send_order', [good({ reference, volume: 11 }), 'CTP']);
    await stage.guard.close();
    const text = readFileSync(join(home, 'audit.jsonl'), 'utf8');
    const lines = text.trimEnd().split(/[\n\r\u2028\u0085]/);
    const entries = lines.map((line) => JSON.parse(line) as { readonly seq: number; readonly reference?: string });
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.find(({ reference }) => reference === forgery)).toBeDefined();
    expect(statSync(join(home, 'audit.jsonl')).size).toBeLessThan(20_000);
  });
});
