#!/usr/bin/env node
/**
 * The executable `pickle-inspect`.
 *
 * @module
 */
import { setFlagsFromString } from 'node:v8';
import { PICKLE_INSPECT } from '../inspect/app.js';
import { runProgram } from '../kit/program.js';
import { args, io, version } from './process.js';

// What a pickle is read into lives until the end. A young generation that grows, to 96 MB in newer Node.js, is memory for
// garbage that is not there. It stays as large as it is once the program is loaded.
setFlagsFromString('--semi-space-growth-factor=1');

process.exitCode = await runProgram(PICKLE_INSPECT, args, { io, signal: new AbortController().signal, version });
