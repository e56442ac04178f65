/**
 * What can cost money in a cluster, with real servers: a round or two of each row of `npm run chaos -- cluster`, which plays many.
 * Times of lease and beats are a tenth of those without options.
 */
import { expect, test } from 'vitest';
import type { Played } from './support/money-play.js';
import { playRow, ROWS } from './support/money-rows.js';
import { vnpyVersions } from './support/index.js';

/** Rows that need more than one round to see their kinds. */
const ROUNDS: Readonly<Record<string, number>> = { 'double order at failover': 2 };

const versions = vnpyVersions();

/** Rows whose rounds take long: they are played by `npm run chaos` alone. */
const LONG: ReadonlySet<string> = new Set([
  'halt while nobody holds',
  'partition of an edge',
  'one of three NATS servers',
]);

const rows = Object.entries(ROWS).filter(([name]) => !LONG.has(name));

test.concurrent.each(rows)('%s', async (name, row) => {
  const told: Played[] = [];
  const rounds = ROUNDS[name] ?? 1;
  const vnpy = versions[name.length % versions.length] ?? '4.5';
  const played = (_round: number, each: Played): unknown => told.push(each);
  const faults = await playRow(row, { vnpy, rounds, random: Math.random, played });
  expect({ faults, rounds: told.length }).toEqual({ faults: [], rounds });
});
