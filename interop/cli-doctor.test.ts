import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { dumps } from 'vnpy-bridge/pickle';
import { zmqTransport } from 'vnpy-bridge/rpc';
import { freeAddress, pythonOf, startPeer, vnpyVersions } from './support/index.js';
import type { Peer } from './support/index.js';
import { CLIENT_SOCKETS } from '../tests/support/bare-sockets.js';
import { documentedFindings } from '../tests/cli/bridge/findings-table.js';
import { argsOf, runProgram } from './cli-support.js';

interface Report {
  readonly usable: boolean;
  readonly steps: readonly {
    readonly id: string;
    readonly status: string;
    readonly result: string;
    readonly code?: string;
  }[];
}

async function examine(
  peer: Pick<Peer, 'addresses'>,
): Promise<{ code: number | null; report: Report; result: (id: string) => string }> {
  const { code, stdout } = await runProgram(['doctor', '--json', '--timeout', '5s', ...argsOf(peer)]);
  const report = JSON.parse(stdout) as Report;
  return { code, report, result: (id) => report.steps.find((step) => step.id === id)?.result ?? `no step ${id}` };
}

describe('doctor and real servers', () => {
  // One test, because each examination waits for a heartbeat, which vnpy sends every ten seconds.
  test('tells what each is, and that an RPC thread has died', async () => {
    const chinese = await startPeer({ script: 'vnpy_server', vnpy: '4.5', locale: 'zh_CN.UTF-8' });
    const english = await startPeer({ script: 'vnpy_server', vnpy: '4.4', locale: 'en_US.UTF-8' });
    const dead = await startPeer({ script: 'vnpy_server' });
    await killThread(dead);
    await dead.waitFor((record) => 'thread_died' in record);

    const reports = await Promise.all([examine(chinese), examine(english), examine(dead)]);
    for (const [index, { peer, version, enums }] of [
      { peer: chinese, version: /^4\.5 or newer/, enums: /in Chinese$|by name/ },
      { peer: english, version: /^3\.0 to 4\.4/, enums: /in English$|by name/ },
    ].entries()) {
      const { code, report, result } = reports[index] ?? reports[0];
      expect(report.steps.filter(({ status }) => status === 'fault' || status === 'warning')).toEqual([]);
      expect({ code, usable: report.usable }).toEqual({ code: 0, usable: true });
      expect(result('vnpy')).toMatch(version);
      expect(result('enums')).toMatch(enums);
      expect(result('python')).toContain(peer.ready.python.split('.').slice(0, 2).join('.'));
      expect(result('queue')).toMatch(/comes out/);
      expect(result('contracts')).toMatch(/^8 contracts of gateway SIM/);
    }
    const [, , { code, report }] = reports;
    expect(code).toBe(1);
    expect(report.steps.at(-1)).toMatchObject({
      id: 'call',
      status: 'fault',
      code: 'THREAD_DEAD',
      result: expect.stringMatching(documentedFindings().get('THREAD_DEAD') ?? 'a row of the document') as string,
    });
  });

  test.each(vnpyVersions())(
    'tells that an event which cannot be pickled has ended the event thread of vnpy %s',
    async (vnpy) => {
      const peer = await startPeer({ script: 'vnpy_server', vnpy });
      // As OptionMaster does with its algos. vnpy's RpcEngine publishes every event, and this one has no pickle.
      const code = 'main_engine.event_engine.put(Event("eOptionAlgo", __import__("threading").Lock()))';
      await peer.command('eval', { code });
      await peer.waitFor((record) => 'thread_died' in record);
      const { code: exit, report } = await examine(peer);
      expect(report.steps.filter(({ status }) => status === 'fault')).toEqual([
        expect.objectContaining({ id: 'queue', code: 'EVENTS_STUCK' }),
      ]);
      expect(exit).toBe(1);
    },
  );

  test('tells a server whose process is stopped', async () => {
    const peer = await startPeer({ script: 'vnpy_server' });
    peer.pause();
    const { code, report } = await examine(peer);
    peer.resume();
    expect(code).toBe(1);
    const faults = report.steps.filter(({ status }) => status === 'fault');
    expect(faults.map((step) => step.code)).toEqual(['SILENT_PORT', 'SILENT_PORT']);
  });

  test("tells Python's http.server by its answer", async () => {
    const child = spawn(pythonOf('4.5'), ['-u', '-m', 'http.server', '0', '--bind', '127.0.0.1'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(async () => {
      if (child.kill('SIGKILL')) await once(child, 'close');
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const port = / port (\d+)/.exec(line)?.[1] ?? line;
    const { code, report } = await examine({
      addresses: { request: `tcp://127.0.0.1:${port}`, publish: await freeAddress() },
    });
    expect(code).toBe(1);
    expect(report.steps.find((step) => step.code === 'NOT_ZEROMQ')?.result).toMatch(/HTTP/);
  });
});

/** A request of two items: vnpy unpacks it outside its `try`. */
async function killThread(peer: Peer): Promise<void> {
  const sockets = await zmqTransport.openClient(CLIENT_SOCKETS);
  await new Promise<void>((resolve, reject) => {
    const connection = sockets.connectRequest(peer.addresses.request, {
      opened: () => {
        connection.send([Buffer.from('1'), Buffer.alloc(0), dumps(['two', []])]).then(resolve, reject);
        onTestFinished(() => {
          connection.close();
          sockets.close();
        });
      },
      message: () => undefined,
      closed: ({ detail }) => {
        reject(new Error(detail));
      },
    });
  });
}
