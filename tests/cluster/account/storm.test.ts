import { expect, test } from 'vitest';
import { EDGES, Play } from './model.js';
import type { Act } from './model.js';
import { seededRandom } from '../../support/bytes.js';

/**
 * A storm of kills: edges that end or stand still in the middle of what they do, one after the other, and persons who give the
 * account on, while orders come all the time. The edges are in memory and have a clock of their own: processes would take an hour.
 * `npm run chaos -- cluster` plays a thousand.
 */
const { CLUSTER_KILLS: asked } = process.env;
const KILLS = Number(asked ?? 40);
/** In one cluster. What was stored is looked through from the beginning. */
const AT_ONCE = 50;

function stormOf(kills: number, random: () => number): readonly Act[] {
  const below = (most: number): number => Math.floor(random() * most);
  const acts: Act[] = [];
  let key = 0;
  const orders = (count: number): void => {
    for (let each = 0; each < count; each++) {
      // Whoever has no answer sends once more.
      const again = random() < 0.4 ? Math.max(1, key - below(8)) : ++key;
      acts.push({ kind: 'everywhere', key: again, within: 1 + below(6000) }, { kind: 'pass', ms: 1 + below(40) });
    }
  };
  for (let kill = 0; kill < kills; kill++) {
    const edge = below(EDGES.length);
    orders(2);
    acts.push({ kind: 'everywhere', key: ++key, within: 5000 }, { kind: 'pass', ms: below(4) });
    acts.push({ kind: random() < 0.6 ? 'kill' : 'freeze', edge });
    if (random() < 0.7) acts.push({ kind: 'takeover', edge: below(EDGES.length) });
    orders(1);
    acts.push({ kind: 'pass', ms: below(26_000) });
    orders(1);
    // Most come back, soon or in the middle of somebody else's tenure.
    for (const index of EDGES.keys()) {
      acts.push({ kind: random() < 0.5 ? 'thaw' : 'wake', edge: index });
      if (random() < 0.8) acts.push({ kind: 'start', edge: index });
    }
    acts.push({ kind: 'pass', ms: below(26_000) });
  }
  return acts;
}

test(`${KILLS} kills: one holder at an instant, one execution a key, and each sender is told the truth`, async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = seededRandom(seed);
  const seen = { executed: 0, tenures: 0, takeovers: 0, sent: 0 };
  for (let left = KILLS; left > 0; left -= AT_ONCE) {
    const play = new Play();
    await play.run(stormOf(Math.min(left, AT_ONCE), random));
    const { doubles, tenures, executions, told, takeovers } = play;
    const counts = new Map<string, number>();
    for (const { key } of executions) counts.set(key, (counts.get(key) ?? 0) + 1);
    const executedAt = new Map(executions.map(({ key, at }) => [key, at]));
    const lies = told.filter(({ key, outcome, isAnswer, at }) => {
      if (outcome === 'sent') return !executedAt.has(key);
      const isNo = isAnswer && (outcome === 'not-sent' || outcome === 'refused');
      return isNo && (executedAt.get(key) ?? Infinity) <= at;
    });
    expect({
      seed,
      doubles,
      twice: [...counts].filter(([, count]) => count > 1),
      falling: tenures.filter(({ epoch }, index) => epoch <= (tenures[index - 1]?.epoch ?? 0)),
      foreign: executions.filter(({ holder, boot }) => holder !== boot),
      late: executions.filter(({ late }) => late >= 0),
      lies,
    }).toEqual({ seed, doubles: [], twice: [], falling: [], foreign: [], late: [], lies: [] });
    seen.executed += executions.length;
    seen.tenures += tenures.length;
    seen.takeovers += takeovers;
    seen.sent += told.filter(({ outcome }) => outcome === 'sent').length;
  }
  if (asked !== undefined) process.stdout.write(`${KILLS} kills: ${JSON.stringify(seen)}\n`);
  // The storm is about something.
  expect(seen.executed).toBeGreaterThan(KILLS / 4);
  expect(seen.tenures).toBeGreaterThan(KILLS / 8);
}, 600_000);
