import { describe, expect, test } from 'vitest';
import { StatusBoard } from '../../src/rpc/status-board.js';
import type { EndpointView, StatusView } from '../../src/rpc/status-board.js';
import type { ClientStatus } from '../../src/rpc/status.js';
import type { ConnectionFailure } from '../../src/rpc/transport.js';

const REFUSED: ConnectionFailure = { kind: 'unreachable', detail: 'nobody there' };
const BROKE: ConnectionFailure = { kind: 'lost', detail: 'it broke' };

type Half = 'open' | 'down' | ConnectionFailure;

function half(endpoint: EndpointView['endpoint'], state: Half): EndpointView {
  const address = `tcp://${endpoint}:1`;
  return typeof state === 'string'
    ? { endpoint, address, open: state === 'open', failure: undefined }
    : { endpoint, address, open: false, failure: state };
}

function running(request: Half, subscribe?: Half, silence?: number): StatusView {
  const endpoints = [half('request', request), ...(subscribe === undefined ? [] : [half('subscribe', subscribe)])];
  return { phase: 'running', endpoints, silence };
}

function history(...views: StatusView[]): ClientStatus[] {
  const statuses: ClientStatus[] = [];
  const board = new StatusBoard((status) => statuses.push(status));
  views.forEach((view) => {
    board.update(view);
  });
  return statuses;
}

describe('StatusBoard', () => {
  test('goes from connecting to connected once all that was asked for stands', () => {
    expect(history(running('down', 'down'), running('open', 'down'), running('open', 'open'))).toEqual([
      { state: 'connecting' },
      { state: 'connected', reconnects: 0 },
    ]);
    expect(history(running('open'))).toEqual([{ state: 'connected', reconnects: 0 }]);
  });

  test('names the endpoint that fails, and does not flap while attempts go on', () => {
    expect(
      history(running('open', 'down'), running('open', REFUSED), running('open', REFUSED), running('open', 'open')),
    ).toEqual([
      { state: 'connecting' },
      {
        state: 'disconnected',
        reason: 'unreachable',
        endpoint: 'subscribe',
        address: 'tcp://subscribe:1',
        detail: 'nobody there',
      },
      { state: 'connected', reconnects: 0 },
    ]);
  });

  test('names a subscription that brings nothing, and says afterwards that something may have been missed', () => {
    const silent = { ...running('open', 'open'), feedSilence: 35_400 };
    expect(history(running('open', 'open'), silent, running('open', 'open'))).toMatchObject([
      { state: 'connected', reconnects: 0 },
      {
        state: 'disconnected',
        reason: 'unresponsive',
        endpoint: 'subscribe',
        address: 'tcp://subscribe:1',
        detail: expect.stringContaining(
          'nothing, not even a heartbeat, has come from tcp://subscribe:1 for 35 s',
        ) as string,
      },
      { state: 'connected', reconnects: 1 },
    ]);
  });

  test('prefers the request endpoint when both are down', () => {
    expect(history(running(BROKE, BROKE))).toMatchObject([{ endpoint: 'request', reason: 'lost' }]);
  });

  test('counts how often it was connected again after a loss, whichever endpoint broke', () => {
    const statuses = history(
      running('open', 'open'),
      running(BROKE, 'open'),
      running(REFUSED, REFUSED),
      running('open', 'open'),
      running('open', BROKE),
      running('open', 'open'),
    );
    expect(statuses.filter(({ state }) => state === 'connected')).toEqual([
      { state: 'connected', reconnects: 0 },
      { state: 'connected', reconnects: 1 },
      { state: 'connected', reconnects: 2 },
    ]);
  });

  test('tells of a silent server once, with advice, and not as a reconnection when it speaks again', () => {
    const statuses = history(
      running('open', 'open'),
      running('open', 'open', 35_000),
      running('open', 'open', 99_000),
      running('open', 'open'),
    );
    expect(statuses).toMatchObject([
      { state: 'connected', reconnects: 0 },
      { state: 'disconnected', reason: 'unresponsive', endpoint: 'request' },
      { state: 'connected', reconnects: 0 },
    ]);
    expect(JSON.stringify(statuses[1])).toMatch(/neither a reply nor a heartbeat .* 35 s.*restart the server/);
  });

  test('ends as stopped', () => {
    expect(history(running('open'), { phase: 'stopped', endpoints: [], silence: undefined })).toEqual([
      { state: 'connected', reconnects: 0 },
      { state: 'stopped' },
    ]);
    expect(history({ phase: 'idle', endpoints: [], silence: undefined })).toEqual([]);
  });
});
