#!/usr/bin/env node
/**
 * The executable `vnpy-bridge`: the only file of it that touches the process.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { StreamSink } from '../io.js';
import { runBridge } from '../bridge/app.js';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const { stdin, stdout, stderr, env, argv } = process;
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait.
    if (ending.signal.aborted) process.exit(130);
    ending.abort(signal);
  });
}

process.exitCode = await runBridge(argv.slice(2), {
  io: {
    stdin: Object.assign(stdin, { isTTY: stdin.isTTY }),
    stdout: new StreamSink(stdout),
    stderr: new StreamSink(stderr),
    env,
  },
  signal: ending.signal,
  version,
});
