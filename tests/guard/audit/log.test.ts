import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { AuditHealth } from '../../../src/guard/audit/health.js';
import type { AuditLine } from '../../../src/guard/audit/entry.js';
import { hashOf } from '../../../src/guard/audit/line.js';
import { AUDIT, FOLDER, MemoryFiles, TestClock, openAudit, systemError } from './support.js';
import { deferred } from '../../support/deferred.js';

function linesOf(text: string): readonly AuditLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditLine);
}

function kindsOf(text: string): readonly string[] {
  return linesOf(text).map(({ kind }) => kind);
}

describe('the lines', () => {
  test('are a chain of hashes over stored bytes, from a line of zeros on', async () => {
    const files = new MemoryFiles();
    const log = await openAudit(files, { start: { policy: 'abc' } });
    await log.append({ kind: 'decided', id: 'a', principal: 'desk-1' });
    await log.close();
    const stored = files.text(AUDIT).trimEnd().split('\n');
    const lines = linesOf(files.text(AUDIT));
    expect(lines.map(({ kind }) => kind)).toEqual(['start', 'anchor', 'decided', 'stop', 'anchor']);
    expect(lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(lines[0]).toMatchObject({ prev: '0'.repeat(64), policy: 'abc', time: '2026-11-29T12:00:00.000000Z' });
    expect(lines.slice(1).map(({ prev }) => prev)).toEqual(stored.slice(0, -1).map((line) => hashOf(line)));
  });

  test('of 64 orders at once share flushes', async () => {
    const files = new MemoryFiles();
    const log = await openAudit(files);
    const before = log.stats.flushes;
    await Promise.all(Array.from({ length: 64 }, (_, index) => log.append({ kind: 'decided', id: String(index) })));
    expect(log.stats.flushes - before).toBeLessThanOrEqual(2);
    expect(linesOf(files.text(AUDIT)).filter(({ kind }) => kind === 'decided')).toHaveLength(64);
  });

  test('that come during a flush wait for the next', async () => {
    const files = new MemoryFiles();
    const log = await openAudit(files);
    const gate = deferred<undefined>();
    let syncs = 0;
    files.fault = ({ name }) => {
      if (name !== 'datasync') return undefined;
      syncs++;
      return syncs === 1 ? gate.promise : undefined;
    };
    const order: string[] = [];
    const first = log.append({ kind: 'decided', id: 'first' }).then(() => order.push('first'));
    while (syncs === 0) await setImmediate();
    const second = log.append({ kind: 'decided', id: 'second' }).then(() => order.push('second'));
    await setImmediate();
    expect(order).toEqual([]);
    gate.resolve(undefined);
    await Promise.all([first, second]);
    expect([order, syncs]).toEqual([['first', 'second'], 2]);
  });

  test('have an anchor every 1,000 lines and every 60 s, signed, here and elsewhere', async () => {
    const files = new MemoryFiles();
    const clock = new TestClock();
    const log = await openAudit(files, { clock, key: 'audit.key', anchors: ['file:/other/anchors'] });
    for (let index = 0; index < 1000; index++) log.note({ kind: 'result', id: String(index) });
    await log.append({ kind: 'decided' });
    clock.advance(60_000);
    await log.append({ kind: 'decided' });
    await log.close();
    const anchors = linesOf(files.text(AUDIT)).filter(({ kind }) => kind === 'anchor');
    expect(anchors).toHaveLength(4);
    const elsewhere = files
      .text('/other/anchors')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(elsewhere).toEqual(anchors.map(({ signed, signature, key }) => ({ signed, signature, key })));
    expect(files.current.get(`${FOLDER}/audit.key`)?.mode).toBe(0o600);
    expect(files.text(`${FOLDER}/audit.key.pub`)).toBe(log.publicKey);
  });

  test('go on in a new file of the next day, with the chain', async () => {
    const files = new MemoryFiles();
    const clock = new TestClock();
    const log = await openAudit(files, { clock, rotate: { bytes: 1e8, day: true } });
    await log.append({ kind: 'decided', id: 'today' });
    clock.advance(24 * 3_600_000);
    await log.append({ kind: 'decided', id: 'tomorrow' });
    // Back over midnight: no file of yesterday is begun again.
    clock.set(clock.micros() - 24 * 3_600_000_000);
    await log.append({ kind: 'decided', id: 'back' });
    await log.close();
    const names = files.auditFiles();
    expect(names).toHaveLength(2);
    const [old = '', current = ''] = names.map((name) => files.text(name));
    expect(kindsOf(old).slice(-2)).toEqual(['anchor', 'rotated']);
    expect(linesOf(current)[0]).toMatchObject({
      kind: 'continued',
      from: names[0]?.slice(FOLDER.length + 1),
      prev: hashOf(old.trimEnd().split('\n').at(-1) ?? ''),
    });
    expect(current).toContain('"back"');
  });
});

describe('a hostile entry', () => {
  test.each<[string, unknown, unknown]>([
    ['a newline', 'a\nb\r{"seq":1}', 'a\nb\r{"seq":1}'],
    ['line separators', 'a\u2028b\u2029c\u0085d', 'a\u2028b\u2029c\u0085d'],
    ['a lone surrogate', 'a\ud800b', 'a\ud800b'],
    ['a terminal sequence', '\u001b[2J\u009b1m', '\u001b[2J\u009b1m'],
    ['a text that runs backwards', 'a\u202eb', 'a\u202eb'],
    ['a bigint', 2n ** 70n, { $bigint: String(2n ** 70n) }],
    ['NaN', Number.NaN, { $float: 'NaN' }],
    ['an infinity', -Infinity, { $float: '-Infinity' }],
    ['minus zero', -0, { $float: '-0' }],
    ['bytes', Uint8Array.of(1, 255), { $bytes: 'Af8=' }],
    ['an own __proto__', JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
    ['holes', [1, , 2], [1, null, 2]], // eslint-disable-line no-sparse-arrays -- it is what is tested
    ['a function', () => 1, { $text: '[function]' }],
    ['null and undefined in it', { a: null, b: undefined }, { a: null, b: null }],
  ])('with %s is one line, and reads as it was', async (_name, value, read) => {
    const files = new MemoryFiles();
    const log = await openAudit(files);
    await log.append({ kind: 'decided', value });
    const text = files.text(AUDIT);
    const line = text.trimEnd().split('\n').at(-1) ?? '';
    // eslint-disable-next-line no-control-regex -- none may be there
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e\ud800-\udfff]/);
    expect((JSON.parse(line) as AuditLine)['value']).toEqual(read);
    expect(text.trimEnd().split(/[\n\r\u2028\u2029\u0085]/)).toHaveLength(3);
  });

  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  const deep: unknown[] = [];
  let inner = deep;
  for (let depth = 0; depth < 10_000; depth++) inner.push((inner = []));
  const wide = (depth: number): unknown => (depth === 0 ? '' : Array.from({ length: 200 }, () => wide(depth - 1)));
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const throwing = Object.defineProperty({}, 'a', {
    enumerable: true,
    get: () => {
      throw new Error('no');
    },
  });

  test.each<[string, unknown]>([
    ['a megabyte of text', '\u0001'.repeat(2 ** 20)],
    ['a cycle', cycle],
    ['a deep list', deep],
    ['many lists', wide(3)],
    ['a revoked proxy', proxy],
    ['a getter that throws', throwing],
    ['many members', Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, 'x'.repeat(100)]))],
  ])('with %s is a line of bounded length', async (_name, value) => {
    const files = new MemoryFiles();
    const log = await openAudit(files);
    await log.append({ kind: 'decided', id: 'x', value });
    const line = files.text(AUDIT).trimEnd().split('\n').at(-1) ?? '';
    expect(Buffer.byteLength(line)).toBeLessThan(2 ** 20);
    expect(JSON.parse(line)).toMatchObject({ kind: 'decided' });
  });

  test('cannot name its own place', async () => {
    const files = new MemoryFiles();
    const log = await openAudit(files);
    await log.append({ kind: 'decided', seq: 99, time: 'x', prev: 'y' });
    expect(linesOf(files.text(AUDIT)).at(-1)).toMatchObject({ seq: 3, kind: 'decided' });
  });
});

describe('without space', () => {
  test.each(['ENOSPC', 'EDQUOT', 'EFBIG'])(
    'orders are refused and notes kept, until there is space again (%s)',
    async (code) => {
      const files = new MemoryFiles();
      const clock = new TestClock();
      const states: AuditHealth[] = [];
      const emergency: string[] = [];
      const log = await openAudit(files, {
        clock,
        anchors: ['log'],
        onState: (state) => states.push(state),
        emergency: (line) => emergency.push(line),
      });
      let isFull = true;
      let taken = 20;
      files.fault = ({ name }) => {
        if (name !== 'write' || !isFull) return undefined;
        if (taken === 0) throw systemError(code);
        taken = 0;
        return 20;
      };
      await expect(log.append({ kind: 'decided', id: 'one' })).rejects.toMatchObject({ code: 'DOWN' });
      expect(log.health).toMatchObject({ failed: 'space' });
      await expect(log.append({ kind: 'decided', id: 'two' })).rejects.toThrow(/no space/);
      log.note({ kind: 'decided', function: 'cancel_order', id: 'cancel' });
      expect(emergency.join()).toContain('"id":"cancel"');
      clock.advance(1000);
      await log.anchor();
      expect(log.health).toMatchObject({ failed: 'space' });
      isFull = false;
      clock.advance(1000);
      await log.anchor();
      expect(log.health).toBe('ok');
      await log.append({ kind: 'decided', id: 'three' });
      await log.close();
      const ids = linesOf(files.text(AUDIT)).flatMap(({ id }) => id ?? []);
      expect(ids).toEqual(['cancel', 'three']);
      expect(states.map((state) => (state === 'ok' ? state : state.failed))).toEqual(['space', 'ok']);
    },
  );

  test('it opens, and begins when there is space', async () => {
    const files = new MemoryFiles();
    const clock = new TestClock();
    let isFull = true;
    files.fault = ({ name }) => {
      if (isFull && name === 'write') throw systemError('ENOSPC');
      return undefined;
    };
    const log = await openAudit(files, { clock });
    expect(log.health).toMatchObject({ failed: 'space' });
    isFull = false;
    clock.advance(1000);
    await log.anchor();
    expect(log.health).toBe('ok');
    expect(kindsOf(files.text(AUDIT))).toContain('start');
  });

  test('what is kept has a bound, and the number of lines beyond it is written', async () => {
    const files = new MemoryFiles();
    const clock = new TestClock();
    let isFull = false;
    files.fault = ({ name }) => {
      if (isFull && name === 'write') throw systemError('ENOSPC');
      return undefined;
    };
    const log = await openAudit(files, { clock });
    isFull = true;
    await log.append({ kind: 'decided' }).catch(() => undefined);
    for (let index = 0; index < 20_500; index++) log.note({ kind: 'result', id: String(index) });
    isFull = false;
    clock.advance(1000);
    await log.anchor();
    const lines = linesOf(files.text(AUDIT));
    expect(lines.filter(({ kind }) => kind === 'result')).toHaveLength(20_000);
    expect(lines.find(({ kind }) => kind === 'lost')).toMatchObject({ lines: 500 });
  });
});

describe('a failure that lasts', () => {
  test('after a refused flush nothing more goes to that file, and a person begins a new one', async () => {
    const files = new MemoryFiles();
    const log = await openAudit(files);
    let writes = 0;
    let isBad = true;
    files.fault = ({ name, path }) => {
      if (path !== AUDIT) return undefined;
      if (name === 'datasync' && isBad) throw systemError('EIO');
      if (name === 'write') writes++;
      return undefined;
    };
    await expect(log.append({ kind: 'decided', id: 'one' })).rejects.toThrow(/flush/);
    expect([log.health, writes]).toMatchObject([{ failed: 'flush' }, 1]);
    log.note({ kind: 'result', id: 'kept' });
    await log.anchor();
    expect(writes).toBe(1);
    isBad = false;
    await log.recover('risk-1', 'new disk');
    expect(log.health).toBe('ok');
    await log.close();
    const [failed = '', current = ''] = files.auditFiles();
    expect(failed).toMatch(/\.failed\.jsonl$/);
    const lines = linesOf(files.text(current));
    expect(lines[0]).toMatchObject({ kind: 'recovered', synced: { seq: 2 }, written: { seq: 3 }, seq: 4 });
    expect(lines.find(({ id }) => id === 'kept')).toBeDefined();
    expect(lines.find(({ who }) => who === 'risk-1')).toMatchObject({ reason: 'new disk' });
  });

  test('a restart after it leaves that file alone as well', async () => {
    const files = new MemoryFiles();
    const log = await openAudit(files);
    let isBad = true;
    files.fault = ({ name, path }) => {
      if (isBad && name === 'datasync' && path === AUDIT) throw systemError('EIO');
      return undefined;
    };
    await log.append({ kind: 'decided', id: 'one' }).catch(() => undefined);
    await log.close();
    isBad = false;
    await openAudit(files);
    expect(kindsOf(files.text(AUDIT))[0]).toBe('recovered');
  });

  test.each<[string, (files: MemoryFiles) => void, RegExp]>([
    [
      'deleted',
      (files) => {
        files.delete(AUDIT);
      },
      /deleted or moved/,
    ],
    [
      'moved',
      (files) => {
        const inode = files.current.get(AUDIT);
        if (inode !== undefined) files.current.set('/elsewhere', inode);
        files.current.delete(AUDIT);
      },
      /deleted or moved/,
    ],
    [
      'replaced',
      (files) => {
        files.put(AUDIT, 'other');
      },
      /replaced/,
    ],
    [
      'written by another program',
      (files) => {
        const inode = files.current.get(AUDIT);
        if (inode !== undefined) inode.current = Buffer.concat([inode.current, Buffer.from('x')]);
      },
      /another program/,
    ],
  ])('a file that was %s is found at the next anchor', async (_name, change, text) => {
    const files = new MemoryFiles();
    const clock = new TestClock();
    const log = await openAudit(files, { clock });
    change(files);
    clock.advance(60_000);
    await log.anchor();
    expect(log.health).toMatchObject({ failed: 'moved', reason: expect.stringMatching(text) as string });
    await log.recover('risk-1', 'put back');
    expect(log.health).toBe('ok');
    expect(linesOf(files.text(AUDIT))[0]).toMatchObject({ kind: 'recovered', seq: 3 });
  });

  test('a file that was deleted takes no order that comes a second later', async () => {
    const files = new MemoryFiles();
    const clock = new TestClock();
    const log = await openAudit(files, { clock });
    await log.append({ kind: 'decided' });
    files.delete(AUDIT);
    clock.advance(1000);
    await expect(log.append({ kind: 'decided' })).rejects.toThrow(/deleted or moved/);
  });

  test('a stall refuses until it ends', async () => {
    const files = new MemoryFiles();
    const clock = new TestClock();
    const log = await openAudit(files, { clock });
    const gate = deferred<undefined>();
    const reached = deferred<undefined>();
    files.fault = ({ name }) => {
      if (name !== 'datasync') return undefined;
      reached.resolve(undefined);
      return gate.promise;
    };
    const held = log.append({ kind: 'decided', id: 'held' });
    await reached.promise;
    clock.advance(249);
    expect(log.health).toBe('ok');
    clock.advance(2);
    expect(log.health).toMatchObject({ failed: 'stalled' });
    await expect(held).rejects.toMatchObject({ code: 'DOWN' });
    await expect(log.append({ kind: 'decided' })).rejects.toMatchObject({ code: 'DOWN' });
    log.note({ kind: 'withdrawn', id: 'held' });
    gate.resolve(undefined);
    await log.anchor();
    expect(log.health).toBe('ok');
    await log.append({ kind: 'decided', id: 'next' });
    expect(linesOf(files.text(AUDIT)).flatMap(({ id }) => id ?? [])).toEqual(['held', 'held', 'next']);
  });

  test('close does not wait for ever for a disk that does not answer', async () => {
    const files = new MemoryFiles();
    const clock = new TestClock();
    let released = 0;
    const release = (): Promise<void> => {
      released++;
      return Promise.resolve();
    };
    const log = await openAudit(files, { clock, lock: () => Promise.resolve({ release }) });
    files.fault = ({ name }) => (name === 'datasync' ? new Promise<undefined>(() => undefined) : undefined);
    const closed = log.close();
    await setImmediate();
    clock.advance(5000);
    await closed;
    // A write of this one may still come: no other process may have the file.
    expect(released).toBe(0);
    await expect(log.append({ kind: 'decided' })).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('a place elsewhere that fails stops no order, and is told', async () => {
    const files = new MemoryFiles();
    const problems: string[] = [];
    files.fault = ({ path }) => {
      if (path === '/other/anchors') throw systemError('EIO');
      return undefined;
    };
    const log = await openAudit(files, { anchors: ['file:/other/anchors'], onProblem: (text) => problems.push(text) });
    await log.append({ kind: 'decided' });
    for (let count = 0; count < 3; count++) await log.anchor();
    await log.close();
    expect(log.health).toBe('ok');
    expect(problems).toEqual([expect.stringContaining('/other/anchors')]);
  });
});

describe('what lies at its path', () => {
  test('a file whose end is no line is not written to', async () => {
    const files = new MemoryFiles();
    files.put(AUDIT, 'hello\n');
    await expect(openAudit(files)).rejects.toMatchObject({ code: 'UNREADABLE' });
    expect(files.text(AUDIT)).toBe('hello\n');
  });

  test('neither is one that others may write, or a directory, or one with two names', async () => {
    for (const change of [{ mode: 0o622 }, { isFile: false }]) {
      const files = new MemoryFiles();
      files.put(AUDIT, '');
      Object.assign(files.current.get(AUDIT) ?? {}, change);
      await expect(openAudit(files)).rejects.toMatchObject({ code: 'UNSAFE' });
    }
    const files = new MemoryFiles();
    files.put(AUDIT, '');
    const inode = files.current.get(AUDIT);
    if (inode !== undefined) files.current.set('/elsewhere', inode);
    await expect(openAudit(files)).rejects.toThrow(/hard links/);
  });
});
