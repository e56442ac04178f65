/**
 * What every ClusterTransport does: run over the one inside a process, and over a real server.
 *
 * @module
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClusterTransportError } from 'vnpy-bridge/cluster';
import type { ClusterTransport, Message, StoredMessage, StreamPlan } from 'vnpy-bridge/cluster';
import { eventually } from '../../support/patience.js';

/** A messaging system that nobody else uses. */
export interface ContractSystem {
  connect(name: string): Promise<ClusterTransport>;
  /** Lets so many ms pass. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const TIMEOUT = 5000;
const PLAN: StreamPlan = {
  name: 'LOG',
  subjects: ['log.>'],
  description: 'what the tests store',
  storage: 'file',
  replicas: 1,
  ttls: true,
};

export function describeTransport(name: string, open: () => Promise<ContractSystem>): void {
  describe(name, () => {
    let system: ContractSystem;
    let one: ClusterTransport;
    let two: ClusterTransport;

    beforeEach(async () => {
      system = await open();
      [one, two] = [await system.connect('one'), await system.connect('two')];
    });

    afterEach(async () => {
      await Promise.all([one.close(), two.close()]);
      await system.close();
    });

    /** Texts that are heard, and the subjects. */
    function hear(transport: ClusterTransport, pattern: string, queue?: string): string[] {
      const heard: string[] = [];
      transport.subscribe(
        pattern,
        ({ subject, payload }) => heard.push(`${subject} ${text(payload)}`),
        queue === undefined ? {} : { queue },
      );
      return heard;
    }

    function answer(transport: ClusterTransport, subject: string, reply: (message: Message) => string): void {
      transport.subscribe(subject, (message) => {
        if (message.reply !== undefined) transport.publish(message.reply, bytes(reply(message)));
      });
    }

    async function flush(): Promise<void> {
      await one.flush({ timeout: TIMEOUT });
      await two.flush({ timeout: TIMEOUT });
    }

    test('says that it is connected, and to what', () => {
      expect(one.status().isConnected).toBe(true);
      expect(one.server).toMatchObject({ hasStreams: true, authRequired: false });
      expect(one.server.maxPayload).toBeGreaterThan(60_000);
      expect(one.server.address).not.toBe('');
    });

    test('messages are heard by those whose pattern stands for the subject, in order', async () => {
      const exact = hear(two, 'a.b');
      const star = hear(two, 'a.*');
      const rest = hear(two, 'a.>');
      const other = hear(two, 'b.>');
      await flush();
      for (const [subject, each] of [
        ['a.b', '1'],
        ['a.b.c', '2'],
        ['a.c', '3'],
        ['a', '4'],
        ['a.b', '5'],
      ] as const)
        one.publish(subject, bytes(each));

      await eventually(() => {
        expect(rest).toEqual(['a.b 1', 'a.b.c 2', 'a.c 3', 'a.b 5']);
      });
      expect(exact).toEqual(['a.b 1', 'a.b 5']);
      expect(star).toEqual(['a.b 1', 'a.c 3', 'a.b 5']);
      expect(other).toEqual([]);
    });

    test('a message has its headers, its payload and where an answer goes', async () => {
      const heard: Message[] = [];
      two.subscribe('a', ({ payload, ...rest }) => heard.push({ ...rest, payload: new Uint8Array(payload) }));
      await flush();
      const payload = Buffer.from([0, 255, 13, 10, 32]);
      const reply = one.inbox();
      one.publish('a', payload, { headers: { Epoch: '7', 'Vb-Key': 'a=b: c' }, reply });
      one.publish('a', new Uint8Array());
      await eventually(() => {
        expect(heard).toHaveLength(2);
      });
      expect(heard[0]).toEqual({
        subject: 'a',
        payload: new Uint8Array([0, 255, 13, 10, 32]),
        headers: { Epoch: '7', 'Vb-Key': 'a=b: c' },
        reply,
      });
      expect(heard[1]).toEqual({ subject: 'a', payload: new Uint8Array(), headers: {}, reply: undefined });
    });

    test('of a queue group one hears each message', async () => {
      const heard = [hear(one, 'work', 'group'), hear(two, 'work', 'group')];
      const all = hear(two, 'work');
      await flush();
      for (let index = 0; index < 50; index++) one.publish('work', bytes(String(index)));
      await eventually(() => {
        expect(all).toHaveLength(50);
        expect([...(heard[0] ?? []), ...(heard[1] ?? [])].sort()).toEqual([...all].sort());
      });
    });

    test('a subscription that was closed hears nothing more', async () => {
      const heard: string[] = [];
      const subscription = two.subscribe('a', ({ payload }) => {
        heard.push(text(payload));
        subscription.close();
        subscription.close();
      });
      const all = hear(two, 'a');
      await flush();
      one.publish('a', bytes('1'));
      one.publish('a', bytes('2'));
      await eventually(() => {
        expect(all).toHaveLength(2);
      });
      expect(heard).toEqual(['1']);
    });

    test('a listener that throws takes nothing from the others', async () => {
      two.subscribe('a', () => {
        throw new Error('not today');
      });
      const heard = hear(two, 'a');
      await flush();
      one.publish('a', bytes('1'));
      one.publish('a', bytes('2'));
      await eventually(() => {
        expect(heard).toEqual(['a 1', 'a 2']);
      });
    });

    test('a request gets the first answer', async () => {
      answer(two, 'q.*', ({ subject, payload, headers }) => `${subject} ${text(payload)} ${headers['Epoch'] ?? ''}`);
      await flush();
      const answers = await Promise.all(
        ['1', '2', '3'].map((each) =>
          one.request(`q.${each}`, bytes(each), { timeout: TIMEOUT, headers: { Epoch: each } }),
        ),
      );
      expect(answers.map(({ payload }) => text(payload))).toEqual(['q.1 1 1', 'q.2 2 2', 'q.3 3 3']);
    });

    test('a request that nobody hears fails at once', async () => {
      await expect(one.request('nobody', bytes('?'), { timeout: 60_000 })).rejects.toMatchObject({
        name: 'ClusterTransportError',
        code: 'NO_RESPONDERS',
      });
    });

    test('what nobody hears is told where the answer would go', async () => {
      const inbox = one.inbox();
      const heard: Message[] = [];
      one.subscribe(inbox, (message) => heard.push(message));
      await flush();
      one.publish('nobody', bytes('?'), { reply: inbox });
      await eventually(() => {
        expect(heard.map(({ headers }) => headers)).toEqual([{ Status: '503' }]);
      });
    });

    test('a request that is not answered ends in time, and a late answer is nobody’s', async () => {
      let ask: Message | undefined;
      two.subscribe('slow', (message) => {
        ask = message;
      });
      await flush();
      const asked = outcome(one.request('slow', bytes('?'), { timeout: 300 }));
      await eventually(() => {
        expect(ask).toBeDefined();
      });
      await system.pass(400);
      expect(await asked).toBe('TIMEOUT');
      two.publish(ask?.reply ?? '', bytes('too late'));
      answer(two, 'quick', () => 'here');
      await flush();
      expect(text((await one.request('quick', bytes('?'), { timeout: TIMEOUT })).payload)).toBe('here');
    });

    test('a request ends with its signal', async () => {
      two.subscribe('slow', () => undefined);
      await flush();
      const abort = new AbortController();
      const asked = outcome(one.request('slow', bytes('?'), { timeout: 60_000, signal: abort.signal }));
      abort.abort();
      expect(await asked).toBe('ABORTED');
      expect(await outcome(one.request('slow', bytes('?'), { timeout: 60_000, signal: abort.signal }))).toBe('ABORTED');
    });

    test('what is too large does not leave', async () => {
      const large = new Uint8Array(one.server.maxPayload + 1);
      expect(
        codeOf(() => {
          one.publish('a', large);
        }),
      ).toBe('TOO_LARGE');
      expect(await outcome(one.request('a', large, { timeout: TIMEOUT }))).toBe('TOO_LARGE');
      expect(await outcome(one.append('log.a', large, { timeout: TIMEOUT }))).toBe('TOO_LARGE');
      expect(one.status().isConnected).toBe(true);
    });

    test.each(['', 'a b', 'a..b', '.a', 'a.', 'a.*', 'a.>', 'a\r\nPUB b 0'])('%j is no subject', async (subject) => {
      expect(
        codeOf(() => {
          one.publish(subject, bytes(''));
        }),
      ).toBe('FAILED');
      expect(
        codeOf(() => {
          one.publish('a', bytes(''), { reply: subject });
        }),
      ).toBe('FAILED');
      expect(await outcome(one.request(subject, bytes(''), { timeout: TIMEOUT }))).toBe('FAILED');
      expect(await outcome(one.append(subject, bytes(''), { timeout: TIMEOUT }))).toBe('FAILED');
      if (!/[*>]/.test(subject)) expect(codeOf(() => one.subscribe(subject, () => undefined))).toBe('FAILED');
    });

    test('an inbox is below the prefix, and each is another', () => {
      const inboxes = [one.inbox(), one.inbox(), two.inbox(), two.inbox()];
      expect(new Set(inboxes).size).toBe(4);
      expect(inboxes[0]?.startsWith(`${one.inboxPrefix}.`)).toBe(true);
    });

    test('what was closed does nothing more', async () => {
      two.subscribe('slow', () => undefined);
      await flush();
      const asked = outcome(one.request('slow', bytes('?'), { timeout: 60_000 }));
      await one.close();
      await one.close();
      expect(await asked).toBe('CLOSED');
      expect(one.status().isConnected).toBe(false);
      expect(
        codeOf(() => {
          one.publish('a', bytes(''));
        }),
      ).toBe('CLOSED');
      expect(codeOf(() => one.subscribe('a', () => undefined))).toBe('CLOSED');
      expect(await outcome(one.request('a', bytes(''), { timeout: TIMEOUT }))).toBe('CLOSED');
      expect(await outcome(one.append('log.a', bytes(''), { timeout: TIMEOUT }))).toBe('CLOSED');
      expect(await outcome(one.last('log.a', { timeout: TIMEOUT }))).toBe('CLOSED');
      expect(await outcome(one.flush({ timeout: TIMEOUT }))).toBe('CLOSED');
    });

    describe('streams', () => {
      test('a stream is made once, and compared afterwards', async () => {
        expect(await one.ensureStream(PLAN)).toMatchObject({ ...PLAN, messages: 0, differences: [] });
        await one.append('log.a', bytes('1'), { timeout: TIMEOUT });
        expect(await two.ensureStream(PLAN)).toMatchObject({ messages: 1, differences: [] });
        const other = await two.ensureStream({ ...PLAN, subjects: ['log.>', 'more'], perSubject: 3, maxAge: 5000 });
        expect(other).toMatchObject(PLAN);
        expect(other.differences).toHaveLength(3);
        expect(other.differences.join()).toMatch(/subjects.*messages of a subject.*age/);
      });

      test('a stream has all limits of its plan', async () => {
        const plan: StreamPlan = {
          ...PLAN,
          storage: 'memory',
          perSubject: 2,
          maxAge: 3_600_000,
          maxBytes: 1_000_000,
          sealed: true,
        };
        expect(await one.ensureStream(plan)).toMatchObject({ ...plan, differences: [] });
        for (const each of ['1', '2', '3']) await one.append('log.a', bytes(each), { timeout: TIMEOUT });
        expect(texts(await collect(one.history('log.>', { timeout: TIMEOUT })))).toEqual(['log.a 2', 'log.a 3']);
      });

      test('two streams cannot have the same subjects', async () => {
        await one.ensureStream(PLAN);
        expect(await outcome(one.ensureStream({ ...PLAN, name: 'OTHER', subjects: ['log.a'] }))).toBe('FAILED');
      });

      test('streams are found by a subject that they have in common with a pattern', async () => {
        await one.ensureStream(PLAN);
        await one.ensureStream({ ...PLAN, name: 'LAST', subjects: ['md.*.x', 'quote'] });
        const found = async (pattern: string): Promise<string[]> =>
          (await two.streams(pattern)).map(({ name: each }) => each).sort();
        expect(await found('>')).toEqual(['LAST', 'LOG']);
        expect(await found('log.a')).toEqual(['LOG']);
        expect(await found('*.*.x')).toEqual(['LAST', 'LOG']);
        expect(await found('md.*.y')).toEqual([]);
        expect(await found('cmd.>')).toEqual([]);
        expect((await two.streams('quote'))[0]).toMatchObject({
          description: PLAN.description,
          subjects: ['md.*.x', 'quote'],
        });
      });

      test('nothing is stored where no stream is', async () => {
        expect(await outcome(one.append('log.a', bytes('1'), { timeout: TIMEOUT }))).toBe('NO_STREAM');
        expect(await outcome(one.last('log.a', { timeout: TIMEOUT }))).toBe('NO_STREAM');
        expect(await outcome(one.lasts(['log.a'], { timeout: TIMEOUT }))).toBe('NO_STREAM');
        expect(await outcome(collect(one.history('log.a', { timeout: TIMEOUT })))).toBe('NO_STREAM');
      });

      test('what is appended is heard, and kept with its headers', async () => {
        await one.ensureStream(PLAN);
        const heard = hear(two, 'log.>');
        await flush();
        const before = Date.now();
        const seq = await one.append('log.a', bytes('1'), { timeout: TIMEOUT, headers: { 'Vb-Key': 'k' } });
        await eventually(() => {
          expect(heard).toEqual(['log.a 1']);
        });
        const last = await two.last('log.a', { timeout: TIMEOUT });
        expect(last).toMatchObject({ subject: 'log.a', headers: { 'Vb-Key': 'k' }, seq });
        expect(text(last?.payload)).toBe('1');
        expect(Math.abs((last?.storedAt ?? 0) - before)).toBeLessThan(366 * 86_400_000);
        expect(await two.last('log.b', { timeout: TIMEOUT })).toBeUndefined();
      });

      test('what is published is kept, too', async () => {
        await one.ensureStream(PLAN);
        one.publish('log.a', bytes('1'));
        await flush();
        await happens(async () => text((await two.last('log.a', { timeout: TIMEOUT }))?.payload) === '1');
      });

      test('who expected another last message stores nothing', async () => {
        await one.ensureStream(PLAN);
        const first = await one.append('log.a', bytes('1'), { timeout: TIMEOUT, expectedLast: 0 });
        expect(await outcome(two.append('log.a', bytes('x'), { timeout: TIMEOUT, expectedLast: 0 }))).toBe('CONFLICT');
        // Another subject is another sequence.
        await two.append('log.b', bytes('2'), { timeout: TIMEOUT, expectedLast: 0 });
        const third = await two.append('log.a', bytes('3'), { timeout: TIMEOUT, expectedLast: first });
        expect(third).toBeGreaterThan(first);
        expect(await outcome(one.append('log.a', bytes('x'), { timeout: TIMEOUT, expectedLast: first }))).toBe(
          'CONFLICT',
        );
        await one.append('log.a', bytes('4'), { timeout: TIMEOUT });
        expect(texts(await collect(two.history('log.>', { timeout: TIMEOUT })))).toEqual([
          'log.a 1',
          'log.b 2',
          'log.a 3',
          'log.a 4',
        ]);
      });

      test('one of many wins', async () => {
        await one.ensureStream(PLAN);
        const tries = Array.from({ length: 30 }, (_, index) =>
          outcome((index % 2 ? one : two).append('log.a', bytes(String(index)), { timeout: TIMEOUT, expectedLast: 0 })),
        );
        const results = await Promise.all(tries);
        expect(results.filter((each) => each === 'CONFLICT')).toHaveLength(29);
        expect(await collect(one.history('log.a', { timeout: TIMEOUT }))).toHaveLength(1);
      });

      test('a message goes after its time, and its subject is as new', async () => {
        await one.ensureStream(PLAN);
        await one.append('log.a', bytes('1'), { timeout: TIMEOUT, ttl: 1000, expectedLast: 0 });
        await one.append('log.b', bytes('2'), { timeout: TIMEOUT });
        expect(await outcome(two.append('log.a', bytes('x'), { timeout: TIMEOUT, expectedLast: 0 }))).toBe('CONFLICT');
        await happens(async () => {
          await system.pass(500);
          return (await one.last('log.a', { timeout: TIMEOUT })) === undefined;
        });
        await two.append('log.a', bytes('3'), { timeout: TIMEOUT, expectedLast: 0 });
        expect(texts(await collect(two.history('log.>', { timeout: TIMEOUT })))).toEqual(['log.b 2', 'log.a 3']);
      });

      test('a time to live may be renewed, and has to be allowed and a second at least', async () => {
        await one.ensureStream({ ...PLAN, name: 'SHORT', subjects: ['short.>'], ttls: false });
        expect(await outcome(one.append('short.a', bytes('1'), { timeout: TIMEOUT, ttl: 1000 }))).toBe('FAILED');
        await one.ensureStream(PLAN);
        expect(await outcome(one.append('log.a', bytes('1'), { timeout: TIMEOUT, ttl: 999 }))).toBe('FAILED');
        let seq = await one.append('log.a', bytes('0'), { timeout: TIMEOUT, ttl: 1000, expectedLast: 0 });
        for (let renewal = 0; renewal < 4; renewal++) {
          await system.pass(400);
          seq = await one.append('log.a', bytes(String(renewal)), { timeout: TIMEOUT, ttl: 1000, expectedLast: seq });
        }
        expect((await two.last('log.a', { timeout: TIMEOUT }))?.seq).toBe(seq);
      });

      test('the last message of each subject is read at one go', async () => {
        await one.ensureStream(PLAN);
        for (const each of ['a.1', 'b.1', 'a.2', 'c.1', 'a.1'])
          await one.append(`log.${each}`, bytes(each), { timeout: TIMEOUT });

        const lasts = await two.lasts(['log.a.*', 'log.c.>', 'log.none'], { timeout: TIMEOUT });
        expect(lasts.map(({ subject, seq }) => `${subject} ${seq}`).sort()).toEqual([
          'log.a.1 5',
          'log.a.2 3',
          'log.c.1 4',
        ]);
        expect(await two.lasts(['log.a.*', 'log.c.>'], { timeout: TIMEOUT, limit: 2 })).toHaveLength(2);
        expect(await two.lasts(['log.none'], { timeout: TIMEOUT })).toEqual([]);
        expect(await two.lasts([], { timeout: TIMEOUT })).toEqual([]);
      });

      test('the last messages of very many subjects are read, each once', async () => {
        await one.ensureStream({ ...PLAN, perSubject: 1, storage: 'memory' });
        for (let index = 0; index < 1500; index++) one.publish(`log.many.${index}`, bytes(String(index)));
        await one.append('log.many.7', bytes('again'), { timeout: TIMEOUT });
        const lasts = await two.lasts(['log.many.>'], { timeout: TIMEOUT });
        expect(new Set(lasts.map(({ subject }) => subject)).size).toBe(1500);
        expect(lasts).toHaveLength(1500);
        expect(text(lasts.find(({ subject }) => subject === 'log.many.7')?.payload)).toBe('again');
      });

      test('the history is read in order, from where one wants, to the last that is there', async () => {
        await one.ensureStream(PLAN);
        for (let index = 1; index <= 700; index++) {
          one.publish(index % 7 === 0 ? 'log.seven' : 'log.other', bytes(String(index)), {
            headers: { 'Vb-N': String(index) },
          });
        }

        await one.append('log.end', bytes('701'), { timeout: TIMEOUT });
        const all = await collect(two.history('log.>', { timeout: TIMEOUT }));
        expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 701 }, (_, index) => index + 1));
        expect(all[69]).toMatchObject({ subject: 'log.seven', headers: { 'Vb-N': '70' } });
        const sevens = await collect(two.history('log.seven', { from: 690, timeout: TIMEOUT }));
        expect(texts(sevens)).toEqual(['log.seven 693', 'log.seven 700']);
        expect(await collect(two.history('log.end', { from: 702, timeout: TIMEOUT }))).toEqual([]);
        expect(await collect(two.history('log.none', { timeout: TIMEOUT }))).toEqual([]);
      });

      test('a history that is not read to its end leaves nothing behind', async () => {
        await one.ensureStream(PLAN);
        for (let index = 1; index <= 20; index++) await one.append('log.a', bytes(String(index)), { timeout: TIMEOUT });
        for await (const { seq } of two.history('log.>', { timeout: TIMEOUT })) if (seq === 3) break;
        expect(await collect(two.history('log.>', { timeout: TIMEOUT }))).toHaveLength(20);
      });
    });
  });
}

/** The code of what is thrown. */
function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ClusterTransportError) return error.code;
    throw error;
  }
  return 'done';
}

/** The code that it fails with. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ClusterTransportError) return error.code;
    throw error;
  }
  return 'done';
}

/** As `eventually`, for what has to be asked. */
async function happens(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; !(await condition());)
    if (Date.now() > end) throw new Error('it did not happen in 20 s');
}

async function collect(messages: AsyncIterable<StoredMessage>): Promise<StoredMessage[]> {
  const all: StoredMessage[] = [];
  for await (const message of messages) all.push(message);
  return all;
}

function texts(messages: readonly StoredMessage[]): string[] {
  return messages.map(({ subject, payload }) => `${subject} ${text(payload)}`);
}

function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

function text(payload: Uint8Array | undefined): string {
  return new TextDecoder().decode(payload);
}
