import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RpcService, SimulatedEngine } from 'vnpy-bridge/vnpy';
import { run, start } from './harness.js';

const usersFile = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'bridge-web-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return join(path, 'users.json');
};

describe('web-user', () => {
  test('a token is the last line, and the file is for its owner alone', async () => {
    const users = usersFile();
    const { code, stdout } = await run([
      'web-user',
      'add',
      'robot',
      '--role',
      'trader',
      '--token',
      '--web-users',
      users,
    ]);
    expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, expect.stringMatching(/^vb_[\w-]{43}$/)]);
    if (process.platform !== 'win32') expect(statSync(users).mode & 0o777).toBe(0o600);
    const list = await run(['web-user', 'list', '--json', '--web-users', users]);
    expect(JSON.parse(list.stdout)).toMatchObject([{ name: 'robot', role: 'trader', password: false, totp: false }]);
    expect((await run(['web-user', 'totp', 'robot', '--web-users', users])).stdout).toContain('otpauth://totp/');
    expect((await run(['web-user', 'remove', 'robot', '--web-users', users])).code).toBe(0);
    expect((await run(['web-user', 'remove', 'robot', '--web-users', users])).stderr).toContain('no user robot');
  });

  test('a password from standard input, of 12 characters at least', async () => {
    const users = usersFile();
    const add = (input: string) => run(['web-user', 'add', 'alice', '--web-users', users], { input });
    expect(await add('short\n')).toMatchObject({ code: 4, stderr: expect.stringContaining('12 characters') as string });
    expect(await add('a long password\n')).toMatchObject({ code: 0, stdout: 'added alice, viewer\n' });
    // Who is there keeps the role, unless another one is meant.
    const again = (...more: string[]) =>
      run(['web-user', 'add', 'alice', '--web-users', users, ...more], { input: 'another password\n' });
    expect((await again('--role', 'trader')).stdout).toBe('changed alice, trader, who was viewer\n');
    expect((await again()).stdout).toBe('changed alice, trader (the role stays; --role changes it)\n');
    expect((await again('--token')).stdout).toMatch(/^changed alice, trader .*\nvb_/);
    expect(JSON.parse((await run(['web-user', 'list', '--json', '--web-users', users])).stdout)).toMatchObject([
      { name: 'alice', role: 'trader', password: true },
    ]);
    expect((await run(['web-user', 'add', 'x y', '--token', '--web-users', users])).stderr).toContain('user name');
    expect((await run(['web-user', 'list'])).stderr).toContain('--web-users');
  });
});

test('web --simulate says where it is, and lets in once by the code', async () => {
  const service = start(['web', '--simulate', '--web-listen', '127.0.0.1:0']);
  const [link = ''] = await service.stdout.waitFor(/http:\S+#code=\S+/);
  expect(service.stdout.text).toMatch(/^console at http:\/\/127\.0\.0\.1:\d+\/\n/);
  const url = new URL(link);
  const answer = await fetch(new URL('/api/v1/session/link', url), {
    method: 'POST',
    headers: { Origin: url.origin, 'X-Requested-With': 'vnpy-bridge', 'Content-Type': 'application/json' },
    body: JSON.stringify({ code: url.hash.slice('#code='.length) }),
  });
  expect(answer.status).toBe(204);
  expect(await service.end()).toMatchObject({ code: 0 });
});

test('web --guard without users says what to do', async () => {
  const users = usersFile();
  const policyOf = (webUser: string, role: string): string => {
    const path = join(users, '..', `${webUser}.json`);
    const functions = ['get_*'];
    const principals = { one: { webUser, roles: [role] } };
    writeFileSync(path, JSON.stringify({ version: 1, audit: false, roles: { [role]: { functions } }, principals }));
    return path;
  };
  const told = async (policy: string, ...more: string[]): Promise<string> => {
    const args = ['web', '--simulate', '--web-listen', '127.0.0.1:0', '--guard', policy, ...more];
    const service = start(args);
    await service.stdout.waitFor(/there are no users yet; .*\n/);
    expect(await service.end()).toMatchObject({ code: 0 });
    return service.stdout.text;
  };
  const alice = policyOf('alice', 'desk');
  const command = 'web-user add alice --role desk --web-users';
  expect(await told(alice, '--web-users', users)).toContain(`the policy names who may log in: ${command} ${users}\n`);
  expect(await told(alice)).toContain(`${command} FILE, and give the console --web-users FILE\n`);
  // The code is for the user admin with the role admin: no use to any other policy.
  expect(await told(policyOf('admin', 'desk'))).not.toContain('#code=');
  expect(await told(policyOf('admin', 'admin'))).toContain('#code=');
});

describe('several vnpy servers', () => {
  test('are told apart, and one that is not there keeps no other from working', async () => {
    const server = new RpcService(new SimulatedEngine({ session: 's' }));
    await server.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
    onTestFinished(() => server.stop());
    const { reply = '', topicFrame = '' } = server.addresses ?? {};
    const users = usersFile();
    const token = (await run(['web-user', 'add', 'robot', '--token', '--web-users', users])).stdout
      .trim()
      .split('\n')
      .at(-1);
    const service = start([
      ...['web', '--web-listen', '127.0.0.1:0', '--web-users', users, '--metrics', '127.0.0.1:0'],
      ...['--server', `day=${reply},${topicFrame}`, '--server', 'night=tcp://127.0.0.1:1,tcp://127.0.0.1:2'],
    ]);
    const [, url = ''] = await service.stdout.waitFor(/console at (\S+)/);
    const [, metrics = ''] = await service.stderr.waitFor(/metrics at (\S+)\/metrics/);
    await service.stderr.waitFor(/day: snapshot: \d+ contracts/);
    const answer = await fetch(new URL('/api/v1/status', url), { headers: { Authorization: `Bearer ${token ?? ''}` } });
    const { servers } = (await answer.json()) as { readonly servers: readonly Readonly<Record<string, unknown>>[] };
    expect(servers).toMatchObject([
      { name: 'day', state: 'connected', gateways: ['day:SIM'] },
      { name: 'night', state: expect.stringMatching(/^(connecting|disconnected)$/) as string, gateways: [] },
    ]);
    const text = await (await fetch(`${metrics}/metrics`)).text();
    expect(text).toMatch(/vnpy_bridge_server_connected\{server="day"\} 1\n.*\{server="night"\} 0/);
    const ready = await fetch(`${metrics}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([200, expect.stringContaining('night: ') as string]);
    expect(await service.end()).toMatchObject({ code: 0 });
  });

  test('are given well, or not at all', async () => {
    const both = 'a=tcp://127.0.0.1:1,tcp://127.0.0.1:2';
    const refused = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await run(['web', '--web-listen', '127.0.0.1:0', ...args]);
      expect(code).toBe(4);
      return stderr;
    };
    for (const server of ['a', 'a=tcp://127.0.0.1:1', 'a:b=x,y', '=x,y', 'a=x,y,z'])
      expect(await refused('--server', server), server).toContain('NAME=REQUEST,SUBSCRIBE');
    expect(await refused('--server', both, '--server', both)).toContain('two servers are called a');
    expect(await refused('--server', both, '--request', 'tcp://127.0.0.1:3')).toContain('not both');
    expect(await refused('--server', both, '--simulate')).toContain('leave out --server');
  });
});

describe('web --web-strategies', () => {
  test.each([
    ['of its server', 'cta', null],
    ['of a server among several', 'day:cta', 'day'],
  ])('lists what the functions %s give, and starts one', async (_, place, serverName) => {
    const server = new RpcService(new SimulatedEngine({ session: 's' }));
    const variables = { inited: true, trading: false, pos: 2 };
    server.server.register('cta_strategies', () => [
      {
        ...{ strategy_name: 'double', vt_symbol: 'rb2705.SHFE', class_name: 'DoubleMaStrategy', author: 'x' },
        ...{ parameters: { fast_window: 10 }, variables },
      },
    ]);
    server.server.register('cta_start_strategy', (name: unknown) => {
      variables.trading = name === 'double';
      return null;
    });
    await server.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
    onTestFinished(() => server.stop());
    const { reply = '', topicFrame = '' } = server.addresses ?? {};
    const users = usersFile();
    const add = ['web-user', 'add', 'robot', '--role', 'trader', '--token', '--web-users', users];
    const token = (await run(add)).stdout.trim().split('\n').at(-1) ?? '';
    const addresses = ['--request', reply, '--subscribe', topicFrame];
    const service = start([
      ...['web', '--web-listen', '127.0.0.1:0', '--web-users', users, '--web-trade', '--web-strategies'],
      ...(serverName === null ? addresses : ['--server', `${serverName}=${reply},${topicFrame}`]),
    ]);
    const [, url = ''] = await service.stdout.waitFor(/console at (\S+)/);
    await service.stderr.waitFor(/snapshot: \d+ contracts/);
    const ask = async (method: string, path: string): Promise<unknown> => {
      const answer = await fetch(new URL(`/api/v1${path}`, url), {
        method,
        headers: { Authorization: `Bearer ${token}` },
      });
      return answer.json();
    };
    // The server has no spread application.
    const actions = ['init', 'start', 'stop', 'add', 'edit', 'remove'];
    expect(await ask('GET', '/strategies')).toMatchObject({
      apps: [{ app: 'cta', server: serverName, actions }],
      data: [{ name: 'double', symbol: 'rb2705.SHFE', variables: { pos: 2 }, trading: false }],
    });
    const done = { app: place, name: 'double', outcome: 'done' };
    expect(await ask('POST', `/strategies/${place}/double/start`)).toEqual(done);
    expect(await ask('GET', '/strategies')).toMatchObject({ data: [{ name: 'double', trading: true }] });
    expect(await service.end()).toMatchObject({ code: 0 });
  });

  test('needs a connection to vnpy itself', async () => {
    for (const other of [['--simulate'], ['--nats', 'nats://127.0.0.1:1', '--account', 'a']]) {
      const { code, stderr } = await run(['web', '--web-listen', '127.0.0.1:0', '--web-strategies', ...other]);
      expect([code, stderr]).toEqual([4, expect.stringContaining('needs a connection to vnpy itself') as string]);
    }
  });
});
