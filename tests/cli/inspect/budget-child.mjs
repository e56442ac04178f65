/**
 * Runs `pickle-inspect` many times in one process, and says for each run what it took.
 *
 *     node --expose-gc budget-child.mjs MODULES JOBS.json
 *
 * Prints a line of JSON before and after each run. What a run writes is thrown away.
 */
import { Buffer } from 'node:buffer';
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const [, , modules, jobsFile] = process.argv;
const load = (path) => import(pathToFileURL(`${modules}/cli/inspect/${path}`).href);
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

/** Garbage of earlier runs is not to be counted; to look for it each time would take longer than most runs. */
const CLEAN_UP = 128 * 2 ** 20;

/** Makes the largest size of the process begin anew, where the system can. */
function forgetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Then it is that of all runs so far: never too small.
  }
}

/** Largest size of the process, in MB. */
function peakSize() {
  try {
    const [, size] = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (size !== undefined) return Number(size) / 1024;
  } catch {
    // As above.
  }
  return process.resourceUsage().maxRSS / 1024;
}

// As the executable does it.
setFlagsFromString('--semi-space-growth-factor=1');

/** What every process pays to start. */
const started = process.cpuUsage();

for (const { id, args } of JSON.parse(readFileSync(jobsFile, 'utf8'))) {
  if (process.memoryUsage.rss() > CLEAN_UP) globalThis.gc();
  forgetPeak();
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
  const ms = (started.user + started.system + user + system) / 1000;
  say({ id, code, ms, peak: peakSize(), written: stdout.bytes, stderr: stderr.tail });
}
