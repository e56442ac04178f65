import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DIAGNOSES } from '../../../src/cli/bridge/doctor/diagnoses.js';
import type { DiagnosisCode } from '../../../src/cli/bridge/doctor/diagnoses.js';
import { doctor } from '../../../src/cli/lang/en/doctor.js';
import { makeStep } from '../../../src/cli/bridge/doctor/report.js';
import type { Step } from '../../../src/cli/bridge/doctor/report.js';
import { heartbeatOutcome } from '../../../src/cli/bridge/doctor/talk.js';
import { enumFacts, pythonRange } from '../../../src/cli/bridge/doctor/wire-facts.js';
import { dumps } from 'vnpy-bridge/pickle';
import { generateCurveKeyPair, zmqTransport } from 'vnpy-bridge/rpc';
import type { PublishSocket, ReplySocket } from 'vnpy-bridge/rpc';
import { Event, SimulatedEngine } from 'vnpy-bridge/vnpy';
import { bytes } from '../../support/bytes.js';
import { SERVER_SOCKETS } from '../../support/bare-sockets.js';
import { command, greeting, ready } from '../inspect/wire.js';
import { documentedFindings } from './findings-table.js';
import { run, serveEngine, serveFunctions, serveLiveMarket, serveMarket } from './harness.js';
import type { RunSettings } from './harness.js';

/**
 * For what comes: a machine that is busy, or pauses, may take its time for an answer. The wait for events always lasts as long
 * as it says: what is published every 20 to 100 ms comes meanwhile, and while the calls before it are answered.
 */
const PATIENT = ['--wait', '400ms', '--timeout', '20s'];
/** For what does not come. */
const QUICK = ['--wait', '700ms', '--timeout', '1s'];

interface ExamineSettings extends RunSettings {
  readonly times?: readonly string[];
}

interface Report {
  readonly code: number;
  readonly usable: boolean;
  readonly steps: readonly Step[];
}

async function examine(
  args: readonly string[],
  { times = PATIENT, ...settings }: ExamineSettings = {},
): Promise<Report> {
  const { code, stdout } = await run(['doctor', '--json', ...times, ...args], settings);
  return { code, ...(JSON.parse(stdout) as Omit<Report, 'code'>) };
}

function codes({ steps }: Pick<Report, 'steps'>): readonly (DiagnosisCode | undefined)[] {
  return steps.flatMap(({ code }) => (code === undefined ? [] : [code]));
}

function step({ steps }: Report, id: Step['id']): Step {
  const found = steps.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no step ${id} in ${JSON.stringify(steps)}`);
  return found;
}

/** Diagnoses whose fault was made here; the last test compares them with the list. */
const made = new Set<DiagnosisCode>();

/**
 * THREAD_DEAD is made in interop/, with a real vnpy. The other two cannot be made on every machine: they need a platform
 * without the native module, and a user who is not root.
 */
const ELSEWHERE: readonly DiagnosisCode[] = ['ZEROMQ_UNAVAILABLE', 'NOT_PERMITTED', 'THREAD_DEAD'];

async function expectFault(
  args: readonly string[],
  code: DiagnosisCode,
  seen: RegExp,
  settings?: ExamineSettings,
): Promise<Report> {
  const report = await examine(args, settings);
  expectFound(report, code);
  const found = report.steps.find((candidate) => candidate.code === code);
  expect(found?.result).toMatch(seen);
  expect(found?.advice).toBe(doctor.advice[code]);
  expect(report.usable).toBe(DIAGNOSES[code] !== 'fault');
  expect(report.code).toBe(report.usable ? 0 : 1);
  return report;
}

/** A finding was made, and the document has it as it is printed. */
function expectFound(report: Pick<Report, 'steps'>, code: DiagnosisCode): void {
  const results = report.steps.filter((candidate) => candidate.code === code).map(({ result }) => result);
  expect(codes(report)).toContain(code);
  expect(results.join('\n')).toMatch(documentedFindings().get(code) ?? /a row of the document/);
  made.add(code);
}

/** A TCP server that treats its connections as told. */
async function listenTcp(treat: (socket: Socket) => void): Promise<string> {
  return bound(
    createServer((socket) => {
      socket.on('error', () => undefined);
      treat(socket);
    }),
  );
}

async function bound(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port to which the kernel drops further connections, as a firewall does: its queue is full and nobody empties it. */
async function dropsPackets(): Promise<string> {
  const script = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    process.stdout.write(String(this.address().port));
  })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGSTOP');
  for (let index = 0; index < 8; index++) {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    onTestFinished(() => {
      socket.destroy();
    });
    await Promise.race([once(socket, 'connect'), new Promise((resolve) => setTimeout(resolve, 50))]);
  }
  return `tcp://127.0.0.1:${String(port)}`;
}

/** Bare ZeroMQ sockets, that do what no RpcServer does. */
async function bareServer(): Promise<{ reply: ReplySocket; publisher: PublishSocket; args: readonly string[] }> {
  const sockets = await zmqTransport.openServer(SERVER_SOCKETS);
  const reply = await sockets.bindReply('tcp://127.0.0.1:*');
  const publisher = await sockets.bindPublish('tcp://127.0.0.1:*');
  onTestFinished(async () => {
    await reply.close();
    await publisher.close();
    sockets.close();
  });
  return { reply, publisher, args: ['--request', reply.address, '--subscribe', publisher.address] };
}

describe('doctor and a healthy server', () => {
  test('finds nothing wrong, and tells what the server is', async () => {
    const { args } = await serveLiveMarket();
    const report = await examine(args);
    expect(report).toMatchObject({ code: 0, usable: true });
    expect(codes(report)).toEqual([]);
    expect(report.steps.map(({ id }) => id)).toEqual([
      'address',
      'request-port',
      'subscribe-port',
      'connection',
      'call',
      'python',
      'functions',
      'contracts',
      'enums',
      'queue',
      'heartbeat',
      'vnpy',
      'clock',
      'events',
    ]);
    expect(step(report, 'python').result).toMatch(/this package \(Node\.js\)/);
    expect(step(report, 'contracts').result).toMatch(/^4 contracts of gateway SIM; 1 accounts/);
    expect(step(report, 'enums').result).toMatch(/by name/);
    expect(step(report, 'vnpy').result).toMatch(/4\.5 or newer/);
    expect(step(report, 'clock').result).toMatch(/ms (behind|ahead)/);
    expect(step(report, 'events').result).toMatch(/\d+ eTick\./);
  });

  test('calls nothing that changes anything', async () => {
    const called: string[] = [];
    class Watched extends SimulatedEngine {
      override subscribe(): void {
        called.push('subscribe');
      }
      override sendOrder(): string {
        called.push('send_order');
        return '';
      }
      override cancelOrder(): void {
        called.push('cancel_order');
      }
      override queryHistory(): readonly [] {
        called.push('query_history');
        return [];
      }
    }
    const { args } = await serveEngine(new Watched());
    expect((await examine(args)).usable).toBe(true);
    expect(called).toEqual([]);
  });

  test('says it in lines for people, each as it is done', async () => {
    const { args } = await serveMarket();
    const { code, stdout } = await run(['doctor', ...PATIENT, ...args]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok +addresses /);
    expect(stdout).toMatch(/\nusable: 0 faults, 0 warnings\n$/);
  });

  test('recognises the event format of older servers', async () => {
    const engine = new SimulatedEngine();
    const { service } = await serveEngine(engine);
    await service.stop();
    await service.start('tcp://127.0.0.1:*', { pair: 'tcp://127.0.0.1:*' });
    const { reply = '', pair = '' } = service.addresses ?? {};
    const report = await examine(['--request', reply, '--subscribe', pair]);
    expect(step(report, 'vnpy').result).toMatch(/3\.0 to 4\.4/);
    expect(report.usable).toBe(true);
  });
});

describe('doctor and addresses', () => {
  test('a text that is no address', () => expectFault(['--request', 'localhost:2014'], 'BAD_ADDRESS', /no scheme/));

  test('the same address twice', async () => {
    const { request } = await serveMarket();
    await expectFault(['--request', request, '--subscribe', request], 'SAME_ADDRESS', /as request and as publish/);
  });

  test('nobody listens', async () => {
    const { subscribe } = await serveMarket();
    const report = await expectFault(
      ['--request', 'tcp://127.0.0.1:9', '--subscribe', subscribe],
      'REFUSED',
      /ECONNREFUSED/,
    );
    expect(step(report, 'subscribe-port').status).toBe('ok');
    expect(report.steps).toHaveLength(3);
  });

  test('a host that does not exist', async () => {
    const { subscribe } = await serveMarket();
    await expectFault(
      ['--request', 'tcp://no-such-host.invalid:2014', '--subscribe', subscribe],
      'HOST_UNKNOWN',
      /getaddrinfo/,
      // A resolver that nobody answers gives up after ten seconds or more.
      { times: ['--wait', '2s', '--timeout', '100s'] },
    );
  }, 120_000);

  test.runIf(process.platform === 'linux')('a host to which there is no way', async () => {
    const { subscribe } = await serveMarket();
    // TCP to the broadcast address: the kernel itself says that the network is unreachable.
    await expectFault(['--request', 'tcp://255.255.255.255:2014', '--subscribe', subscribe], 'NO_ROUTE', /ENETUNREACH/);
  });

  test.runIf(process.platform === 'linux')('a host from which nothing comes back', async () => {
    const { subscribe } = await serveMarket();
    const deaf = await dropsPackets();
    const settings = { times: QUICK };
    await expectFault(
      ['--request', deaf, '--subscribe', subscribe],
      'CONNECT_TIMEOUT',
      /no answer within 1 s/,
      settings,
    );
  });

  test('the two addresses exchanged', async () => {
    const { request, subscribe } = await serveMarket();
    const args = ['--request', subscribe, '--subscribe', request];
    await expectFault(args, 'PUBLISHER_AT_REQUEST', /of the type PUB/);
    await expectFault(args, 'REPLIER_AT_SUBSCRIBE', /of the type ROUTER/);
  });
});

describe('doctor and ports that are no vnpy', () => {
  test('a web server', async () => {
    const { subscribe } = await serveMarket();
    const web = await bound(createHttpServer());
    await expectFault(
      ['--request', web, '--subscribe', subscribe],
      'NOT_ZEROMQ',
      /answers but is no ZeroMQ: an HTTP server.*HTTP\/1\.1 400/,
    );
  });

  test('a program that speaks first', async () => {
    const { request } = await serveMarket();
    const ssh = await listenTcp((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    await expectFault(
      ['--request', request, '--subscribe', ssh],
      'NOT_ZEROMQ',
      /an SSH server, it says "SSH-2\.0-OpenSSH_9\.2/,
    );
  });

  test('a program that says nothing', async () => {
    const { subscribe } = await serveMarket();
    const silent = await listenTcp(() => undefined);
    const settings = { times: QUICK };
    await expectFault(
      ['--request', silent, '--subscribe', subscribe],
      'SILENT_PORT',
      /is silent: not a byte/,
      settings,
    );
  });

  test.each([
    ['Redis', '+PONG\r\n', /: Redis, it says "\+PONG"/],
    ["Python's http.server", '<!DOCTYPE HTML>\n<html lang="en">', /: an HTTP server, it says "<!DOCTYPE HTML>"/],
    ['a protocol of lines', 'what?\n', /: it says "what\?"/],
  ])('a program that speaks when a line is complete: %s', async (_, answer, seen) => {
    const { subscribe } = await serveMarket();
    const lines = await listenTcp((socket) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        // As C's strchr() does: a line ends nowhere behind a zero byte.
        if (/^[^\0]*\n/.test(text)) socket.write(answer);
      });
    });
    await expectFault(['--request', lines, '--subscribe', subscribe], 'NOT_ZEROMQ', seen, { times: QUICK });
  });

  test('both ports are looked at in one timeout', async () => {
    // Each says who it is once the other one was connected to, too.
    const waiting: Socket[] = [];
    const program = (): Promise<string> =>
      listenTcp((socket) => {
        waiting.push(socket);
        if (waiting.length === 2) for (const each of waiting) each.write('SSH-2.0-x\r\n');
      });
    const report = await examine(['--request', await program(), '--subscribe', await program()]);
    expect(report.steps.map(({ code }) => code)).toEqual([undefined, 'NOT_ZEROMQ', 'NOT_ZEROMQ']);
    expect(waiting).toHaveLength(2);
  });

  test('a program that hangs up', async () => {
    const { subscribe } = await serveMarket();
    const rude = await listenTcp((socket) => socket.end());
    await expectFault(['--request', rude, '--subscribe', subscribe], 'CLOSED_AT_ONCE', /before a byte came/);
  });

  test('a ZeroMQ of another age', async () => {
    const { subscribe } = await serveMarket();
    // The greeting of ZMTP 2: signature, revision 1, socket type, identity.
    const greeting = Buffer.alloc(64);
    greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1, 4, 0, 0]);
    const old = await listenTcp((socket) => socket.write(greeting));
    await expectFault(['--request', old, '--subscribe', subscribe], 'OLD_ZEROMQ', /older ZMTP/);
  });

  test.each([
    ['a frame with reserved flags', bytes(0x88, 3, 'abc'), /flags 0x88, of which some are reserved \(byte 64 of/],
    ['a READY whose properties are cut', command('READY', bytes(11, 'Socket-Type', 0, 0)), /properties.* cut short/],
  ])('a ZeroMQ that breaks its handshake: %s', async (_, broken, seen) => {
    const { subscribe } = await serveMarket();
    const address = await listenTcp((socket) => socket.write(bytes(greeting(), broken)));
    await expectFault(['--request', address, '--subscribe', subscribe], 'NOT_ZEROMQ', seen);
  });

  test('a ZeroMQ socket of another kind', async () => {
    const { subscribe } = await serveMarket();
    const pull = await listenTcp((socket) => socket.write(bytes(greeting(), ready('PULL'))));
    await expectFault(['--request', pull, '--subscribe', subscribe], 'OTHER_SOCKET', /of the type PULL/);
  });
});

describe('doctor and security', () => {
  test('CURVE expected', async () => {
    const { secretKey } = await generateCurveKeyPair();
    const { args } = await serveFunctions({}, { security: { mechanism: 'curve', secretKey } });
    await expectFault(args, 'CURVE_EXPECTED', /with CURVE/);
  });

  test('PLAIN expected, and a wrong password', async () => {
    const { args } = await serveFunctions({}, { security: { mechanism: 'plain', users: { me: 'right' } } });
    await expectFault(args, 'PLAIN_EXPECTED', /with PLAIN/);
    const env = { VNPY_BRIDGE_PLAIN_PASSWORD: 'wrong' };
    await expectFault(['--plain-username', 'me', ...args], 'CREDENTIALS_REFUSED', /./, { env });
  });

  test('security that the server does not have', async () => {
    const { args } = await serveMarket();
    const { publicKey } = await generateCurveKeyPair();
    await expectFault(['--curve-server-key', publicKey, ...args], 'SECURITY_NOT_SPOKEN', /with NULL/);
  });

  test('a wrong server key', async () => {
    const { secretKey } = await generateCurveKeyPair();
    const { publicKey } = await generateCurveKeyPair();
    const { args } = await serveFunctions({}, { security: { mechanism: 'curve', secretKey } });
    await expectFault(['--curve-server-key', publicKey, ...args], 'CREDENTIALS_REFUSED', /./);
  });
});

describe('doctor and servers that answer badly', () => {
  test('something that answers and is no RpcServer', async () => {
    const { reply, args } = await bareServer();
    reply.receive((frames) => {
      void reply.send([...frames.slice(0, -1), Buffer.from('hello')]);
    });
    await expectFault(args, 'BAD_REPLY', /cannot be decoded/);
  });

  test('heartbeats and no answer', async () => {
    const { reply, publisher, args } = await bareServer();
    reply.receive(() => undefined);
    const timer = setInterval(() => publisher.send([Buffer.from('heartbeat'), dumps(Date.now() / 1000)]), 20);
    onTestFinished(() => {
      clearInterval(timer);
    });
    // The wait ends with the first heartbeat, the time with no answer.
    await expectFault(args, 'NO_REPLY', /./, { times: ['--wait', '20s', '--timeout', '2s'] });
  });

  test('answers and no heartbeat', async () => {
    const { args } = await serveMarket({ heartbeatInterval: 1e9 });
    const times = ['--wait', '700ms', '--timeout', '20s'];
    const report = await examine(args, { times });
    expect(report.usable).toBe(true);
    expect(step(report, 'heartbeat')).toMatchObject({
      status: 'skipped',
      result: expect.stringMatching(/--wait 12s/) as string,
    });
    expect(step(report, 'clock').status).toBe('skipped');
    const silence = { heartbeats: 0, firstHeartbeat: 0, dialect: undefined };
    expect(heartbeatOutcome(silence, 10_000).code).toBeUndefined();
    const outcome = heartbeatOutcome(silence, 12_000);
    expect(outcome.status).toBe('fault');
    expectFound({ steps: [makeStep('heartbeat', outcome, 0)] }, 'NO_HEARTBEAT');
  });

  test('the heartbeat of vnpy 2', async () => {
    const { reply, publisher, args } = await bareServer();
    reply.receive((frames) => {
      void reply.send([...frames.slice(0, -1), dumps([false, "Traceback (most recent call last):\nKeyError: 'x'\n"])]);
    });
    const timer = setInterval(() => publisher.send([dumps(['_keep_alive', new Date()])]), 20);
    onTestFinished(() => {
      clearInterval(timer);
    });
    const report = await expectFault(args, 'OLD_HEARTBEAT', /vnpy 2/);
    expect(step(report, 'vnpy').result).toMatch(/2\.0\.6 to 2\.9/);
    expectFound(report, 'NO_RPC_SERVICE');
  });

  test('a slow answer', async () => {
    const { reply, publisher, args } = await bareServer();
    let pause = 1100;
    reply.receive((frames) => {
      setTimeout(() => {
        void reply.send([...frames.slice(0, -1), dumps([true, null])]);
      }, pause);
      pause = 0;
    });
    const timer = setInterval(() => publisher.send([Buffer.from('heartbeat'), dumps(Date.now() / 1000)]), 20);
    onTestFinished(() => {
      clearInterval(timer);
    });
    expectFound(await examine(args), 'SLOW_REPLY');
  });

  test('a clock that is an hour off', async () => {
    const { reply, publisher, args } = await bareServer();
    reply.receive((frames) => {
      void reply.send([...frames.slice(0, -1), dumps([true, null])]);
    });
    const timer = setInterval(() => publisher.send([Buffer.from('heartbeat'), dumps(Date.now() / 1000 + 3600.5)]), 20);
    onTestFinished(() => {
      clearInterval(timer);
    });
    await expectFault(args, 'CLOCK_OFF', /3600\d{3} ms ahead/);
  });

  test('events that cannot be decoded', async () => {
    const { reply, publisher, args } = await bareServer();
    reply.receive((frames) => {
      void reply.send([...frames.slice(0, -1), dumps([true, null])]);
    });
    const timer = setInterval(() => {
      publisher.send([Buffer.from('heartbeat'), dumps(Date.now() / 1000)]);
      publisher.send([Buffer.from('eTick.'), Buffer.from('{"json": true}')]);
    }, 20);
    onTestFinished(() => {
      clearInterval(timer);
    });
    await expectFault(args, 'UNDECODABLE_EVENTS', /undecodable.*eTick\./);
  });

  test('functions that are missing, contracts that are missing', async () => {
    const { args } = await serveFunctions({ get_all_contracts: () => [], get_all_orders: () => [] });
    const report = await expectFault(args, 'MISSING_FUNCTIONS', /missing: get_all_accounts/);
    expectFound(report, 'NO_CONTRACTS');
  });
});

describe('the event queue', () => {
  const functions = Object.fromEntries(
    ['ticks', 'orders', 'trades', 'positions', 'accounts', 'contracts'].map((kind) => [`get_all_${kind}`, () => []]),
  );
  const nothing = (): null => null;
  const web = { ...functions, get_contract: nothing, get_order: nothing, connect: nothing, cancel_order: nothing };

  test('a server that answers and whose events do not come out', async () => {
    const { args } = await serveFunctions({
      ...web,
      get_all_active_orders: () => [],
      get_tick: nothing,
      get_trade: nothing,
      get_position: nothing,
      get_account: nothing,
    });
    await expectFault(args, 'EVENTS_STUCK', /has not come out within 1 s/, {
      times: ['--wait', '500ms', '--timeout', '1s'],
    });
  });

  test('a publish address of another server, whose events come instead', async () => {
    const [asked, heard] = [await serveMarket(), await serveLiveMarket()];
    const args = ['--request', asked.request, '--subscribe', heard.subscribe];
    await expectFault(args, 'EVENTS_STUCK', /within 1 s, while [1-9]\d* other events came/, {
      times: ['--wait', '500ms', '--timeout', '1s'],
    });
  });

  test('a server whose events come out', async () => {
    const { args } = await serveMarket();
    expect(step(await examine(args), 'queue')).toMatchObject({ status: 'ok' });
  });

  test("WebTrader's server", async () => {
    const { args } = await serveFunctions(web);
    const report = await expectFault(args, 'WEBTRADER', /WebEngine/);
    expect(step(report, 'queue')).toMatchObject({ status: 'skipped' });
  });
});

describe('what bytes tell', () => {
  test.each([
    ['a path', 'File "/opt/python3.12/lib/python3.12/site-packages/vnpy/rpc/server.py", line 9', 4, '3.12'],
    ['a path of Windows', 'File "C:\\Python310\\Lib\\x.py"', 4, '3.10'],
    ['protocol 5', '  File "x.py", line 1\n    a\nKeyError: 1', 5, '3.14 or newer'],
    [
      'marks in the line',
      '  File "x.py", line 1\n    self._f[name]\n    ~~~~~~~^^^^^^\nKeyError: 1',
      4,
      '3.11 to 3.13',
    ],
    ['no marks', '  File "x.py", line 1\n    self._f[name]\nKeyError: 1', 4, '3.8 to 3.10'],
    ['no frame', 'Traceback (most recent call last):\nKeyError: 1\n', 4, 'none: the server is this package (Node.js)'],
    ['no protocol', 'KeyError: 1', undefined, undefined],
  ])('of the Python: %s', (_name, traceback, protocol, range) => {
    expect(pythonRange(traceback, protocol)?.(doctor)).toBe(range);
  });

  test('of enums: nothing where there is none', () => {
    expect(enumFacts(dumps([true, []]))).toEqual({ encoding: undefined, language: undefined });
    expect(enumFacts(dumps([true, new Event('x', null)].slice(0, 1)))).toEqual({
      encoding: undefined,
      language: undefined,
    });
  });
});

test('the fault of every diagnosis is made, here or in interop/', () => {
  expect([...made, ...ELSEWHERE].sort()).toEqual(Object.keys(DIAGNOSES).sort());
});

test('the document has each finding once', () => {
  expect([...documentedFindings().keys()].sort()).toEqual(Object.keys(DIAGNOSES).sort());
});
