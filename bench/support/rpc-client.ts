/**
 * One client of `npm run bench -- rpc` in a process of its own: several in one process make the engine's code for each slower,
 * and share its garbage. Its argument says as JSON which client it is. It sends a message when it is connected, and answers each
 * {@link Question} by one.
 */
import { BareCaller, BareListener } from './rpc-bare.js';
import { connect, cpuSince, percentiles } from './rpc-turns.js';
import type { Calls, ClientRole, Question, Seen } from './rpc-turns.js';

const { addresses, bare, choice } = JSON.parse(process.argv[2] ?? '') as ClientRole;
const client = bare === undefined ? await connect(addresses, choice) : undefined;
const caller = bare === 'caller' ? new BareCaller(addresses.request) : undefined;
const listener = bare === 'listener' ? new BareListener(addresses.publish, choice.topics?.[0] ?? '') : undefined;

/** Gives the ms that each call of a turn took. */
async function turn(inFlight: number, end: number): Promise<number[]> {
  if (caller !== undefined) return caller.run(inFlight, end);
  const took: number[] = [];
  const worker = async (): Promise<void> => {
    for (let before = performance.now(); before < end;) {
      await client?.call('add', [1, 2]);
      const now = performance.now();
      took.push(now - before);
      before = now;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return took;
}

async function calls(inFlight: number, seconds: number): Promise<Calls> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const took = await turn(inFlight, start + seconds * 1000);
  const elapsed = performance.now() - start;
  return { rate: (took.length / elapsed) * 1000, cpu: cpuSince(cpu) / took.length, ...percentiles(took) };
}

let seen = 0;
let [start, end] = [0, 0];
let [cpuStart, cpuEnd] = [process.cpuUsage(), process.cpuUsage()];
const onEvent = (): void => {
  seen++;
  if (seen === 1) [start, cpuStart] = [performance.now(), process.cpuUsage()];
  else if (seen % 100 === 0) [end, cpuEnd] = [performance.now(), process.cpuUsage()];
};
client?.on('event', onEvent);
if (listener !== undefined) listener.onMessage = onEvent;

function figures(): Seen {
  const counted = Math.floor(seen / 100) * 100 - 1;
  const cpu = cpuEnd.user + cpuEnd.system - cpuStart.user - cpuStart.system;
  return { seen, rate: (counted / (end - start)) * 1000, cpu: cpu / counted };
}

async function answer(question: Question): Promise<Calls | Seen> {
  if (question.op === 'calls') return calls(question.inFlight, question.seconds);
  if (question.op === 'begin') seen = 0;
  return figures();
}

process.on('message', (question: Question) => {
  void answer(question).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
process.send?.('connected');
