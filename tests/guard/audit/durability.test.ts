import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifyAudit } from '../../../src/guard/audit/verify.js';
import { AUDIT, MemoryFiles, TestClock, openAudit, systemError } from './support.js';
import type { Unsynced } from './support.js';

const LEFTOVERS: readonly Unsynced[] = ['nothing', 'half', 'all'];

/** A disk at some moment, and the orders that had left by then. */
interface Cut {
  readonly disk: MemoryFiles;
  readonly left: readonly string[];
  readonly at: string;
}

/** Writes the audit's files to a real folder, because `verifyAudit` reads those. */
async function verifyDisk(disk: MemoryFiles): Promise<Awaited<ReturnType<typeof verifyAudit>>> {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const paths: string[] = [];
  for (const name of disk.auditFiles()) {
    const path = join(folder, name.replaceAll('/', '_'));
    await writeFile(path, disk.current.get(name)?.current ?? '');
    paths.push(path);
  }
  return verifyAudit(paths);
}

/** Three starts with orders and results, small files and a torn end, and the disk before each of its calls. */
async function everyCut(unsynced: Unsynced): Promise<readonly Cut[]> {
  const files = new MemoryFiles();
  files.put(AUDIT, '{"seq":1,"ti');
  const left: string[] = [];
  const cuts: Cut[] = [];
  files.fault = ({ name, path }) => {
    cuts.push({ disk: files.afterPowerLoss(unsynced), left: [...left], at: `${name} ${path}` });
    return undefined;
  };
  for (let start = 0; start < 3; start++) {
    const log = await openAudit(files, { rotate: { bytes: 1000, day: false } });
    for (let order = 0; order < 2; order++) {
      const ids = [`${start}-${order}-a`, `${start}-${order}-b`];
      await Promise.all(
        ids.map(async (id) => {
          await log.append({ kind: 'decided', outcome: 'passed', function: 'send_order', id });
          left.push(id);
          log.note({ kind: 'result', outcome: 'sent', id });
        }),
      );
    }
    await log.close();
  }
  return cuts;
}

/** One of those cuts that left the same disk: the last, when most orders had left. */
function differing(cuts: readonly Cut[]): readonly Cut[] {
  const keyOf = ({ disk }: Cut): string =>
    [...disk.current].map(([path, { current }]) => `${path}\n${current.toString('latin1')}`).join('\n');
  return [...new Map(cuts.map((cut) => [keyOf(cut), cut])).values()];
}

describe('a power loss', () => {
  test.each(LEFTOVERS)('leaves the line of each order that left, at every call (unsynced: %s)', async (unsynced) => {
    const cuts = await everyCut(unsynced);
    expect(cuts.length).toBeGreaterThan(100);
    for (const { disk, left, at } of cuts) {
      const text = disk.auditText();
      const lost = left.filter((id) => !text.includes(`"id":"${id}"`));
      expect({ at, lost }).toEqual({ at, lost: [] });
    }
  });

  test.each(LEFTOVERS)('is gone on from, at every call (unsynced: %s)', async (unsynced) => {
    for (const { disk, left, at } of differing(await everyCut(unsynced))) {
      const log = await openAudit(disk);
      await log.append({ kind: 'decided', id: 'after' });
      await log.close();
      const verdict = await verifyDisk(disk);
      expect({ at, result: verdict.result, what: verdict.what }).toMatchObject({ at, result: 'ok' });
      const text = disk.auditText();
      expect(left.filter((id) => !text.includes(`"id":"${id}"`))).toEqual([]);
    }
  });
});

describe('what a crash tore off', () => {
  const torn = Buffer.from([0x7b, 0, 0xff, 0x22, 0x73]);

  test.each(['power', 'kill'])('is kept, whatever moment of the repair the next crash comes in (%s)', async (how) => {
    const files = new MemoryFiles();
    const first = await openAudit(files);
    await first.append({ kind: 'decided', id: 'one' });
    await first.close();
    const whole = files.text(AUDIT);
    files.put(AUDIT, Buffer.concat([Buffer.from(whole), torn]));
    const disks: MemoryFiles[] = [];
    files.fault = () => {
      disks.push(how === 'kill' ? files.afterKill() : files.afterPowerLoss('half'));
      return undefined;
    };
    await openAudit(files);
    expect(disks.length).toBeGreaterThan(10);
    for (const disk of disks) {
      const log = await openAudit(disk);
      await log.close();
      const text = disk.text(AUDIT);
      expect(text.startsWith(whole)).toBe(true);
      expect(text).toContain(`"bytes":"${torn.toString('base64')}"`);
      expect(await verifyDisk(disk)).toMatchObject({ result: 'ok' });
    }
  });

  test('is kept in parts when it is long', async () => {
    const files = new MemoryFiles();
    const long = Buffer.alloc(500_000, 'x');
    files.put(AUDIT, long);
    await openAudit(files);
    const kept = files
      .text(AUDIT)
      .split('\n')
      .filter((line) => line.includes('"kind":"torn"'))
      .map((line) => Buffer.from((JSON.parse(line) as { bytes: string }).bytes, 'base64'));
    expect(Buffer.concat(kept).equals(long)).toBe(true);
    expect(kept.length).toBeGreaterThan(1);
    expect(await verifyDisk(files)).toMatchObject({ result: 'ok', torn: 1 });
  });
});

describe('a fault of the disk', () => {
  /** A start, four orders, a recovery; the disk fails at one call. */
  async function runWith(code: string, at: number): Promise<{ files: MemoryFiles; left: string[]; calls: number }> {
    const files = new MemoryFiles();
    const left: string[] = [];
    const clock = new TestClock();
    files.fault = ({ number }) => {
      if (number === at) throw systemError(code);
      return undefined;
    };
    const log = await openAudit(files, { clock, rotate: { bytes: 1200, day: false } }).catch(() => undefined);
    if (log === undefined) return { files, left, calls: files.calls };
    for (let order = 0; order < 4; order++) {
      const id = `order-${order}`;
      await log.append({ kind: 'decided', outcome: 'passed', id }).then(
        () => left.push(id),
        () => undefined,
      );
    }
    if (log.health !== 'ok' && log.health.failed === 'space') clock.advance(1000);
    await log.anchor();
    await log.recover('risk', 'disk replaced').catch(() => undefined);
    await log.append({ kind: 'decided', id: 'recovered' }).then(
      () => left.push('recovered'),
      () => undefined,
    );
    await log.close();
    return { files, left, calls: files.calls };
  }

  test.each(['EIO', 'ENOSPC'])('at any call loses no order that left, and leaves a chain (%s)', async (code) => {
    const { calls } = await runWith(code, 0);
    for (let at = 1; at <= calls; at++) {
      const { files, left } = await runWith(code, at);
      const text = files.auditText();
      expect({ at, lost: left.filter((id) => !text.includes(`"id":"${id}"`)) }).toEqual({ at, lost: [] });
      const verdict = await verifyDisk(files);
      if (verdict.lines > 0)
        expect({ at, what: verdict.what, result: verdict.result }).toMatchObject({ at, result: 'ok' });
    }
  });

  test('of a flush may take lines that were not flushed, and no others', async () => {
    const files = new MemoryFiles();
    const log = await openAudit(files);
    await log.append({ kind: 'decided', id: 'left' });
    let isBad = true;
    files.fault = ({ name, path }) => {
      if (isBad && name === 'datasync' && path === AUDIT) throw systemError('EIO');
      return undefined;
    };
    await log.append({ kind: 'decided', id: 'refused' }).catch(() => undefined);
    isBad = false;
    await log.recover('risk', 'disk replaced');
    await log.close();
    const disk = files.afterPowerLoss('nothing');
    expect(await verifyDisk(disk)).toMatchObject({ result: 'ok', unflushed: [{ from: 4, to: 4 }] });
    const [failed = ''] = disk.auditFiles();
    disk.put(failed, disk.text(failed).split('\n').slice(0, 2).join('\n') + '\n');
    expect(await verifyDisk(disk)).toMatchObject({ damage: 'lost' });
  });

  test('short writes are gone on with', async () => {
    const files = new MemoryFiles();
    files.fault = ({ name }) => (name === 'write' ? 7 : undefined);
    const log = await openAudit(files);
    await log.append({ kind: 'decided', id: 'one' });
    await log.close();
    expect(await verifyDisk(files)).toMatchObject({ result: 'ok' });
    expect(files.auditText()).toContain('"id":"one"');
  });
});
