#!/usr/bin/env node
/**
 * The executable `pickle-inspect`.
 *
 * @module
 */
import { runInspect } from '../inspect/app.js';
import { args, io, version } from './process.js';

process.exitCode = await runInspect(args, io, { version });
