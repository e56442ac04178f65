/**
 * Loaded before the executable: says at its end what the process took, as a line of JSON on descriptor 3.
 *
 *     node --import budget-watch.mjs pickle-inspect.js ...  3>result
 */
import { writeSync } from 'node:fs';
import process from 'node:process';

process.on('exit', (code) => {
  const { user, system } = process.cpuUsage();
  const peak = process.resourceUsage().maxRSS / 1024;
  writeSync(3, `${JSON.stringify({ code, ms: (user + system) / 1000, peak })}\n`);
});
