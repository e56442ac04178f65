// Prints how many tests of which folder ran on which transport, then 'N passed, N failed', over the JSON results of several
// vitest runs. A file of which there are two results in one run was run on zmtp and on zeromq (vitest.config.ts).
// Arguments: the exit status of the whole run, then the result files. A run that failed without a failed test
// (lint, types, a crash) counts as one failure, so that the line never looks better than the run was.
import { readFileSync } from 'node:fs';

const [status = '1', ...files] = process.argv.slice(2);
/** Folders whose tests open sockets: how many tests ran on each transport. */
const FOLDERS = ['tests/zmtp', 'tests/rpc', 'tests/vnpy', 'interop'];
const onTransport = { zmtp: {}, zeromq: {} };

function countByTransport({ testResults }) {
  const seen = new Set();
  for (const { name, assertionResults } of testResults) {
    const folder = FOLDERS.find((each) => name.replaceAll('\\', '/').includes(`/${each}/`));
    const counts = onTransport[seen.has(name) ? 'zeromq' : 'zmtp'];
    seen.add(name);
    if (folder !== undefined) counts[folder] = (counts[folder] ?? 0) + assertionResults.length;
  }
}

let passed = 0;
let failed = 0;
for (const file of files) {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    passed += results.numPassedTests;
    failed += results.numFailedTests;
    countByTransport(results);
  } catch (error) {
    console.error(`count-tests: ${file}: ${error.message}`);
  }
}
console.log(`${'tests'.padEnd(12)}${'zmtp'.padStart(8)}${'zeromq'.padStart(8)}`);
for (const folder of FOLDERS) {
  const cells = Object.values(onTransport).map((counts) => String(counts[folder] ?? 0).padStart(8));
  console.log(`${folder.padEnd(12)}${cells.join('')}`);
}
if (status !== '0' && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
