#!/usr/bin/env node
/**
 * The executable `vnpy-bridge`.
 *
 * @module
 */
import { VNPY_BRIDGE } from '../bridge/app.js';
import { runProgram } from '../kit/program.js';
import { args, io, version } from './process.js';

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait.
    if (ending.signal.aborted) process.exit(130);
    ending.abort(signal);
  });
}

process.exitCode = await runProgram(VNPY_BRIDGE, args, { io, signal: ending.signal, version });
