import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPattern, isSubject, matches, overlap } from '../../../src/cluster/transport/patterns.js';
import { Subjects } from '../../../src/cluster/wire/subjects.js';
import type { ParsedSubject, StreamKind } from '../../../src/cluster/wire/subjects.js';

const subjects = new Subjects('desk');
const NAME = fc.string({ unit: 'binary', maxLength: 20 });

/** Every kind of subject with names, and what it means. */
function all(of: Subjects, one: string, two: string, three: string): readonly (readonly [string, ParsedSubject])[] {
  return [
    [of.tick(one, two, three), { kind: 'md', account: one, exchange: two, symbol: three }],
    [of.event(one, two, three), { kind: 'ev', account: one, principal: two, event: three }],
    [of.beat(one, two), { kind: 'beat', account: one, edge: two }],
    [of.call('cmd', one, two, three), { kind: 'cmd', account: one, principal: two, method: three }],
    [of.call('q1', one, two, three), { kind: 'q1', account: one, principal: two, method: three }],
    [of.call('q', one, two, three), { kind: 'q', account: one, principal: two, method: three }],
    [of.order(one, two), { kind: 'ordlog', account: one, key: two }],
    [of.lease(one), { kind: 'lease', account: one }],
    [of.account(one), { kind: 'acct', account: one }],
    [of.log(one, two), { kind: 'log', host: one, program: two }],
  ];
}

test('subjects have the layout that others may rely on', () => {
  expect(all(subjects, 'simnow', 'SHFE', 'rb2401').map(([subject]) => subject)).toEqual([
    'vb1.desk.md.simnow.SHFE.rb2401',
    'vb1.desk.ev.simnow.SHFE.rb2401',
    'vb1.desk.beat.simnow.SHFE',
    'vb1.desk.cmd.simnow.SHFE.rb2401',
    'vb1.desk.q1.simnow.SHFE.rb2401',
    'vb1.desk.q.simnow.SHFE.rb2401',
    'vb1.desk.ordlog.simnow.SHFE',
    'vb1.desk.lease.simnow',
    'vb1.desk.acct.simnow',
    'vb1.desk.log.simnow.SHFE',
  ]);
});

test('what a subject means is read from it, whatever the names', () => {
  fc.assert(
    fc.property(NAME, NAME, NAME, NAME, (cluster, one, two, three) => {
      const of = new Subjects(cluster);
      for (const [subject, meaning] of all(of, one, two, three)) {
        expect(isSubject(subject)).toBe(true);
        expect(of.parse(subject)).toEqual(meaning);
        expect(new Subjects(`${cluster}x`).parse(subject)).toBeUndefined();
      }
    }),
  );
});

test('a pattern stands for what is of its account or principal, and for nothing else', () => {
  fc.assert(
    fc.property(NAME, NAME, NAME, NAME, (account, other, two, three) => {
      const rows: readonly (readonly [string, string, string])[] = [
        [subjects.ticks(account), subjects.tick(account, two, three), subjects.tick(other, two, three)],
        [subjects.ticks(two, account), subjects.tick(two, account, three), subjects.tick(two, other, three)],
        [subjects.events(two, account), subjects.event(two, account, three), subjects.event(two, other, three)],
        [subjects.beats(account), subjects.beat(account, two), subjects.beat(other, two)],
        [
          subjects.calls('cmd', account),
          subjects.call('cmd', account, two, three),
          subjects.call('cmd', other, two, three),
        ],
        [
          subjects.calls('q', two, account),
          subjects.call('q', two, account, three),
          subjects.call('q', two, other, three),
        ],
        [subjects.orders(account), subjects.order(account, two), subjects.order(other, two)],
      ];
      for (const [pattern, ours, theirs] of rows) {
        expect(isPattern(pattern)).toBe(true);
        expect(matches(pattern, ours)).toBe(true);
        expect(matches(pattern, theirs)).toBe(account === other);
      }
      expect(matches(subjects.beats(), subjects.beat(account, two))).toBe(true);
      expect(matches(subjects.leases(), subjects.lease(account))).toBe(true);
      expect(matches(subjects.accounts(), subjects.account(account))).toBe(true);
      expect(matches(subjects.orders(), subjects.order(account, two))).toBe(true);
      expect(matches(subjects.logs(), subjects.log(account, two))).toBe(true);
      expect(overlap(subjects.calls('cmd', account), subjects.orders())).toBe(false);
    }),
  );
});

test.each([
  '',
  'vb1',
  'vb1.desk',
  'vb1.desk.md',
  'vb1.desk.md.a.b',
  'vb1.desk.md.a.b.c.d',
  'vb1.desk.md.a..c',
  'vb1.desk.md.a.b.=41',
  'vb1.desk.what.a.b.c',
  'vb1.desk.toString.a',
  'vb2.desk.md.a.b.c',
  'vb1.desk2.md.a.b.c',
  '_IN.desk.1',
])('%j means nothing', (subject) => {
  expect(subjects.parse(subject)).toBeUndefined();
});

test('any text is read without an error', () => {
  const texts = fc
    .array(fc.oneof(NAME, fc.constantFrom('vb1', 'desk', 'md', 'ordlog', '*', '>', '=')))
    .map((each) => each.join('.'));
  fc.assert(
    fc.property(texts, (text) => {
      expect(() => subjects.parse(text)).not.toThrow();
    }),
  );
});

test('names of streams are allowed ones, and of their cluster alone', () => {
  const kinds: readonly StreamKind[] = ['ORDLOG', 'LEASE', 'ACCT', 'LAST', 'LOG'];
  fc.assert(
    fc.property(NAME, NAME, (one, two) => {
      const [ours, theirs] = [new Subjects(one), new Subjects(two)];
      for (const kind of kinds) {
        expect(ours.stream(kind)).toMatch(/^[-_=a-zA-Z0-9]+$/);
        expect(ours.stream(kind) === theirs.stream(kind)).toBe(one === two);
      }
      expect(new Set(kinds.map((kind) => ours.stream(kind))).size).toBe(kinds.length);
    }),
  );
  expect(subjects.stream('ORDLOG')).toBe('VB1_desk_ORDLOG');
});
