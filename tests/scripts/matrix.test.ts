import { describe, expect, test } from 'vitest';
import type { TestResult } from '../../scripts/matrix/run.js';
import { failures, libraryTable, natsTable, nodeTable, pythonTable, verdict } from '../../scripts/matrix/tables.js';
import type { Cell, Check } from '../../scripts/matrix/tables.js';

const good: TestResult = { titles: ['calls'], passed: true, message: '' };
const bad: TestResult = { titles: ['vnpy', 'events'], passed: false, message: 'one\ntwo\nthree\nfour\nfive' };

const cells: Cell[] = [
  { python: '3.9.1', vnpy: '4.4.0', node: '20.1.0', tests: [good] },
  { python: '3.12.1', vnpy: '4.4.0', node: '20.1.0', tests: [good, good] },
  { python: '3.12.1', vnpy: '4.4.0', node: '22.1.0', tests: [good, bad] },
  { python: '3.12.1', vnpy: '4.5.0', node: '20.1.0', tests: [good] },
];
const checks: Check[] = [{ subject: '20.1.0', name: 'unit tests', tests: [bad] }];

describe('the tables of the matrix', () => {
  test('one row a Python, newest first, over every Node.js; what did not install says so', () => {
    expect(pythonTable(cells, [], new Map([['3.9.1 4.5.0', 'pip says no']]))).toBe(
      [
        '| CPython | vnpy 4.5.0       | vnpy 4.4.0 |',
        '| ------- | ---------------- | ---------- |',
        '| 3.12.1  | ✓ 1              | ✗ 1 of 4   |',
        '| 3.9.1   | does not install | ✓ 1        |',
      ].join('\n'),
    );
  });

  test('one row a Node.js', () => {
    expect(nodeTable(cells, checks)).toBe(
      [
        '| Node.js | with all of the above | unit tests |',
        '| ------- | --------------------- | ---------- |',
        '| 22.1.0  | ✗ 1 of 2              |            |',
        '| 20.1.0  | ✓ 4                   | ✗ 1 of 1   |',
      ].join('\n'),
    );
  });

  test('one row a library', () => {
    const ofLibraries: Check[] = ['4.1.6', '4.2.5'].map((subject) => ({ subject, name: 'both roles', tests: [good] }));
    expect(libraryTable(ofLibraries)).toBe(
      ['| libzmq | both roles |', '| ------ | ---------- |', '| 4.2.5  | ✓ 1        |', '| 4.1.6  | ✓ 1        |'].join(
        '\n',
      ),
    );
  });

  test('one row a server of NATS', () => {
    const ofNats: Check[] = ['2.11.0', '2.15.1'].map((subject) => ({ subject, name: 'transport', tests: [good, bad] }));
    expect(natsTable(ofNats).split('\n')).toEqual([
      '| nats-server | transport |',
      '| ----------- | --------- |',
      '| 2.15.1      | ✗ 1 of 2  |',
      '| 2.11.0      | ✗ 1 of 2  |',
    ]);
  });

  test('no test at all is not a success', () => {
    expect(verdict([])).toBe('');
  });

  test('every failure with its place and the beginning of what was wrong', () => {
    expect(failures(cells, checks)).toEqual([
      'CPython 3.12.1, vnpy 4.4.0, Node.js 22.1.0: vnpy > events\n    one\n    two\n    three\n    four',
      'unit tests with 20.1.0: vnpy > events\n    one\n    two\n    three\n    four',
    ]);
  });
});
