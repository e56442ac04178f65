#!/usr/bin/env node
/**
 * The executable `pickle-inspect`: the only file of it that touches the process.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { StreamSink } from '../io.js';
import { runInspect } from '../inspect/app.js';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const { stdin, stdout, stderr, env, argv } = process;
process.exitCode = await runInspect(
  argv.slice(2),
  {
    stdin: Object.assign(stdin, { isTTY: stdin.isTTY }),
    stdout: new StreamSink(stdout),
    stderr: new StreamSink(stderr),
    env,
  },
  { version },
);
