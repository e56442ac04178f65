import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventFilter } from '../../../src/cluster/client/event-filter.js';
import type { Message } from '../../../src/cluster/transport/transport.js';
import type { Welcome } from '../../../src/cluster/wire/hello.js';
import { PICKLED_EVENT, writePrefixed } from '../../../src/cluster/wire/prefix.js';
import type { EventPrefix } from '../../../src/cluster/wire/prefix.js';

// Who may publish as an edge can publish any number. A client may be lied to then, but never be deaf without knowing it.

const EDGE = 7;
const SESSION: Welcome = { edge: 'e1', boot: 1, epoch: 5, seq: 10, session: 1, wall: 0 };

function message(seq: number, more: Partial<EventPrefix> = {}): Message {
  const prefix = { encoding: PICKLED_EVENT, edge: EDGE, boot: 1, epoch: 5, seq, time: 0, ...more };
  return { subject: 's', payload: writePrefixed(prefix, new Uint8Array(1)), headers: {}, reply: undefined };
}

function begun(): EventFilter {
  const filter = new EventFilter();
  filter.begin(SESSION, EDGE);
  return filter;
}

/** What a client does with it: `seq` is handed on, `?` is compared. */
function hear(filter: EventFilter, seq: number, more: Partial<EventPrefix> = {}): string {
  const arrived = filter.event(message(seq, more));
  if (arrived === undefined) return 'dropped';
  const missed = arrived.missed > 0 ? `?${arrived.missed}` : '';
  return `${arrived.accepted === undefined ? '' : arrived.accepted.prefix.seq}${missed}`;
}

describe('numbers of events', () => {
  test('in order are handed on, and a gap is compared', () => {
    const filter = begun();
    expect([11, 12, 15].map((seq) => hear(filter, seq))).toEqual(['11', '12', '15?2']);
  });

  test('that somebody else has published ahead do not silence the edge', () => {
    const filter = begun();
    expect(hear(filter, 1_000_000)).toBe('1000000?999989');
    expect(hear(filter, 11)).toBe('?1');
    expect([12, 13].map((seq) => hear(filter, seq))).toEqual(['12', '13']);
  });

  test('that somebody else has published just before the edge lead to a comparison', () => {
    const filter = begun();
    expect([11, 11, 12].map((seq) => hear(filter, seq))).toEqual(['11', '?1', '12']);
  });

  test('ahead are found by the next hello, when the edge is silent', () => {
    const filter = begun();
    hear(filter, 1_000_000);
    expect(filter.published(10, 12)).toBe(1);
    expect(hear(filter, 13)).toBe('13');
  });

  test('of another edge, run or lease are dropped and counted', () => {
    const filter = begun();
    expect(hear(filter, 11, { edge: 8 })).toBe('dropped');
    expect(hear(filter, 900, { boot: 2 })).toBe('dropped');
    expect(hear(filter, 900, { epoch: 6 })).toBe('dropped');
    expect(filter.counts.stale).toBe(3);
    expect(hear(filter, 11)).toBe('11');
  });

  test('a tick ahead silences no symbol', () => {
    const filter = begun();
    const seen = [1, 2, 5000, 3, 4, 5].map((seq) => filter.tick(message(seq))?.prefix.seq);
    expect(seen).toEqual([1, 2, 5000, undefined, 4, 5]);
  });
});

/** What happens on the way: the edge publishes, of which some is lost; somebody else publishes in its name; the client says hello. */
type Step = 'published' | 'lost' | 'hello' | { readonly forged: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant('published' as const) },
  { weight: 2, arbitrary: fc.constant('lost' as const) },
  { weight: 2, arbitrary: fc.constant('hello' as const) },
  { weight: 2, arbitrary: fc.record({ forged: fc.integer({ min: 0, max: 60 }) }) },
);

interface Run {
  /** Events of the edge that were not handed on, and after which nothing was compared. */
  readonly silent: ReadonlySet<number>;
  readonly comparisons: number;
  /** Of those, right at an event of the edge that was not handed on. */
  readonly atOnce: boolean;
}

function run(steps: readonly Step[]): Run {
  const filter = begun();
  let seq = SESSION.seq;
  let atHello = seq;
  let comparisons = 0;
  let atOnce = true;
  const silent = new Set<number>();
  const forged: number[] = [];
  const compared = (missed: number): void => {
    if (missed === 0) return;
    comparisons++;
    silent.clear();
  };
  for (const each of steps) {
    if (each === 'hello') {
      compared(filter.published(atHello, seq));
      atHello = seq;
    } else if (each === 'lost') {
      silent.add(++seq);
    } else if (each === 'published') {
      const arrived = filter.event(message(++seq));
      if (arrived?.accepted === undefined && arrived?.missed === 0) atOnce = false;
      if (arrived?.accepted === undefined) silent.add(seq);
      compared(arrived?.missed ?? 0);
    } else {
      compared(filter.event(message(each.forged))?.missed ?? 0);
      forged.push(each.forged);
    }
  }
  // Up to a forged number that the edge has reached, numbers tell nothing of what is lost: the client has compared when it came.
  const known = Math.max(0, ...forged.filter((number) => number <= seq));
  return { silent: new Set([...silent].filter((lost) => lost > known)), comparisons, atOnce };
}

test('whatever is lost or forged, two hellos later all that was not handed on was compared', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { silent, atOnce } = run([...steps, 'hello', 'hello']);
      expect([...silent]).toEqual([]);
      expect(atOnce).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('nothing is compared where nothing was lost or forged', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom<Step>('published', 'hello'), { maxLength: 60 }), (steps) => {
      expect(run(steps).comparisons).toBe(0);
    }),
  );
});
