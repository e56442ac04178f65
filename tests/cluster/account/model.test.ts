import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EDGES, Play, stories } from './model.js';
import type { Act, Trouble } from './model.js';

const RUNS = 150;

async function played(story: readonly Act[], trouble: Trouble = {}): Promise<Play> {
  const play = new Play(trouble);
  await play.run(story);
  return play;
}

/** Keys that were executed more than once. */
function repeated({ executions }: Play): readonly string[] {
  const keys = executions.map(({ key }) => key);
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}

/** Tenures whose epoch is not greater than that of the one before. */
function falling(tenures: Play['tenures']): readonly number[] {
  return tenures.map(({ epoch }) => epoch).filter((epoch, index, all) => epoch <= (all[index - 1] ?? 0));
}

test('one holder at an instant, epochs that grow, one execution a key, none without lease or after its deadline', async () => {
  let executed = 0;
  let tenures = 0;
  await fc.assert(
    fc.asyncProperty(stories(), async (story) => {
      const play = await played(story);
      expect(play.doubles).toEqual([]);
      expect(falling(play.tenures)).toEqual([]);
      expect(repeated(play)).toEqual([]);
      for (const { holder, boot, late } of play.executions) {
        expect(holder).toBe(boot);
        expect(late).toBeLessThan(0);
      }
      executed += play.executions.length;
      tenures += play.tenures.length;
    }),
    { numRuns: RUNS },
  );
  // The stories are about something.
  expect(executed).toBeGreaterThan(RUNS / 2);
  expect(tenures).toBeGreaterThan(RUNS * 1.2);
});

test('a store that grants every lease: one execution a key all the same, and none after its deadline', async () => {
  await fc.assert(
    fc.asyncProperty(stories(), async (story) => {
      const play = await played(story, { isSplit: true });
      expect(repeated(play)).toEqual([]);
      for (const { late } of play.executions) expect(late).toBeLessThan(0);
    }),
    { numRuns: RUNS },
  );
});

test('a store that puts old leases and records back: one execution a key, and epochs of an edge that grow', async () => {
  await fc.assert(
    fc.asyncProperty(stories({ losesStreams: true }), async (story) => {
      const play = await played(story, { losesStreams: true });
      expect(repeated(play)).toEqual([]);
      for (const { late } of play.executions) expect(late).toBeLessThan(0);
      for (const name of EDGES) expect(falling(play.tenures.filter(({ edge }) => edge === name))).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});
