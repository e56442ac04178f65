/**
 * Runs `pickle-inspect` many times in one process, and says for each run what it took.
 *
 *     node --expose-gc budget-child.mjs DIST JOBS.json
 *
 * Prints a line of JSON before and after each run; what a run writes is thrown away.
 */
import { Buffer } from 'node:buffer';
import { readFileSync, writeSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const [, , dist, jobsFile] = process.argv;
const load = (path) => import(pathToFileURL(`${dist}/cli/inspect/${path}`).href);
const { PICKLE_INSPECT } = await load('app.js');
const { runProgram } = await load('../kit/program.js');
const say = (message) => writeSync(1, `${JSON.stringify(message)}\n`);

class Counter {
  isTTY = false;
  columns = undefined;
  bytes = 0;
  /** The end of what was written: where a stack trace would be. */
  tail = '';

  async write(chunk) {
    this.bytes += Buffer.byteLength(chunk);
    if (this.keep) this.tail = (this.tail + Buffer.from(chunk).toString()).slice(-500);
  }

  constructor(keep) {
    this.keep = keep;
  }
}

async function* nothing() {}

for (const { id, args } of JSON.parse(readFileSync(jobsFile, 'utf8'))) {
  globalThis.gc();
  say({ id, start: true });
  const stdout = new Counter(false);
  const stderr = new Counter(true);
  const stdin = Object.assign(nothing(), { isTTY: false });
  const before = process.cpuUsage();
  const code = await runProgram(PICKLE_INSPECT, args, {
    io: { stdin, stdout, stderr, env: {} },
    signal: new globalThis.AbortController().signal,
    version: '0.0.0',
  });
  const { user, system } = process.cpuUsage(before);
  const peak = process.resourceUsage().maxRSS / 1024;
  say({ id, code, ms: (user + system) / 1000, peak, written: stdout.bytes, stderr: stderr.tail });
}
