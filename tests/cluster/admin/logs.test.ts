import { describe, expect, test } from 'vitest';
import { ClusterTransportError } from 'vnpy-bridge/cluster';
import { LogPublisher } from '../../../src/cluster/admin/log-publisher.js';
import { followLines, recentLines } from '../../../src/cluster/admin/log-reader.js';
import type { SeenLine } from '../../../src/cluster/admin/log-reader.js';
import { ManualClock } from '../support/manual-clock.js';
import { CLUSTER, SUBJECTS } from '../support/stage.js';
import { Desk } from './support.js';

// The log of a cluster: who publishes lines, what is left out, and who reads them.

const HOST = 'host-1';
const anything = { isWanted: () => true, most: 1000 };

interface Publishing {
  readonly publisher: LogPublisher;
  readonly clock: ManualClock;
  readonly troubles: readonly string[];
  readonly opened: () => number;
}

/** A program that publishes, `first` of whose attempts to connect fail. */
function publishing(desk: Desk, { name = 'edge-1', failures = 0, clean = (line: string) => line } = {}): Publishing {
  const clock = new ManualClock();
  const troubles: string[] = [];
  let count = 0;
  const publisher = new LogPublisher({
    subject: SUBJECTS.log(HOST, name),
    open: () => {
      count++;
      if (count <= failures) return Promise.reject(new ClusterTransportError('DISCONNECTED', 'nobody answers'));
      return Promise.resolve(desk.memory.connect({ name }));
    },
    told: (trouble) => troubles.push(trouble),
    ...{ clean, clock },
  });
  publisher.start();
  return { publisher, clock, troubles, opened: () => count };
}

const lineOf = (msg: string, level = 'info'): string => JSON.stringify({ level, time: '2026-11-30T01:00:00Z', msg });

async function kept(desk: Desk): Promise<readonly SeenLine[]> {
  return recentLines(desk.transport, { cluster: CLUSTER }, anything);
}

async function withStreams(): Promise<Desk> {
  const desk = new Desk();
  await desk.streams();
  return desk;
}

describe('a program that publishes its log', () => {
  test('its lines are kept, under its host and its name', async () => {
    const desk = await withStreams();
    const { publisher, clock } = publishing(desk);
    publisher.line(lineOf('hello'));
    await clock.advance(0);
    await publisher.close();
    expect(await kept(desk)).toEqual([
      {
        ...{ host: HOST, program: 'edge-1', level: 'info', time: '2026-11-30T01:00:00Z', text: 'hello' },
        fields: { level: 'info', time: '2026-11-30T01:00:00Z', msg: 'hello' },
      },
    ]);
  });

  test('lines wait while nobody answers, and it is tried again', async () => {
    const desk = await withStreams();
    const { publisher, clock, troubles, opened } = publishing(desk, { failures: 2 });
    publisher.line(lineOf('early'));
    await clock.advance(9000);
    expect([opened(), await kept(desk)]).toEqual([1, []]);
    await clock.advance(11_000);
    expect((await kept(desk)).map(({ text }) => text)).toEqual(['early']);
    // Twice the same trouble is told once.
    expect(troubles).toEqual(['nobody answers']);
    await publisher.close();
  });

  test('while the connection is cut lines wait, and those beyond the room are counted', async () => {
    const desk = await withStreams();
    const { publisher, clock } = publishing(desk);
    await clock.advance(0);
    desk.memory.cut('edge-1');
    for (let second = 0; second < 5; second++) {
      for (let index = 0; index < 200; index++) publisher.line(lineOf(`${second} ${index}`));
      await clock.advance(1000);
    }
    desk.memory.restore('edge-1');
    await clock.advance(1000);
    publisher.line(lineOf('again'));
    await publisher.close();
    const texts = (await kept(desk)).map(({ text }) => text);
    expect(texts).toHaveLength(502);
    expect(texts[0]).toBe('2 100');
    expect(texts.filter((text) => text.endsWith('left out'))).toEqual(['500 log lines were left out']);
  });

  test('a flood is cut down to a trickle, which says so', async () => {
    const desk = await withStreams();
    const { publisher, clock } = publishing(desk);
    await clock.advance(0);
    for (let index = 0; index < 1000; index++) publisher.line(lineOf(`${index}`));
    await clock.advance(1000);
    publisher.line(lineOf('after'));
    await publisher.close();
    const texts = (await kept(desk)).map(({ text }) => text);
    expect(texts).toHaveLength(202);
    expect(texts.slice(-2)).toEqual(['after', '800 log lines were left out']);
  });

  test('a line that is too long is cut, after its secrets were taken out', async () => {
    const desk = await withStreams();
    const clean = (line: string): string => line.replaceAll('hush', '***');
    const { publisher, clock } = publishing(desk, { clean });
    await clock.advance(0);
    publisher.line(lineOf(`hush ${'x'.repeat(20_000)} hush`));
    await publisher.close();
    const [line] = await kept(desk);
    expect(line?.text).toMatch(/^\*\*\* x+ …$/);
    expect(line?.text.length).toBeLessThan(8192);
    expect(line?.level).toBe('info');
  });

  test('what the server refuses is told where the program is, and is no line', async () => {
    const desk = await withStreams();
    const { publisher, clock, troubles } = publishing(desk);
    await clock.advance(0);
    desk.memory.deny('edge-1', { publish: [SUBJECTS.log(HOST, 'edge-1')] });
    publisher.line(lineOf('one'));
    publisher.line(lineOf('two'));
    await publisher.close();
    expect(troubles).toHaveLength(1);
    expect(await kept(desk)).toEqual([]);
  });

  test('after its end nothing is taken', async () => {
    const desk = await withStreams();
    const { publisher } = publishing(desk);
    await publisher.close();
    publisher.line(lineOf('late'));
    expect(await kept(desk)).toEqual([]);
  });
});

describe('who reads the log', () => {
  const write = async (desk: Desk, program: string, text: string, host = HOST): Promise<void> => {
    await desk.transport.append(SUBJECTS.log(host, program), Buffer.from(text), { timeout: 1000 });
  };

  test('chooses by host, program and importance, and takes the last ones', async () => {
    const desk = await withStreams();
    await write(desk, 'a', lineOf('1', 'warn'));
    await write(desk, 'b', lineOf('2', 'error'));
    await write(desk, 'a', lineOf('3', 'debug'), 'host.2');
    await write(desk, 'a', lineOf('4', 'error'));
    const read = async (query: object, options: Partial<typeof anything> = {}): Promise<readonly string[]> =>
      (await recentLines(desk.transport, { cluster: CLUSTER, ...query }, { ...anything, ...options })).map(
        ({ text }) => text,
      );
    expect(await read({})).toEqual(['1', '2', '3', '4']);
    expect(await read({ program: 'a' })).toEqual(['1', '3', '4']);
    expect(await read({ host: 'host.2' })).toEqual(['3']);
    expect(await read({ host: HOST, program: 'b' })).toEqual(['2']);
    expect(await read({}, { most: 2 })).toEqual(['3', '4']);
    expect(await read({}, { most: 0 })).toEqual([]);
  });

  test.each([
    ['text', 'plain words', 'info', 'plain words'],
    ['another JSON', '[1]', 'info', '[1]'],
    ['a level that is none', '{"level":"loud","msg":"x"}', 'info', 'x'],
  ])('a line of %s is shown as it is', async (_what, payload, level, text) => {
    const desk = await withStreams();
    await write(desk, 'a', payload);
    expect(await kept(desk)).toMatchObject([{ level, text }]);
  });

  test('hears what comes', async () => {
    const desk = await withStreams();
    const heard: string[] = [];
    const subscription = followLines(desk.transport, { cluster: CLUSTER, program: 'b' }, ({ text }) => {
      heard.push(text);
    });
    await write(desk, 'a', lineOf('1'));
    await write(desk, 'b', lineOf('2'));
    await expect.poll(() => heard).toEqual(['2']);
    subscription.close();
  });

  test('one that is empty has no lines', async () => {
    expect(await kept(await withStreams())).toEqual([]);
  });
});
