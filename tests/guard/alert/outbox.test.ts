import { expect, test } from 'vitest';
import { Outbox } from '../../../src/guard/alert/outbox.js';
import type { Poster } from '../../../src/guard/alert/outbox.js';
import { robotOf } from '../../../src/guard/alert/robots.js';
import { alertOf, TestClock, turns } from './support.js';

interface Posted {
  readonly at: number;
  readonly dropped: number;
  readonly alerts: readonly { readonly details: { readonly key: string }; readonly count: number }[];
}

type Reply = { readonly status: number; readonly body: string } | Error | Promise<never>;

const TAKEN = { status: 200, body: '{"errcode":0}' };

/** An outbox whose posts are answered by `reply`, and what it has posted. */
function outbox(reply: (count: number) => Reply = () => TAKEN): {
  readonly clock: TestClock;
  readonly outbox: Outbox;
  readonly posted: Posted[];
  readonly logged: string[];
  /** Keys and numbers, message by message. */
  readonly told: () => readonly string[];
} {
  const clock = new TestClock();
  const posted: Posted[] = [];
  const logged: string[] = [];
  const log = (line: string): void => void logged.push(line);
  const poster: Poster = async (_url, body) => {
    posted.push({ at: clock.ms, ...(JSON.parse(body) as Omit<Posted, 'at'>) });
    const answer = await reply(posted.length);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const json = robotOf('json', 'https://example.com/secret-token', undefined);
  const wecom = robotOf('wecom', 'https://example.com/secret-token', undefined);
  const made = new Outbox({
    shownAs: 'example.com',
    // The bodies of one, because they are easy to read, and the verdicts of the other.
    robot: { post: json.post, verdict: wecom.verdict },
    envelope: { name: 'here', language: 'en' },
    clock,
    poster,
    logger: { debug: log, info: log, warn: log, error: log },
    masked: (text) => text.replaceAll('secret-token', '…'),
    reasonOf: String,
  });
  const told = (): readonly string[] =>
    posted.map(({ alerts }) => alerts.map(({ details: { key }, count }) => `${key}:${count}`).join(' '));
  return { clock, outbox: made, posted, logged, told };
}

test('what comes in one turn is one message, and the next follows no faster than 20 a minute', async () => {
  const { clock, outbox: box, posted, told } = outbox();
  box.push(alertOf('a'));
  box.push(alertOf('b'));
  await turns();
  expect(told()).toEqual(['a:1 b:1']);
  for (let number = 0; number < 200; number++) {
    box.push(alertOf(`c${number}`));
    await clock.pass(300);
  }
  const [first] = posted;
  expect(posted.filter(({ at }) => at - (first?.at ?? 0) < 60_000).length).toBeLessThanOrEqual(20);
  const keys = posted.flatMap(({ alerts }) => alerts.map(({ details }) => details.key));
  await clock.pass(10_000);
  expect(new Set(keys).size).toBe(keys.length);
  expect(told().join(' ').split(' ')).toHaveLength(202);
});

test('what repeats is folded, and told with its number when five minutes are over', async () => {
  const { clock, outbox: box, told } = outbox();
  for (let number = 0; number < 4; number++) box.push(alertOf('a'));
  await clock.pass(0);
  expect(told()).toEqual(['a:4']);
  for (let number = 0; number < 5; number++) {
    await clock.pass(10_000);
    box.push(alertOf('a'));
  }
  expect(told()).toEqual(['a:4']);
  await clock.pass(250_000);
  expect(told()).toEqual(['a:4', 'a:5']);
  // Nothing more came: nothing more is told.
  await clock.pass(900_000);
  expect(told()).toEqual(['a:4', 'a:5']);
  box.push(alertOf('a'));
  await clock.pass(0);
  expect(told()).toEqual(['a:4', 'a:5', 'a:1']);
});

test('what is over and comes again is told at once, and the last of a message is how it is', async () => {
  const { clock, outbox: box, told } = outbox();
  const down = alertOf('down', { ends: ['up'] });
  const up = alertOf('up', { ends: ['down'] });
  box.push(down);
  await clock.pass(4000);
  box.push(up);
  await clock.pass(4000);
  box.push(down);
  await clock.pass(4000);
  expect(told()).toEqual(['down:1', 'up:1', 'down:1']);
  // All in one pause between two messages.
  box.push(up);
  box.push(down);
  box.push(up);
  box.push(down);
  await clock.pass(4000);
  expect(told().at(-1)).toBe('up:2 down:2');
});

test('what a robot cannot take now waits, longer each time, and is logged once', async () => {
  const {
    clock,
    outbox: box,
    posted,
    logged,
    told,
  } = outbox((count) => (count <= 3 ? new Error('no way to secret-token') : TAKEN));
  box.push(alertOf('a'));
  await clock.pass(0);
  box.push(alertOf('b'));
  box.push(alertOf('a'));
  await clock.pass(60_000);
  expect(told()).toEqual(['a:1', 'b:1 a:2', 'b:1 a:2', 'b:1 a:2']);
  const gaps = posted.slice(1).map(({ at }, index) => at - (posted[index]?.at ?? 0));
  expect(gaps).toEqual([3100, 3100, 4000]);
  expect(logged).toEqual([
    'alerts: example.com does not take them: Error: no way to …',
    'alerts: example.com takes them again',
  ]);
});

test('a robot that answers 200 with an error code has not taken it: three tries, logged once', async () => {
  const {
    clock,
    outbox: box,
    logged,
    told,
    posted,
  } = outbox((count) =>
    count <= 3 ? { status: 200, body: '{"errcode":93000,"errmsg":"invalid webhook url"}' } : TAKEN,
  );
  box.push(alertOf('a'));
  await clock.pass(60_000);
  expect(told()).toEqual(['a:1', 'a:1', 'a:1']);
  expect(logged).toEqual(['alerts: example.com does not take them: errcode 93000: invalid webhook url']);
  box.push(alertOf('b'));
  await clock.pass(60_000);
  expect(told().at(-1)).toBe('b:1');
  expect(posted.at(-1)?.dropped).toBe(1);
  expect(logged.at(-1)).toBe('alerts: example.com takes them again');
});

test('too much now is no refusal: it is tried until it is an hour old', async () => {
  const {
    clock,
    outbox: box,
    told,
  } = outbox((count) =>
    count < 12 ? { status: 200, body: '{"errcode":45009,"errmsg":"api freq out of limit"}' } : TAKEN,
  );
  box.push(alertOf('a'));
  await clock.pass(1_800_000);
  expect(told().length).toBeGreaterThan(11);
  const old = outbox(() => new Error('away'));
  old.outbox.push(alertOf('a'));
  await old.clock.pass(3_700_000);
  const { length } = old.posted;
  await old.clock.pass(3_700_000);
  expect(old.posted).toHaveLength(length);
});

test('of too many the oldest that are not critical go, and the next message says how many', async () => {
  const { clock, outbox: box, posted } = outbox();
  box.push(alertOf('first'));
  await turns();
  box.push(alertOf('halt', { severity: 'critical' }));
  for (let number = 0; number < 300; number++) box.push(alertOf(`n${number}`));
  await clock.pass(3100);
  expect(posted[1]?.dropped).toBe(101);
  const keys = posted[1]?.alerts.map(({ details }) => details.key) ?? [];
  expect(keys).toHaveLength(200);
  expect(keys[0]).toBe('halt');
  expect(keys.at(-1)).toBe('n299');
  box.push(alertOf('later'));
  await clock.pass(3100);
  expect(posted[2]?.dropped).toBe(0);
});

test('the end tries once more what waits, and does not wait for a robot that is silent', async () => {
  const { clock, outbox: box, told } = outbox();
  box.push(alertOf('a'));
  await turns();
  box.push(alertOf('b'));
  box.push(alertOf('a'));
  await box.close(3000);
  expect(told()).toEqual(['a:1', 'b:1 a:1']);
  box.push(alertOf('c'));
  await clock.pass(10_000);
  expect(told()).toHaveLength(2);

  const silent = outbox(() => new Promise<never>(() => undefined));
  silent.outbox.push(alertOf('a'));
  await turns();
  const closing = silent.outbox.close(3000);
  await silent.clock.pass(3000);
  await closing;
});
