import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openInput } from '../../../src/cli/inspect/input/open.js';
import type { Payload } from '../../../src/cli/inspect/input/payload.js';
import { RecordingFileWriter } from '../../../src/cli/recording/file-writer.js';
import type { RecordingChannel } from '../../../src/cli/recording/format.js';
import { dumps, Tuple } from 'vnpy-bridge/pickle';
import { Event, vnpyRegistry } from 'vnpy-bridge/vnpy';
import { inspect } from '../inspect/harness.js';

const tick = dumps({ last_price: 3500.5 });
let recording: Uint8Array = new Uint8Array();

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'inspect-recording-'));
  const path = join(folder, 'a.mcap');
  const writer = await RecordingFileWriter.create(path, { facts: {}, fsync: false, compress: false });
  const time = 1_767_600_000_000_000_000n;
  writer.add({
    channel: { kind: 'request', method: 'get_all_ticks' },
    time,
    sequence: 1,
    data: dumps(['get_all_ticks', [], {}]),
  });
  await writer.flush();
  writer.add({
    channel: { kind: 'event', format: 'topic-frame', topic: 'eTick.' },
    time: time + 500_000n,
    sequence: 2,
    data: tick,
  });
  await writer.flush();
  writer.add({
    channel: { kind: 'note' },
    time: time + 900_000n,
    sequence: 3,
    data: Buffer.from('{"note":"snapshot"}'),
  });
  await writer.close();
  recording = readFileSync(path);
  rmSync(folder, { recursive: true });
});

async function payloads(data: Uint8Array): Promise<Payload[]> {
  const all: Payload[] = [];
  for await (const payload of openInput('a.mcap', data, { from: 'auto', maxInflate: 1e9 })) all.push(payload);
  return all;
}

test('pickle-inspect takes each message of a recording for a payload, with time, topic and direction', async () => {
  const [request, event, note, ...more] = await payloads(recording);
  expect(more).toEqual([]);
  expect(request).toMatchObject({ single: true, wire: { time: 1_767_600_000, direction: 'out' } });
  expect(event).toMatchObject({ wire: { time: 1_767_600_000.0005, topic: 'eTick.', direction: 'in' }, findings: [] });
  expect(event?.data).toEqual(tick);
  expect(note).toMatchObject({ data: new Uint8Array(), wire: { text: '{"note":"snapshot"}' } });
});

test('pickle-inspect says what is missing at the end of a recording that a crash has cut off', async () => {
  const all = await payloads(recording.subarray(0, Math.floor(recording.length * 0.6)));
  expect(all.length).toBeGreaterThan(1);
  expect(all.at(-1)?.findings).toMatchObject([
    { code: 'E050', message: expect.stringMatching(/was not closed/) as string },
  ]);
});

test('pickle-inspect shows what comes before damage, and says that there is some', async () => {
  const bytes = Buffer.from(recording);
  bytes[bytes.indexOf(tick) + 5] = 0xff;
  const all = await payloads(bytes);
  expect(all[0]?.findings).toEqual([]);
  expect(all.at(-1)?.findings).toMatchObject([{ code: 'E050', message: expect.stringMatching(/CRC/) as string }]);
});

test('pickle-inspect stats says of a damaged recording where it is damaged, and that the rest is not counted', async () => {
  const bytes = Buffer.from(recording);
  bytes[bytes.indexOf(tick) + 5] = 0xff;
  const { code, stdout, stderr } = await inspect(['stats'], { stdin: bytes });
  expect([code, stdout.startsWith('2 messages')]).toEqual([2, true]);
  expect(stderr).toMatch(
    /^pickle-inspect: stdin #2:\nerror E050 [^\n]*the recording is damaged at byte \d+ \(Incorrect chunk CRC [^\n]*\); nothing from there on can be read\n/,
  );
  expect(stderr).not.toContain('library=');
});

test('pickle-inspect stats tells of the first damaged messages, and counts the others', async () => {
  const lines = Array.from({ length: 12 }, () => JSON.stringify({ t: 1, frames: ['gARL'] })).join('\n');
  const { code, stderr } = await inspect(['stats', '--json'], { stdin: `${lines}\n` });
  expect([code, stderr.match(/stdin #\d+:/g)?.length]).toEqual([2, 10]);
  expect(stderr).toContain('pickle-inspect: … 2 more messages are damaged or beyond a limit\n');
});

test('pickle-inspect stats counts the events of a recording by their type, whatever their format', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'inspect-recording-'));
  try {
    const path = join(folder, 'b.mcap');
    const writer = await RecordingFileWriter.create(path, { facts: {}, fsync: false, compress: false });
    let sequence = 0;
    const add = (channel: RecordingChannel, value: unknown): void => {
      const data = channel.kind === 'note' ? Buffer.from('{}') : dumps(value, { registry: vnpyRegistry });
      writer.add({ channel, time: 1_767_600_000_000_000_000n + BigInt(sequence) * 500_000_000n, sequence, data });
      sequence++;
    };
    const framed = { kind: 'event', format: 'topic-frame', topic: '' } as const;
    add({ kind: 'request', method: 'subscribe' }, ['subscribe', Tuple.of(1), {}]);
    for (const type of ['eTick.', 'eTick.rb2605.SHFE', 'eTick.']) add(framed, new Event(type, null));
    add({ kind: 'event', format: 'pair' }, ['', new Event('eOrder.', null)]);
    add({ kind: 'event', format: 'topic-frame', topic: 'heartbeat' }, 1_767_600_000.5);
    add({ kind: 'note' }, undefined);
    await writer.close();
    const { stdout } = await inspect(['stats', path]);
    const [title, ...rows] = stdout.trimEnd().split('\n');
    expect(title).toBe('7 messages in 3.000 s');
    expect(rows.map((row) => row.replace(/^ +(\d+)×.*?\/s +/, '$1 '))).toEqual([
      '2 event eTick.',
      '1 event eOrder.',
      '1 event eTick.rb2605.SHFE',
      '1 heartbeat heartbeat',
      '1 note or command',
      '1 request subscribe',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
