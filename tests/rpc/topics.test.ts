import { describe, expect, test } from 'vitest';
import { Topics } from '../../src/rpc/topics.js';

/** A SUB socket's list of prefixes, and whether a message passes. */
class Filter {
  readonly prefixes: string[] = [];

  subscribe(prefix: Uint8Array): void {
    this.prefixes.push(Buffer.from(prefix).toString('latin1'));
  }

  unsubscribe(prefix: Uint8Array): void {
    const index = this.prefixes.indexOf(Buffer.from(prefix).toString('latin1'));
    if (index < 0) throw new Error('never subscribed');

    this.prefixes.splice(index, 1);
  }

  passes(message: Uint8Array): boolean {
    const text = Buffer.from(message).toString('latin1');
    return this.prefixes.some((prefix) => text.startsWith(prefix));
  }
}

/** What CPython's `pickle.dumps` gives for what the publishers of each vnpy version send, the long ones cut short. */
const PAIR_MESSAGES = {
  heartbeat4: '8004951a000000000000005d94288c09686561727462656174944741dac053cce91e5a652e',
  heartbeat5: '8005951a000000000000005d94288c09686561727462656174944741dac053cce91e8e652e',
  keepAlive3: '80035d710028580b0000005f6b6565705f616c69766571016364617465',
  keepAlive4: '8004953c000000000000005d94288c0b5f6b6565705f616c697665948c08',
  tick: '80049512000000000000005d94288c08655469636b2e7262944b01652e',
};

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

function attached(...topics: string[]): { topics: Topics; filter: Filter } {
  const filter = new Filter();
  const result = new Topics();
  topics.forEach((topic) => {
    result.add(topic);
  });
  result.attach(filter);
  return { topics: result, filter };
}

describe('Topics', () => {
  test('lets heartbeats of both formats and dialects pass, and nothing else, when no topic is wanted', () => {
    const { filter } = attached();
    const { tick, ...heartbeats } = PAIR_MESSAGES;
    for (const [name, message] of Object.entries(heartbeats))
      expect([name, filter.passes(bytes(message))]).toEqual([name, true]);

    expect(filter.passes(Buffer.from('heartbeat'))).toBe(true);
    expect(filter.passes(bytes(tick))).toBe(false);
    expect(filter.passes(Buffer.from('eTick.'))).toBe(false);
    expect(filter.passes(Buffer.from(''))).toBe(false);
  });

  test('lets no unwanted topic of a two-part publisher pass, and every one-part message', () => {
    const { filter } = attached('eTick.rb', '委托');
    expect(filter.passes(Buffer.from('eTick.rb2705.SHFE'))).toBe(true);
    expect(filter.passes(Buffer.from('委托.1'))).toBe(true);
    expect(filter.passes(Buffer.from('eTick.au'))).toBe(false);
    expect(filter.passes(Buffer.from('heartbeat'))).toBe(true);
    for (const message of Object.values(PAIR_MESSAGES)) expect(filter.passes(bytes(message))).toBe(true);
  });

  test('asks for everything with one empty prefix', () => {
    const { filter } = attached('', 'rb');
    expect(filter.prefixes).toEqual(['']);
  });

  test('follows changes, and asks a new connection for everything again', () => {
    const { topics, filter } = attached();
    topics.add('a');
    topics.add('a');
    const release = topics.hold('b');
    const again = topics.hold('b');
    expect(filter.prefixes.toSorted()).toEqual(['a', 'b', 'heartbeat', '\x80']);
    release();
    release();
    expect(filter.prefixes).toContain('b');
    again();
    expect(filter.prefixes).not.toContain('b');
    const next = new Filter();
    topics.attach(next);
    expect(next.prefixes.toSorted()).toEqual(['a', 'heartbeat', '\x80']);
    topics.remove('a');
    expect(next.prefixes).toHaveLength(attached().filter.prefixes.length);
    topics.attach(undefined);
    topics.add('c');
    expect(next.prefixes).not.toContain('c');
  });

  test('knows what is wanted, and by whom', () => {
    const { topics } = attached('eTick.');
    const release = topics.hold('eOrder.');
    expect(topics.wants('eTick.rb')).toBe(true);
    expect(topics.wants('eOrder.1')).toBe(true);
    expect(topics.wants('eLog')).toBe(false);
    expect(topics.wantsExplicitly('eTick.rb')).toBe(true);
    expect(topics.wantsExplicitly('eOrder.1')).toBe(false);
    release();
    expect(topics.wants('eOrder.1')).toBe(false);
  });
});
