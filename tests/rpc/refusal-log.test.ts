import { expect, test } from 'vitest';
import { RefusalLog } from '../../src/rpc/refusal-log.js';

test('what is refused again and again is written once a minute', () => {
  const lines: string[] = [];
  let now = 0;
  const log = new RefusalLog(
    (line) => lines.push(line),
    () => now,
  );
  for (now = 0; now < 120_000; now += 100) log.tell('connection from 10.0.0.1 refused');
  log.tell('connection from 10.0.0.2 refused');
  expect(lines).toEqual([
    'connection from 10.0.0.1 refused',
    'connection from 10.0.0.1 refused',
    'connection from 10.0.0.2 refused',
  ]);
});

test('strangers with ever new addresses take no more memory than a thousand lines', () => {
  let written = 0;
  const log = new RefusalLog(
    () => written++,
    () => 0,
  );
  for (let count = 0; count < 1000; count++) log.tell(String(count));
  log.tell('0');
  expect(written).toBe(1000);
  log.tell('1000');
  log.tell('0'); // Forgotten with the others.
  expect(written).toBe(1002);
});
