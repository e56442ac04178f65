import { describe, expect, test } from 'vitest';
import { SYMBOL, order, problemOf, startConsole } from './support/console.js';

// Every route, over real HTTP; each answer is checked against openapi.json by support/console.ts.

describe('what a viewer reads', () => {
  test('status, contracts, lists', async () => {
    const { ask, tokens } = await startConsole();
    const token = tokens.viewer;
    for (const path of ['/status', '/contracts', '/ticks', '/subscriptions', '/orders', '/trades', '/positions']) {
      const answer = await ask('GET', path, { token });
      expect(answer.status, answer.text).toBe(200);
    }
    for (const path of ['/accounts', '/gateways', '/logs', '/session', '/openapi.json', '/stream.schema.json'])
      expect((await ask('GET', path, { token })).status, path).toBe(200);
  });

  test('contracts in pages, by code and name, with an ETag', async () => {
    const { ask, tokens, engine } = await startConsole();
    const token = tokens.viewer;
    const all = [...engine.contracts.keys()].sort();
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const { body } = await ask('GET', `/contracts?limit=2${cursor}`, { token });
      seen.push(...(body['data'] as { vt_symbol: string }[]).map((contract) => contract.vt_symbol));
      const next = body['next_cursor'];
      cursor = typeof next === 'string' ? `&cursor=${next}` : '';
    } while (cursor !== '');
    expect(seen).toEqual(all);

    const found = await ask('GET', '/contracts?find=RB2705', { token });
    expect(found.body['data']).toHaveLength(1);
    const etag = found.headers.get('etag') ?? '';
    const again = await ask('GET', '/contracts?find=RB2705', { token, headers: { 'If-None-Match': etag } });
    expect(again.status).toBe(304);
    expect(problemOf(await ask('GET', '/contracts?cursor=x', { token }))).toBe('bad-request');
    expect(problemOf(await ask('GET', '/contracts?nonsense=1', { token }))).toBe('bad-request');
    expect(problemOf(await ask('GET', '/contracts?find=a&find=b', { token }))).toBe('bad-request');
  });

  test('a tick after the subscription, and bars of both sources', async () => {
    const { ask, tokens, engine } = await startConsole();
    const token = tokens.viewer;
    expect(problemOf(await ask('GET', `/ticks/${SYMBOL}`, { token }))).toBe('not-found');
    expect((await ask('PUT', `/subscriptions/${SYMBOL}`, { token })).body).toEqual({ vt_symbol: SYMBOL });
    engine.step();
    const { body } = await ask('GET', `/ticks/${SYMBOL}`, { token });
    expect(body).toMatchObject({ vt_symbol: SYMBOL, exchange: 'SHFE', stale: false });
    expect(body['datetime']).toMatch(/^\d{4}-\d\d-\d\dT.*\+08:00$/);
    const live = await ask('GET', `/bars?vt_symbol=${SYMBOL}&source=live`, { token });
    expect(live.body['data']).not.toHaveLength(0);
    const history = await ask('GET', `/bars?vt_symbol=${SYMBOL}&interval=1h&limit=7`, { token });
    expect(history.body['data']).toHaveLength(7);
    expect(problemOf(await ask('PUT', '/subscriptions/none.SHFE', { token }))).toBe('not-found');
  });
});

describe('rights', () => {
  test('a viewer sends nothing, and reads no audit', async () => {
    const { ask, tokens, engine } = await startConsole();
    const token = tokens.viewer;
    expect(problemOf(await ask('POST', '/orders', { token, body: order('review-0001') }))).toBe('forbidden');
    expect(problemOf(await ask('POST', '/trading/halt', { token, body: { reason: 'x' } }))).toBe('forbidden');
    expect(problemOf(await ask('GET', '/audit', { token }))).toBe('forbidden');
    expect((await ask('GET', '/audit', { token: tokens.audit })).status).toBe(200);
    expect(engine.orders.size).toBe(0);
  });

  test('without trade the routes of orders are not there', async () => {
    const { ask, tokens } = await startConsole({ options: { trade: false } });
    const answer = await ask('POST', '/orders/preview', { token: tokens.trader, body: order('review-0001') });
    expect([answer.status, (await ask('GET', '/orders', { token: tokens.trader })).status]).toEqual([404, 200]);
  });

  test('nobody is in without a log-in', async () => {
    const { ask } = await startConsole();
    for (const path of ['/status', '/session', '/openapi.json', '/nothing'])
      expect([401, 404]).toContain((await ask('GET', path)).status);

    expect(problemOf(await ask('GET', '/status', { token: 'wrong' }))).toBe('unauthenticated');
  });
});
