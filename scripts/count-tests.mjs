// Prints 'N passed, N failed' over the JSON results of several vitest runs.
// Arguments: the exit status of the whole run, then the result files. A run that failed without a failed test
// (lint, types, a crash) counts as one failure, so that the line never looks better than the run was.
import { readFileSync } from 'node:fs';

const [status = '1', ...files] = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const file of files) {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    passed += results.numPassedTests;
    failed += results.numFailedTests;
  } catch (error) {
    console.error(`count-tests: ${file}: ${error.message}`);
  }
}
if (status !== '0' && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
