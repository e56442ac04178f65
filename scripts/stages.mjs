/**
 * Runs the stages of `make test` one after the other, and says how long each took, beside its budget.
 * `MAKE` is the program that runs a target. The first stage that fails ends the run.
 */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/** Budgets in minutes on 2 cores. What is over one is said and fails nothing: a slow machine is no fault. */
const STAGES = [
  { name: 'setup', targets: ['setup'] },
  { name: 'lint and types', targets: ['lint', 'format-check', 'typecheck'], budget: 2 },
  { name: 'unit tests', targets: ['unit-test'], budget: 5 },
  { name: 'interop tests', targets: ['interop-test'], budget: 11 },
  { name: 'browser tests', targets: ['browser-test'], budget: 4 },
];

const BUDGET_OF_ALL = 30;

const clock = (milliseconds) => {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

function row(name, milliseconds, budget, result) {
  const limit = budget === undefined ? '' : `of ${budget}:00`;
  const over = budget !== undefined && milliseconds > budget * 60_000 ? 'OVER ITS BUDGET' : '';
  return `${name.padEnd(16)}${clock(milliseconds).padStart(6)} ${limit.padEnd(9)}${[result, over].filter(Boolean).join(', ')}`.trimEnd();
}

const [program, ...options] = (process.env.MAKE ?? 'make').split(' ');

/** Runs a target, and returns its exit status. */
function make(target) {
  const { error, status, signal } = spawnSync(program, [...options, '--no-print-directory', target], {
    stdio: 'inherit',
  });
  if (error) console.error(`stages: ${program} cannot be started: ${error.message}`);
  if (signal) process.kill(process.pid, signal);
  return status ?? 1;
}

const begin = performance.now();
const rows = [];
let status = 0;
for (const { name, targets, budget } of STAGES) {
  const start = performance.now();
  for (const target of targets) {
    status = make(target);
    if (status !== 0) break;
  }
  rows.push(row(name, performance.now() - start, budget, status === 0 ? '' : 'FAILED'));
  if (status !== 0) break;
}
rows.push(row('all', performance.now() - begin, BUDGET_OF_ALL, ''));
console.log(`\nMinutes, beside the budget on 2 cores:\n${rows.join('\n')}`);
process.exitCode = status;
