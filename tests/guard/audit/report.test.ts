import { describe, expect, test } from 'vitest';
import { Direction, Exchange, Offset, OrderData, OrderType } from 'vnpy-bridge/vnpy';
import type { AuditEntry, AuditLine } from '../../../src/guard/audit/entry.js';
import { auditReport } from '../../../src/guard/audit/report.js';

function order(orderid: string, more: { volume?: number; reference?: string } = {}): OrderData {
  return new OrderData({
    gateway_name: 'CTP',
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    orderid,
    type: OrderType.LIMIT,
    direction: Direction.LONG,
    offset: Offset.OPEN,
    price: 3500,
    volume: 1,
    ...more,
  });
}

function lines(...entries: readonly AuditEntry[]): readonly AuditLine[] {
  return entries.map((entry, index) => ({ seq: index + 1, time: '2026-11-29T12:00:00.000000Z', prev: '', ...entry }));
}

const decided = (id: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  kind: 'decided',
  function: 'send_order',
  outcome: 'passed',
  id,
  vt_symbol: 'rb2705.SHFE',
  volume: 1,
  price: 3500,
  reference: `ref-${id}`,
  ...more,
});
const sent = (id: string): AuditEntry => ({ kind: 'result', outcome: 'sent', id, vt_orderid: `CTP.${id}` });

describe('a day beside the server', () => {
  test('each order is in its place', async () => {
    const report = await auditReport(
      lines(
        decided('same'),
        sent('same'),
        decided('more', { volume: 2 }),
        sent('more'),
        decided('missing'),
        sent('missing'),
        decided('lost'),
        decided('found'),
        { kind: 'result', outcome: 'unknown', id: 'found' },
        decided('withdrawn'),
        { kind: 'withdrawn', id: 'withdrawn' },
        decided('late'),
        { kind: 'result', outcome: 'unknown', id: 'late' },
        { kind: 'reconciled', outcome: 'sent', id: 'late', vt_orderid: 'CTP.late' },
        decided('no', { outcome: 'refused', rule: 'orderVolume' }),
        decided('no2', { outcome: 'refused', rule: 'orderVolume' }),
        { kind: 'decided', function: 'cancel_order', outcome: 'passed', id: 'cancel' },
      ),
      [order('same'), order('more'), order('x', { reference: 'ref-found' }), order('late'), order('gui')],
      '2026-11-29',
    );
    expect(report).toMatchObject({ day: '2026-11-29', same: 3, refused: { orderVolume: 2 } });
    expect(report.differing.map(({ audit, fields }) => [audit.id, fields])).toEqual([['more', ['volume']]]);
    expect(report.onlyInAudit.map(({ id }) => id)).toEqual(['missing']);
    expect(report.unknown.map(({ id }) => id)).toEqual(['lost']);
    expect(report.foreign.map(({ vt_orderid }) => vt_orderid)).toEqual(['CTP.gui']);
  });

  test('a reference of several orders finds none of them', async () => {
    const twice = [order('1', { reference: 'strategy' }), order('2', { reference: 'strategy' })];
    const report = await auditReport(lines(decided('lost', { reference: 'strategy' })), twice, 'today');
    expect([report.unknown.length, report.foreign.length]).toEqual([1, 2]);
  });
});
