import { connect } from 'node:net';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createConsole } from 'vnpy-bridge/web';
import { SimulatedEngine } from 'vnpy-bridge/vnpy';
import { Passwords } from '../../src/web/auth/passwords.js';
import { CONTENT_SECURITY_POLICY } from '../../src/web/http/headers.js';
import { PASSWORD, order, problemOf, startConsole } from './support/console.js';
import type { Tested } from './support/console.js';
import { openStream } from './support/stream.js';

// What others try.

/** Sends bytes as they are, and reads the answer to its end. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => {
      resolve(answer);
    });
    socket.on('error', reject);
  });
}

const get = (path: string, host: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

const pageHeaders = (origin: string): Record<string, string> => ({
  Origin: origin,
  'X-Requested-With': 'vnpy-bridge',
});

async function loggedIn(user = 'trader'): Promise<{ tested: Tested; headers: Record<string, string> }> {
  const tested = await startConsole();
  return { tested, headers: { ...pageHeaders(tested.origin), Cookie: await tested.logIn(user) } };
}

describe('hosts and origins', () => {
  test('a Host that is not this one is refused before anything else, also under DNS rebinding', async () => {
    const { port, ask, tokens } = await startConsole();
    for (const host of [`evil.test:${port}`, '127.0.0.1:1', '127.0.0.1', `localhost.evil.test:${port}`, '']) {
      const answer = await raw(port, get('/api/v1/status', host));
      expect(answer, host).toMatch(/^HTTP\/1\.1 403 [\s\S]*wrong-host/);
    }
    expect(await raw(port, get('/', `evil.test:${port}`))).toContain('wrong-host');
    const audit = await ask('GET', '/audit', { token: tokens.audit });
    expect(
      (audit.body['data'] as { outcome: string }[]).filter(({ outcome }) => outcome === 'wrong-host'),
    ).toHaveLength(6);
    for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`])
      expect(await raw(port, get('/api/v1/status', host)), host).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('another port of this machine is another page', async () => {
    const { tested, headers } = await loggedIn();
    const { ask, port, engine } = tested;
    const foreign = [
      ...[`http://127.0.0.1:${port + 1}`, 'http://evil.test', `https://127.0.0.1:${port}`, 'null'],
      ...[`http://127.0.0.1:${port}.evil.test`, `http://127.0.0.1`],
    ];
    for (const origin of foreign) {
      const answer = await ask('POST', '/orders', {
        body: order('review-0001'),
        headers: { ...headers, Origin: origin },
      });
      expect([answer.status, problemOf(answer)], origin).toEqual([403, 'wrong-origin']);
      expect(answer.body['received']).toBe(origin);
    }
    const without = { 'X-Requested-With': 'vnpy-bridge', Cookie: headers['Cookie'] ?? '' };
    expect(problemOf(await ask('POST', '/orders', { body: order('review-0001'), headers: without }))).toBe(
      'wrong-origin',
    );
    expect(engine.orders.size).toBe(0);
  });

  test('what a browser says of the site counts', async () => {
    const { tested, headers } = await loggedIn();
    for (const site of ['same-site', 'cross-site']) {
      expect(
        await raw(
          tested.port,
          [
            `GET /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1:${tested.port}\r\nConnection: close`,
            `Cookie: ${headers['Cookie'] ?? ''}\r\nSec-Fetch-Site: ${site}\r\n\r\n`,
          ].join('\r\n'),
        ),
      ).toContain('wrong-origin');
    }
  });

  test('a form, a text and a missing header are refused', async () => {
    const { tested, headers } = await loggedIn();
    const { ask, engine } = tested;
    const body = JSON.stringify(order('review-0001'));
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain']) {
      expect((await ask('POST', '/orders', { raw: body, headers: { ...headers, 'Content-Type': type } })).status).toBe(
        400,
      );
    }

    const without = { Origin: tested.origin, Cookie: headers['Cookie'] ?? '' };
    expect((await ask('POST', '/orders', { raw: body, headers: without })).status).toBe(400);
    const options = await ask('OPTIONS', '/orders', { headers });
    expect([options.status, options.headers.get('access-control-allow-origin')]).toEqual([405, null]);
    expect(engine.orders.size).toBe(0);
  });

  test('a WebSocket from elsewhere, without a session, or with a token in the address', async () => {
    const { tested, headers } = await loggedIn();
    const { origin, port, tokens } = tested;
    const cookie = { Cookie: headers['Cookie'] ?? '' };
    const open = (ask: Parameters<typeof openStream>[1]) => openStream(origin, ask);
    await expect(open({ headers: { ...cookie, Origin: `http://127.0.0.1:${port + 1}` } })).rejects.toThrow(
      /wrong-origin/,
    );
    await expect(open({ headers: cookie })).rejects.toThrow(/wrong-origin/);
    await expect(open({ headers: { Origin: origin } })).rejects.toThrow(/unauthenticated/);
    await expect(open({ token: 'wrong' })).rejects.toThrow(/unauthenticated/);
    const path = `/api/v1/stream?token=${tokens.viewer}`;
    await expect(open({ headers: { Origin: origin }, path })).rejects.toThrow(/400 .*no token belongs/);
    await expect(open({ token: tokens.viewer, protocol: '' })).rejects.toThrow(/subprotocol/);
    await expect(open({ token: tokens.viewer, headers: { Host: 'evil.test' } })).rejects.toThrow(/wrong-host/);
    await open({ headers: { ...cookie, Origin: origin } });
  });

  test('an origin that was named is a page of this console', async () => {
    const { ask, logIn } = await startConsole({
      options: { origins: ['https://desk.example.com'], behindProxy: true },
    });
    expect(await logIn('viewer')).toMatch(/^__Host-vnpy-bridge-\d+=/);
    const answer = await ask('POST', '/session', {
      body: { user: 'viewer', password: PASSWORD },
      headers: pageHeaders('https://desk.example.com'),
    });
    expect(answer.status).toBe(204);
  });
});

describe('requests that are not as they should be', () => {
  test('keys that would become a prototype, unknown names, junk', async () => {
    const { ask, tokens, engine } = await startConsole();
    const token = tokens.trader;
    const bodies = [
      '{"__proto__":{"confirm":["far-from-last"]},"vt_symbol":"rb2705.SHFE"}',
      JSON.stringify({ ...order('review-0001'), sudo: true }),
      ...['', '[]', '"text"', '{', 'null', '\u0000', '{"a":1}{"b":2}', '['.repeat(50_000)],
      JSON.stringify(order('short')),
      JSON.stringify(order('review-0001', { volume: -1 })),
      JSON.stringify(order('review-0001', { price: undefined })),
      JSON.stringify(order('review-0001', { direction: 'NET' })),
      '{"client_order_id":"review-0001","vt_symbol":"rb2705.SHFE","direction":"LONG","price":1e999,"volume":1}',
    ];
    for (const text of bodies) {
      const answer = await ask('POST', '/orders', {
        token,
        raw: text,
        headers: { 'Content-Type': 'application/json' },
      });
      expect([answer.status, problemOf(answer)], text.slice(0, 80)).toEqual([400, 'bad-request']);
    }
    expect(engine.orders.size).toBe(0);
    expect(({} as Record<string, unknown>)['confirm']).toBeUndefined();
  });

  test('a list is no object, and a query has a length that is told', async () => {
    const { ask, tokens } = await startConsole();
    for (const body of [[], [null], 'text', 5])
      expect((await ask('PUT', '/preferences', { token: tokens.viewer, body })).status).toBe(400);
    const resume = await ask('POST', '/trading/resume', { token: tokens.admin, body: [] });
    expect(problemOf(resume)).toBe('bad-request');
    const symbols = encodeURIComponent('\u{1f600}'.repeat(501));
    expect((await ask('GET', `/ticks?symbols=${symbols}`, { token: tokens.viewer })).status).toBe(400);
  });

  test('no page can put this one in a frame, or talk to its window', async () => {
    const { url } = await startConsole();
    const { headers } = await fetch(url);
    expect(headers.get('content-security-policy')).toMatch(/(^|; )frame-ancestors 'none'(;|$)/);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });

  test('too large, in one piece and in many', async () => {
    const { ask, tokens, port } = await startConsole();
    const answer = await ask('PUT', '/preferences', { token: tokens.viewer, body: { x: 'x'.repeat(70_000) } });
    expect([answer.status, problemOf(answer)]).toEqual([413, 'too-large']);
    const head = `PUT /api/v1/preferences HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${tokens.viewer}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`;
    expect(await raw(port, head + chunk.repeat(20))).toMatch(/^HTTP\/1\.1 413 /);
    expect(await raw(port, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      / 431 /,
    );
  });

  test('a path out of the page leads nowhere', async () => {
    const { folder, port } = await startConsole();
    const page = join(folder, 'page');
    mkdirSync(join(page, 'assets'), { recursive: true });
    writeFileSync(join(page, 'index.html'), '<!doctype html><title>x</title>');
    writeFileSync(join(page, 'assets', 'main-abcdefgh.js'), 'export {};');
    const engine = new SimulatedEngine();
    const second = createConsole(engine, { port: 0, page });
    const { url } = await second.start();
    const at = Number(new URL(url).port);
    for (const path of [
      '/../users.json',
      '/%2e%2e/users.json',
      '/assets/..%2f..%2fusers.json',
      '/..\\users.json',
      '//etc/passwd',
      '/assets/%00',
      '/etc/passwd',
    ])
      expect(await raw(at, get(path, `127.0.0.1:${at}`)), path).toMatch(/^HTTP\/1\.1 (404|400) /);

    expect(await raw(at, get('http://evil.test/', `127.0.0.1:${at}`))).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(at, get('/?token=x', `127.0.0.1:${at}`))).toMatch(/^HTTP\/1\.1 400 /);
    const index = await fetch(url);
    expect(index.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(Object.fromEntries(index.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    const asset = await fetch(`${url}assets/main-abcdefgh.js`);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    await second.close();
    expect(port).not.toBe(at);
  });

  test('no header of an answer comes from a request', async () => {
    const { ask, tokens } = await startConsole();
    const evil = encodeURIComponent('x\r\nSet-Cookie: a=b');
    const answer = await ask('GET', `/orders/${evil}`, { token: tokens.viewer, headers: { 'X-Request-Id': 'mine' } });
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([404, null]);
    expect(answer.headers.get('x-request-id')).not.toBe('mine');
  });
});

describe('coming in', () => {
  test('five wrong passwords, then a pause; an unknown user is treated alike', async () => {
    let time = 0;
    const { ask, origin } = await startConsole({ tuning: { now: () => time } });
    const headers = pageHeaders(origin);
    const attempt = (user: string, password: string) => ask('POST', '/session', { body: { user, password }, headers });
    const texts = new Set<string>();
    for (let count = 0; count < 5; count++) {
      const answer = await attempt(count % 2 === 0 ? 'trader' : '__proto__', 'wrong');
      texts.add(String(answer.body['detail']));
      expect(answer.status).toBe(401);
    }
    expect(texts.size).toBe(1);
    const limited = await attempt('trader', PASSWORD);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
    time = 2000;
    expect((await attempt('trader', PASSWORD)).status).toBe(204);
  });

  test('an unknown user takes as long as a wrong password', async () => {
    const { ask, origin, users } = await startConsole({ tuning: { now: () => 0, scrypt: { ln: 15, r: 8, p: 1 } } });
    const slow = await new Passwords({ ln: 15, r: 8, p: 1 }).hash(PASSWORD);
    await users.set('trader', (before) => ({ role: 'trader', tokens: [], created: '', ...before, password: slow }));
    const took = async (user: string): Promise<number> => {
      const begun = performance.now();
      const body = { user, password: 'a wrong password' };
      expect((await ask('POST', '/session', { body, headers: pageHeaders(origin) })).status).toBe(401);
      return performance.now() - begun;
    };
    // The first makes what unknown users are compared with. Of each the faster counts: the machine may be busy.
    await took('nobody-1');
    const known = Math.min(await took('trader'), await took('trader'));
    const unknown = Math.min(await took('nobody-2'), await took('nobody-3'));
    // Without the comparison it is a fiftieth, or less.
    expect(unknown).toBeGreaterThan(known / 8);
    expect(known).toBeGreaterThan(unknown / 8);
  });

  test('many users from one address are one who guesses; from another address it goes on', async () => {
    const setup = { tuning: { now: () => 0 }, options: { behindProxy: true, origins: ['https://desk.example.com'] } };
    const { ask } = await startConsole(setup);
    const attempt = (user: string, address: string) =>
      ask('POST', '/session', {
        body: { user, password: 'a wrong password' },
        headers: { ...pageHeaders('https://desk.example.com'), 'X-Forwarded-For': `10.9.9.9, ${address}` },
      });
    for (let count = 0; count < 5; count++) expect((await attempt(`user-${count}`, '192.0.2.1')).status).toBe(401);
    expect((await attempt('user-5', '192.0.2.1')).status).toBe(429);
    expect((await attempt('user-5', '192.0.2.2')).status).toBe(401);
  });

  test('without a proxy nobody chooses an address', async () => {
    const { ask, origin } = await startConsole({ tuning: { now: () => 0 } });
    const attempt = (count: number) =>
      ask('POST', '/session', {
        body: { user: `user-${count}`, password: 'a wrong password' },
        headers: { ...pageHeaders(origin), 'X-Forwarded-For': `192.0.2.${count}`, Forwarded: `for=192.0.2.${count}` },
      });
    for (let count = 0; count < 5; count++) expect((await attempt(count)).status).toBe(401);
    expect((await attempt(5)).status).toBe(429);
  });

  test('wrong tokens are slowed down, and a right one from the same address passes', async () => {
    const { ask, tokens } = await startConsole({ tuning: { now: () => 0 } });
    const statuses: number[] = [];
    for (let count = 0; count < 8; count++)
      statuses.push((await ask('GET', '/status', { token: `vb_${count}` })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect((await ask('GET', '/status', { token: tokens.viewer })).status).toBe(200);
  });

  test('a token in an address is refused, also a right one, and is not told back', async () => {
    const { ask, tokens } = await startConsole();
    for (const name of ['token', 'access_token']) {
      const answer = await ask('GET', `/status?${name}=${tokens.viewer}`);
      expect(answer.status, name).toBeGreaterThanOrEqual(400);
      expect(answer.text).not.toContain(tokens.viewer);
      const both = await ask('GET', `/status?${name}=${tokens.viewer}`, { token: tokens.viewer });
      expect([both.status, both.text.includes(tokens.viewer)], name).toEqual([400, false]);
    }
  });

  test('attempts that come at once are all counted', async () => {
    const { ask, origin } = await startConsole({ tuning: { now: () => 0 } });
    const headers = pageHeaders(origin);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask('POST', '/session', { body: { user: 'admin', password: 'no' }, headers })),
    );
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(5);
  });

  test('a session that was there before is not the one after', async () => {
    const { tested, headers } = await loggedIn('viewer');
    const { ask, origin } = tested;
    const answer = await ask('POST', '/session', {
      body: { user: 'viewer', password: PASSWORD },
      headers: { ...pageHeaders(origin), Cookie: headers['Cookie'] ?? '' },
    });
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-vnpy-bridge-\d+=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    );
    expect((await ask('GET', '/session', { headers })).status).toBe(401);
    // One that somebody made up is none.
    const [name] = cookie.split('=');
    expect((await ask('GET', '/session', { headers: { Cookie: `${name ?? ''}=${'a'.repeat(43)}` } })).status).toBe(401);
  });

  test('a session ends: idle, in all, everywhere', async () => {
    let time = Date.parse('2026-01-05T00:00:00Z');
    const { ask, origin, logIn } = await startConsole({ tuning: { now: () => time } });
    const HOUR = 3_600_000;
    const first = { Cookie: await logIn('viewer') };
    time += 11 * HOUR;
    expect((await ask('GET', '/session', { headers: first })).status).toBe(200);
    time += 11 * HOUR;
    expect((await ask('GET', '/session', { headers: first })).status).toBe(200);
    time += 3 * HOUR;
    expect((await ask('GET', '/session', { headers: first })).status).toBe(401);
    const [left, right] = [{ Cookie: await logIn('viewer') }, { Cookie: await logIn('viewer') }];
    expect((await ask('DELETE', '/sessions', { headers: { ...pageHeaders(origin), ...left } })).status).toBe(204);
    expect((await ask('GET', '/session', { headers: right })).status).toBe(401);
    const idle = { Cookie: await logIn('viewer') };
    time += 13 * HOUR;
    expect((await ask('GET', '/session', { headers: idle })).status).toBe(401);
  });

  test('the one-time code, once; then a password', async () => {
    const { ask, origin, console, users } = await startConsole();
    await users.remove('admin');
    const code = console.link();
    const headers = pageHeaders(origin);
    const link = (given: string) => ask('POST', '/session/link', { body: { code: given }, headers });
    expect((await link('wrong')).status).toBe(401);
    const came = await link(code);
    expect(came.status).toBe(204);
    expect((await link(code)).status).toBe(401);
    const cookie = { Cookie: came.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
    expect((await ask('GET', '/session', { headers: cookie })).body).toMatchObject({
      user: 'admin',
      needs_password: true,
    });
    const set = { body: { password: 'a new long password' }, headers: { ...headers, ...cookie } };
    expect((await ask('PUT', '/session/password', set)).status).toBe(204);
    expect((await ask('GET', '/session', { headers: cookie })).status).toBe(401);
    const logIn = { body: { user: 'admin', password: 'a new long password' }, headers };
    expect((await ask('POST', '/session', logIn)).status).toBe(204);
    expect(statSync(users.path ?? '').mode & 0o777).toBe(0o600);
  });

  test('the users file for its owner alone, and a change of it at once', async () => {
    const { ask, tokens, users } = await startConsole();
    await users.set('viewer', (before) => ({ ...before, role: 'admin', tokens: before?.tokens ?? [], created: '' }));
    expect((await ask('GET', '/audit', { token: tokens.viewer })).status).toBe(200);
    await users.remove('viewer');
    expect((await ask('GET', '/status', { token: tokens.viewer })).status).toBe(401);
  });
});

test('at other addresses than loopback it does not start without TLS', async () => {
  const engine = new SimulatedEngine();
  await expect(createConsole(engine, { host: '0.0.0.0', port: 0 }).start()).rejects.toThrow(/in the clear/);
  await expect(createConsole(engine, { host: '0.0.0.0', port: 0, behindProxy: true }).start()).rejects.toThrow(/https/);
});
