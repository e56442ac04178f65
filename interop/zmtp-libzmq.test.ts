/** The sockets of src/zmtp against the libzmq of the newest pyzmq. Older ones: zmtp-old-libzmq.matrix.ts. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pythonOf } from './support/index.js';
import { EXPECTED, Libzmq, MECHANISMS, PAIRS, tryCell } from './zmtp-cells.js';

const python = pythonOf('4.5');
const packages = execFileSync(python, ['-c', 'import zmq; print(zmq.__path__[0])'], { encoding: 'utf8' });
const libzmq = new Libzmq(python, packages.trim().replace(/[\\/]zmq$/, ''));

beforeAll(async () => {
  expect(await libzmq.ready()).toMatch(/^4\.3\.[5-9]$/);
});

afterAll(() => libzmq.stop());

describe.each(PAIRS)('%s', (pair) => {
  test.each(MECHANISMS)('with %s: messages of every size and number of parts', async (mechanism) => {
    expect(await tryCell(libzmq, pair, mechanism)).toEqual(EXPECTED);
  });

  test.skipIf(process.platform === 'win32').each(MECHANISMS)('with %s, over a Unix socket', async (mechanism) => {
    expect(await tryCell(libzmq, pair, mechanism, 'ipc')).toEqual(EXPECTED);
  });
});
