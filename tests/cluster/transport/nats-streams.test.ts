/** What may be asked twice is asked again, and what stores is not: servers that choose a leader drop requests. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ClusterTransportError } from 'vnpy-bridge/cluster';
import type { SystemMessage } from '../../../src/cluster/transport/nats-session.js';
import { NatsStreams } from '../../../src/cluster/transport/nats-streams.js';
import type { StreamsLink } from '../../../src/cluster/transport/nats-streams.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A server that drops the first requests whose subject has this in it, and tells which came. */
class Dropping {
  readonly asked: string[] = [];
  readonly streams: NatsStreams;

  constructor(dropped: number, part: string, answer: (subject: string) => object) {
    const link: Partial<StreamsLink> = {
      ask: (subject, _payload, timeout) => {
        this.asked.push(subject);
        const count = this.asked.filter((each) => each.includes(part)).length;
        if (!subject.includes(part) || count > dropped) return Promise.resolve(message(subject, answer(subject)));
        return new Promise((_resolve, reject) => {
          setTimeout(() => {
            reject(new ClusterTransportError('TIMEOUT', `no answer from ${subject}`));
          }, timeout);
        });
      },
    };
    this.streams = new NatsStreams(link as StreamsLink, []);
  }
}

function message(subject: string, body: object): SystemMessage {
  const payload = Buffer.from(JSON.stringify(body));
  return { subject, payload, headers: {}, reply: undefined, system: { 'Nats-Sequence': '7' } };
}

test('reading is asked again until the timeout of the caller', async () => {
  const server = new Dropping(2, 'NAMES', () => ({ streams: ['LOG'] }));
  const found = server.streams.last('log.one', 5000);
  await vi.advanceTimersByTimeAsync(2500);
  expect(await found).toMatchObject({ seq: 7 });
  const names = '$JS.API.STREAM.NAMES';
  expect(server.asked).toEqual([names, names, names, '$JS.API.DIRECT.GET.LOG.log.one']);
  expect(vi.getTimerCount()).toBe(2); // Those of the two that were dropped.
});

test('nobody is asked after the timeout, which is the code then', async () => {
  const server = new Dropping(Infinity, 'NAMES', () => ({}));
  const found = expect(server.streams.last('log.one', 2500)).rejects.toMatchObject({ code: 'TIMEOUT' });
  await vi.advanceTimersByTimeAsync(2500);
  await found;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.asked).toHaveLength(3);
});

test('a reading is made anew each time, because a dead server may have got the first', async () => {
  const server = new Dropping(2, 'CREATE', (subject) =>
    subject.includes('NAMES') ? { streams: ['LOG'] } : { name: subject.split('.')[5], num_pending: 0 },
  );
  const end = (async () => {
    for await (const each of server.streams.history('log.>', 1, 5000)) expect.fail(each.subject);
  })();
  await vi.advanceTimersByTimeAsync(2500);
  await end;
  const readings = server.asked.filter((subject) => subject.includes('CREATE')).map((subject) => subject.split('.')[5]);
  expect(new Set(readings).size).toBe(3);
  expect(server.asked.at(-1)).toBe(`$JS.API.CONSUMER.DELETE.LOG.${readings[2] ?? ''}`);
});

test('what stores is asked once: nobody knows whether the first has arrived', async () => {
  const server = new Dropping(1, 'log.one', () => ({ seq: 1 }));
  const stored = expect(server.streams.append('log.one', Buffer.from('1'), { timeout: 5000 })).rejects.toMatchObject({
    code: 'TIMEOUT',
  });
  await vi.advanceTimersByTimeAsync(60_000);
  await stored;
  expect(server.asked).toEqual(['log.one']);
});
