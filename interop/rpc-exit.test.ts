/**
 * A program that stops its client ends within a second, whatever the server does.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { begun, paused } from './rpc-support/clients.js';
import { repositoryRoot, startPeer } from './support/index.js';

const PROGRAM = `
  import { RpcClient } from 'vnpy-bridge/rpc';
  const [request, publish] = process.argv.slice(1);
  const client = new RpcClient();
  client.subscribe('');
  client.on('event', () => undefined);
  await client.start(request, publish);
  const calls = [1, 2, 3].map((uid) => client.call('sleep', [20]).catch((error) => error.outcome));
  const events = client.events().next();
  process.stdin.once('data', async () => {
    await client.stop();
    console.log(JSON.stringify([await Promise.all(calls), (await events).done]));
    process.stdin.pause();
  });
  console.log('started');
`;

/** Runs the program, tells it to stop, and gives what it printed and how long it took to end, in ms. */
async function stopProgram(
  request: string,
  publish: string,
  meanwhile: () => Promise<void>,
): Promise<[string, number]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, request, publish], {
    cwd: repositoryRoot(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const output = createInterface(child.stdout).on('line', (line) => lines.push(line));
  await once(output, 'line');
  await meanwhile();
  const exited = once(child, 'exit');
  const start = performance.now();
  child.stdin.write('stop\n');
  const [code] = (await exited) as [number | null];
  expect(code).toBe(0);
  return [lines.at(-1) ?? '', performance.now() - start];
}

test('server present', async () => {
  const server = await startPeer({ script: 'rpc_server', journal: true });
  // All three leave together, as soon as there is a connection.
  const left = (): Promise<void> => begun(server, 'sleep');
  const [printed, took] = await stopProgram(server.addresses.request, server.addresses.publish, left);
  expect(JSON.parse(printed)).toEqual([['unknown', 'unknown', 'unknown'], true]);
  expect(took).toBeLessThan(1000);
});

test('server absent', async () => {
  // Time for some attempts to connect; at any time the calls have not left.
  const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));
  const [printed, took] = await stopProgram('tcp://127.0.0.1:1', 'tcp://127.0.0.1:1', moment);
  expect(JSON.parse(printed)).toEqual([['not-sent', 'not-sent', 'not-sent'], true]);
  expect(took).toBeLessThan(1000);
});

test('server hung', async () => {
  const server = await startPeer({ script: 'rpc_server', journal: true });
  const [printed, took] = await stopProgram(server.addresses.request, server.addresses.publish, async () => {
    await begun(server, 'sleep');
    await paused(server);
  });
  expect(JSON.parse(printed)).toEqual([['unknown', 'unknown', 'unknown'], true]);
  expect(took).toBeLessThan(1000);
});
