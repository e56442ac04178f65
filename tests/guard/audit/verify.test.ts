import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditLine } from '../../../src/guard/audit/entry.js';
import { encodeFields, encodeLine, hashOf } from '../../../src/guard/audit/line.js';
import { auditLines, showAudit } from '../../../src/guard/audit/show.js';
import { verifyAudit } from '../../../src/guard/audit/verify.js';
import type { AuditVerdict, VerifyOptions } from '../../../src/guard/audit/verify.js';
import { MemoryFiles, openAudit } from './support.js';

let folder = '';
let made: { lines: readonly string[]; anchors: string; publicKey: string; hidden: MemoryFiles };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'verify-'));
  made = await makeAudit(196);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** An audit with an anchor behind each fiftieth line, and one at the end. */
async function makeAudit(orders: number): Promise<typeof made> {
  const files = new MemoryFiles();
  const log = await openAudit(files, { key: 'audit.key', anchors: ['file:/other/anchors'] });
  for (let order = 0; order < orders; order += 2) {
    await log.append({
      kind: 'decided',
      function: 'send_order',
      outcome: 'passed',
      id: `o${order}`,
      principal: 'desk-1',
    });
    log.note({ kind: 'result', outcome: 'sent', id: `o${order}`, vt_orderid: `CTP.${order}` });
    if (order % 50 === 0) await log.anchor();
  }
  await log.close();
  const lines = files.auditText().trimEnd().split('\n');
  return { lines, anchors: files.text('/other/anchors'), publicKey: log.publicKey ?? '', hidden: files };
}

let count = 0;
function fileOf(content: string | Buffer, ending = ''): string {
  const path = join(folder, `${count++}.jsonl${ending}`);
  writeFileSync(path, content);
  return path;
}

function verifyLines(lines: readonly string[], options: VerifyOptions = {}): Promise<AuditVerdict> {
  return verifyAudit([fileOf(lines.map((line) => `${line}\n`).join(''))], options);
}

function withAnchors(): VerifyOptions {
  return { publicKey: made.publicKey, anchors: [fileOf(made.anchors)] };
}

/** Writes the chain anew from a line on, as somebody without the key can. */
function rechained(lines: readonly string[], from: number): readonly string[] {
  let prev = hashOf(lines[from - 1] ?? '');
  return lines.map((text, index) => {
    if (index < from) return text;
    const own = JSON.parse(text) as AuditLine;
    // It leaves out what is the chain's own.
    const line = encodeLine(own.seq, own.time, own.kind, prev, encodeFields(own));
    prev = hashOf(line);
    return line;
  });
}

test('an audit as it was written is whole, and the verdict says what was checked', async () => {
  const chain = await verifyLines(made.lines);
  expect(chain).toMatchObject({ result: 'ok', checked: 'chain', lines: made.lines.length, completeUpTo: undefined });
  expect(chain.unknown).toContain('cannot be known');
  const signed = await verifyLines(made.lines, { publicKey: made.publicKey });
  expect(signed).toMatchObject({ result: 'ok', checked: 'chain and signatures' });
  const whole = await verifyLines(made.lines, withAnchors());
  expect(whole).toMatchObject({
    result: 'ok',
    checked: 'chain, signatures and outside anchors',
    completeUpTo: { seq: made.lines.length - 1 },
    unanswered: [],
  });
});

describe('at each of 200 lines', () => {
  const each = (damage: (lines: string[], index: number) => void, from = 0, to = 0) =>
    Array.from({ length: made.lines.length - from - to }, (_, index) => {
      const lines = [...made.lines];
      damage(lines, index + from);
      return { index: index + from, lines };
    });

  test('a changed byte is found there', async () => {
    for (const { index, lines } of each(
      (all, at) => (all[at] = (all[at] ?? '').replace(/"kind":"(.)/, '"kind":"$1x')),
    )) {
      const verdict = await verifyLines(lines);
      // Nothing follows the last one: without its anchor it is known by nothing.
      const isLast = index === lines.length - 1;
      expect({ index, result: verdict.result }).toEqual({ index, result: isLast ? 'ok' : 'broken' });
      if (!isLast) expect(verdict.where?.line).toBe(index + 1);
    }
  });

  test('a line that is none is found there, with its byte', async () => {
    for (const { index, lines } of each((all, at) => (all[at] = 'x'))) {
      const byte = lines.slice(0, index).join('\n').length + (index > 0 ? 1 : 0);
      expect(await verifyLines(lines)).toMatchObject({ damage: 'changed', where: { line: index + 1, byte } });
    }
  });

  test('a lost line is found behind it', async () => {
    for (const { index, lines } of each((all, at) => all.splice(at, 1), 1, 1)) {
      const verdict = await verifyLines(lines);
      expect(verdict).toMatchObject({ damage: 'lost', where: { line: index + 1 } });
      expect(verdict.what).toContain(`line ${index + 1} is missing`);
    }
  });

  test('two swapped lines are found', async () => {
    for (const { index, lines } of each((all, at) => all.splice(at, 2, all[at + 1] ?? '', all[at] ?? ''), 1, 1))
      expect(await verifyLines(lines)).toMatchObject({ damage: 'reordered', where: { line: index + 1 } });
  });

  test('a line that is there twice is found', async () => {
    for (const { index, lines } of each((all, at) => all.splice(at, 0, all[at] ?? '')))
      expect(await verifyLines(lines)).toMatchObject({ damage: 'duplicated', where: { line: index + 2 } });
  });

  test('a chain written anew from there is found by the signatures, or by anchors kept elsewhere', async () => {
    for (const { index, lines } of each(
      (all, at) => (all[at] = (all[at] ?? '').replace(/"kind":"(decided|result)"/, '"kind":"$1","forged":true')),
      0,
      1,
    )) {
      if (!lines[index]?.includes('forged')) continue;
      const forged = rechained(lines, index + 1);
      expect(await verifyLines(forged, { publicKey: made.publicKey })).toMatchObject({ damage: 'signature' });
      const withoutSigned = forged.filter((line, at) => at < index || !line.includes('"kind":"anchor"'));
      const renumbered = renumber(withoutSigned, index + 1);
      expect(await verifyLines(renumbered)).toMatchObject({ result: 'ok' });
      const verdict = await verifyLines(renumbered, withAnchors());
      expect(['rewritten', 'cut']).toContain(verdict.damage);
    }
  });

  test('an end cut off there is found by anchors kept elsewhere, and else said to be unknowable', async () => {
    for (let length = 1; length < made.lines.length - 1; length++) {
      const lines = made.lines.slice(0, length);
      const bare = await verifyLines(lines, { publicKey: made.publicKey });
      expect([bare.result, bare.unknown]).toEqual(['ok', expect.stringContaining('cut off its end cannot be known')]);
      expect(await verifyLines(lines, withAnchors())).toMatchObject({ damage: 'cut', where: { line: length } });
    }
  });

  /** Numbers and chains lines anew from an index on. */
  function renumber(lines: readonly string[], from: number): readonly string[] {
    const numbered = lines.map((text, index) =>
      index < from ? text : text.replace(/^\{"seq":\d+/, `{"seq":${index + 1}`),
    );
    return rechained(numbered, from);
  }
});

describe('anchors', () => {
  test('by another key are refused, in the file and elsewhere', async () => {
    const other = await makeAudit(4);
    expect(await verifyLines(made.lines, { publicKey: other.publicKey })).toMatchObject({ damage: 'signature' });
    const foreign = { publicKey: made.publicKey, anchors: [fileOf(other.anchors)] };
    const verdict = await verifyLines(made.lines, foreign);
    expect(verdict).toMatchObject({ result: 'ok', checked: 'chain and signatures' });
    expect(verdict.what).toContain('not by the key');
  });

  test('with a field changed in the last line are refused', async () => {
    const last = made.lines.at(-1) ?? '';
    for (const changed of [last.replace('.000000Z', '.000001Z'), last.replace('"prev"', '"x":1,"prev"')])
      expect(await verifyLines([...made.lines.slice(0, -1), changed])).toMatchObject({ damage: 'signature' });
  });

  test('that are due and missing are told', async () => {
    const files = new MemoryFiles();
    const log = await openAudit(files, { key: 'audit.key' });
    await log.close();
    const lines = files.auditText().trimEnd().split('\n');
    let prev = hashOf(lines.at(-1) ?? '');
    for (let seq = lines.length + 1; seq < 2500; seq++) {
      const line = encodeLine(seq, '2026-11-29T12:00:00.000000Z', 'result', prev, '}');
      prev = hashOf(line);
      lines.push(line);
    }
    expect(await verifyLines(lines, { publicKey: log.publicKey ?? '' })).toMatchObject({ damage: 'signature' });
  });
});

describe('files', () => {
  async function rotated(): Promise<readonly string[]> {
    const files = new MemoryFiles();
    const log = await openAudit(files, { rotate: { bytes: 1200, day: false } });
    for (let order = 0; order < 20; order++) await log.append({ kind: 'decided', id: `o${order}`, outcome: 'passed' });
    await log.close();
    const names = files.auditFiles();
    expect(names.length).toBeGreaterThan(3);
    return names.map((name) => files.text(name));
  }

  test('that were rotated are one chain, in any order and compressed', async () => {
    const texts = await rotated();
    const paths = texts.map((text, index) => (index === 1 ? fileOf(gzipSync(text), '.gz') : fileOf(text)));
    expect(await verifyAudit(paths.reverse())).toMatchObject({ result: 'ok', first: { seq: 1 } });
  });

  test('of which one is missing are broken there', async () => {
    const paths = (await rotated()).map((text) => fileOf(text));
    paths.splice(1, 1);
    expect(await verifyAudit(paths)).toMatchObject({ damage: 'lost', where: { file: paths[1], line: 1, byte: 0 } });
  });

  test('of which the older were not given begin later, and that is told', async () => {
    const paths = (await rotated()).map((text) => fileOf(text)).slice(1);
    const verdict = await verifyAudit(paths);
    expect(verdict.result).toBe('ok');
    expect(verdict.first?.seq).toBeGreaterThan(1);
  });

  test('with a torn end inside of the chain are broken, and at its end not', async () => {
    const texts = await rotated();
    const last = fileOf(`${texts.at(-1) ?? ''}{"seq":`);
    expect(await verifyAudit([...texts.slice(0, -1).map((text) => fileOf(text)), last])).toMatchObject({
      result: 'ok',
      tornEnd: 7,
    });
    const paths = texts.map((text, index) => fileOf(index === 0 ? `${text}{"seq":` : text));
    expect(await verifyAudit(paths)).toMatchObject({ damage: 'torn', where: { file: paths[0] } });
  });

  test.each<[string, () => readonly string[], VerifyOptions]>([
    ['no file', () => [], {}],
    ['a missing file', () => [join(folder, 'missing')], {}],
    ['an empty file', () => [fileOf('')], {}],
    ['a folder', () => [folder], {}],
    ['a key that is none', () => [fileOf('')], { publicKey: 'x' }],
    ['a damaged compressed file', () => [fileOf(Buffer.from('no gzip'), '.gz')], {}],
  ])('%s cannot be read, which is no damage', async (_name, files, options) => {
    const verdict = await verifyAudit(files(), options);
    expect([verdict.result, verdict.damage]).toEqual(['unreadable', undefined]);
  });

  test('of gigantic lines cost no memory', async () => {
    const path = fileOf(Buffer.alloc(8 * 2 ** 20, 'x'));
    expect(await verifyAudit([path])).toMatchObject({ result: 'unreadable' });
    expect(await verifyAudit([fileOf(`${'x'.repeat(3 * 2 ** 20)}\n`)])).toMatchObject({ damage: 'changed' });
  });
});

test('orders without a known end are listed, and are no damage', async () => {
  const files = new MemoryFiles();
  const log = await openAudit(files);
  const passed = { kind: 'decided', outcome: 'passed' } as const;
  for (const id of ['lost', 'unknown', 'released', 'withdrawn', 'sent']) await log.append({ ...passed, id });
  await log.append({ kind: 'decided', outcome: 'refused', id: 'refused' });
  await log.append({ ...passed, function: 'cancel_order', id: 'cancel' });
  log.note({ kind: 'result', outcome: 'unknown', id: 'unknown' });
  log.note({ kind: 'released', id: 'released' });
  log.note({ kind: 'withdrawn', id: 'withdrawn' });
  log.note({ kind: 'result', outcome: 'sent', id: 'sent' });
  await log.close();
  const verdict = await verifyAudit([fileOf(files.auditText())]);
  expect([verdict.result, verdict.unanswered]).toEqual(['ok', ['lost', 'unknown']]);
});

describe('what is shown', () => {
  async function ids(filter: Parameters<typeof auditLines>[1]): Promise<readonly (string | undefined)[]> {
    const found: (string | undefined)[] = [];
    for await (const line of auditLines([shown], filter)) found.push(`${line.kind}:${line.id ?? ''}`);
    return found;
  }
  let shown = '';

  beforeAll(async () => {
    const files = new MemoryFiles();
    const log = await openAudit(files);
    await log.append({ kind: 'decided', id: '1', principal: 'desk-1', vt_symbol: 'rb2705.SHFE', outcome: 'passed' });
    log.note({ kind: 'result', id: '1', vt_orderid: 'CTP.7', outcome: 'sent' });
    await log.append({ kind: 'decided', id: '2', principal: 'desk-2', rule: 'orderVolume', outcome: 'refused' });
    await log.close();
    shown = fileOf(`${files.auditText()}no line\n`);
  });

  test.each<[Parameters<typeof auditLines>[1], readonly string[]]>([
    [{ principal: 'desk-1' }, ['decided:1']],
    [{ rule: 'orderVolume' }, ['decided:2']],
    [{ outcome: 'sent' }, ['result:1']],
    [{ symbol: 'rb2705.SHFE' }, ['decided:1']],
    [{ kind: 'decided', day: '2026-11-29' }, ['decided:1', 'decided:2']],
    [{ kind: 'decided', day: '2026-11-30' }, []],
    [{ kind: 'decided', since: Date.UTC(2026, 10, 29, 12) }, ['decided:1', 'decided:2']],
    [{ kind: 'decided', until: Date.UTC(2026, 10, 29, 12) }, []],
    [{ order: '1' }, ['decided:1', 'result:1']],
    [{ order: 'CTP.7' }, ['result:1']],
  ])('by %o', async (filter, expected) => {
    expect(await ids(filter)).toEqual(expected);
  });

  test('goes on behind a line that cannot be read', async () => {
    const unreadable: unknown[] = [];
    for await (const one of showAudit([shown])) if ('unreadable' in one) unreadable.push(one.unreadable);
    expect(unreadable).toEqual([{ file: shown, line: 8, text: 'no line' }]);
  });
});
