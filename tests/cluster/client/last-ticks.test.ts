import { expect, test } from 'vitest';
import { ClusterTransportError } from 'vnpy-bridge/cluster';
import type { ClusterTransport, StoredMessage } from 'vnpy-bridge/cluster';
import { dumps } from 'vnpy-bridge/pickle';
import { Event, EventType, vnpyRegistry } from 'vnpy-bridge/vnpy';
import { LastTicks } from '../../../src/cluster/client/last-ticks.js';
import type { Welcome } from '../../../src/cluster/wire/hello.js';
import { PICKLED_EVENT, writePrefixed } from '../../../src/cluster/wire/prefix.js';
import { tick } from '../../vnpy/support.js';
import { ManualClock } from '../support/manual-clock.js';
import { ACCOUNT, SUBJECTS } from '../support/stage.js';

// The server keeps the last ticks, or not, or it is just away.

const session = (): Welcome => ({ edge: 'e1', boot: 1, epoch: 5, seq: 0, session: 1, wall: 0 });
const SUBJECT = SUBJECTS.tick(ACCOUNT, 'SHFE', 'rb2705');

interface Server {
  readonly ticks: LastTicks;
  readonly clock: ManualClock;
  asked: number;
  isAway: boolean;
  session: Welcome;
}

function server(): Server {
  const clock = new ManualClock();
  const event = dumps(new Event(EventType.TICK, tick(3500)), { registry: vnpyRegistry });
  const prefix = { encoding: PICKLED_EVENT, edge: 7, boot: 1, epoch: 5, seq: 1, time: 0 };
  const stored: StoredMessage = {
    ...{ subject: SUBJECT, payload: writePrefixed(prefix, event), headers: {}, seq: 1, storedAt: 0 },
  };
  const transport = {
    lasts: () => {
      made.asked++;
      return made.isAway
        ? Promise.reject(new ClusterTransportError('TIMEOUT', 'it does not answer'))
        : Promise.resolve([stored]);
    },
  } as unknown as ClusterTransport;
  const made: Server = {
    ticks: new LastTicks({
      ...{ subjects: SUBJECTS, account: ACCOUNT, clock },
      transport: () => transport,
      session: () => made.session,
    }),
    ...{ clock, asked: 0, isAway: false, session: session() },
  };
  return made;
}

const isAnswered = async ({ ticks }: Server): Promise<boolean> => (await ticks.answer(['rb2705.SHFE'])) !== undefined;

test('a server that was away is asked again, and ever more seldom while it is', async () => {
  const made = server();
  made.isAway = true;
  const askedAt: number[] = [];
  for (let second = 0; second <= 300; second++) {
    const before = made.asked;
    expect(await isAnswered(made)).toBe(false);
    if (made.asked > before) askedAt.push(second);
    await made.clock.advance(1000);
  }
  expect(askedAt).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
  made.isAway = false;
  await made.clock.advance(60_000);
  expect(await isAnswered(made)).toBe(true);
  made.isAway = true;
  expect(await isAnswered(made)).toBe(false);
  made.isAway = false;
  await made.clock.advance(1000);
  expect(await isAnswered(made)).toBe(true);
});

test('after a reconnect it is asked at once', async () => {
  const made = server();
  made.isAway = true;
  expect(await isAnswered(made)).toBe(false);
  made.isAway = false;
  expect(await isAnswered(made)).toBe(false);
  made.session = session();
  expect(await isAnswered(made)).toBe(true);
});
