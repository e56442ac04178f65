import { describe, expect, vi, test } from 'vitest';
import { Emitter } from '../../src/rpc/emitter.js';
import { eventually } from '../support/patience.js';

interface Events {
  ping: [number];
  pong: [string];
}

const NAMES = { ping: true, pong: true } as const;

describe('Emitter', () => {
  test('calls listeners in order, and not those taken away', () => {
    const seen: string[] = [];
    const emitter = new Emitter<Events>(NAMES, () => undefined);
    const off = emitter.on('ping', (value) => seen.push(`a${value}`));
    const second = (value: number): void => {
      seen.push(`b${value}`);
    };
    emitter.on('ping', second);
    emitter.emit('ping', 1);
    off();
    off();
    emitter.emit('ping', 2);
    emitter.off('ping', second);
    emitter.emit('ping', 3);
    expect(seen).toEqual(['a1', 'b1', 'b2']);
    expect(emitter.count('ping')).toBe(0);
  });

  test('takes away one of two equal listeners, and its own function only once', () => {
    const listener = vi.fn();
    const emitter = new Emitter<Events>(NAMES, () => undefined);
    const off = emitter.on('ping', listener);
    emitter.on('ping', listener);
    off();
    off();
    emitter.emit('ping', 1);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test('reports a listener that throws or rejects, and calls the others', async () => {
    const report = vi.fn();
    const last = vi.fn();
    const emitter = new Emitter<Events>(NAMES, report);
    emitter.on('ping', () => {
      throw new Error('thrown');
    });
    emitter.on('ping', () => Promise.reject(new Error('rejected')));
    emitter.on('ping', last);
    emitter.emit('ping', 1);
    await eventually(() => {
      expect(report).toHaveBeenCalledTimes(2);
    });
    expect(report).toHaveBeenCalledWith('ping', expect.objectContaining({ message: 'thrown' }));
    expect(report).toHaveBeenCalledWith('ping', expect.objectContaining({ message: 'rejected' }));
    expect(last).toHaveBeenCalledWith(1);
  });

  test('does not stumble over listeners that change the list while it is called', () => {
    const seen: string[] = [];
    const emitter = new Emitter<Events>(NAMES, () => undefined);
    const off = emitter.on('ping', () => {
      off();
      emitter.on('ping', () => seen.push('new'));
      seen.push('first');
    });
    emitter.on('ping', () => seen.push('second'));
    emitter.emit('ping', 1);
    expect(seen).toEqual(['first', 'second']);
    emitter.emit('ping', 1);
    expect(seen).toEqual(['first', 'second', 'second', 'new']);
  });

  test.each([
    ['pings', /there is no event "pings" to listen to; did you mean "ping"\?/],
    ['anything', /there is no event "anything" to listen to; there are ping, pong/],
    ['constructor', /there is no event "constructor"/],
    [undefined, /there is no event undefined/],
    [Symbol('ping'), /there is no event Symbol\(ping\)/],
  ])('knows its names, and no other: %s', (name, message) => {
    const emitter = new Emitter<Events>(NAMES, () => undefined);
    const refusal = expect.objectContaining({
      name: 'RpcUsageError',
      code: 'BAD_ARGUMENT',
      message: expect.stringMatching(message) as string,
    }) as Error;
    expect(() => emitter.on(name as 'ping', () => undefined)).toThrow(refusal);
    expect(() => {
      emitter.off(name as 'ping', () => undefined);
    }).toThrow(refusal);
  });

  test.each([undefined, null, 'ping', {}])('takes no listener but a function: %s', (listener) => {
    const emitter = new Emitter<Events>(NAMES, () => undefined);
    expect(() => emitter.on('ping', listener as () => void)).toThrow('the listener of "ping" must be a function, not ');
    expect(emitter.count('ping')).toBe(0);
  });
});
