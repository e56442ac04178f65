/**
 * The sockets of src/zmtp against those of old libraries, pair by pair and mechanism by mechanism.
 *
 * `make matrix` fetches the libraries and runs this; `make test` has the newest one (zmtp-libzmq.test.ts).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXPECTED, Libzmq, MECHANISMS, PAIRS, tryCell } from './zmtp-cells.js';
import type { MechanismName, Pair } from './zmtp-cells.js';

/** JSON of an object: a libzmq's version, and the folder with the unpacked wheel of pyzmq that has it. */
const VARIABLE = 'VNPY_BRIDGE_LIBRARIES';

const LIBRARIES = Object.entries(JSON.parse(process.env[VARIABLE] ?? '{}') as Record<string, string>);

test('there is a library to test', () => {
  expect(LIBRARIES, `${VARIABLE} names none: run \`make matrix\``).not.toEqual([]);
});

/** PLAIN of libzmq 4.3.1 calls its HELLO `WELCOME`, and as a server it takes no other (libzmq issue 3500). */
function isDeaf(version: string, pair: Pair, mechanism: MechanismName): boolean {
  return version === '4.3.1' && mechanism === 'PLAIN' && /^(DEALER|SUB)-/.test(pair);
}

describe.each(LIBRARIES)('libzmq %s', (version, folder) => {
  const libzmq = new Libzmq(process.env['PYTHON'] ?? 'python3', folder);

  beforeAll(async () => {
    expect(await libzmq.ready()).toBe(version);
  });

  afterAll(() => libzmq.stop());

  // The matrix prints a column for each pair: scripts/matrix.ts reads these titles.
  describe.each(PAIRS)('%s', (pair) => {
    test.each(MECHANISMS)('%s', async (mechanism) => {
      const cell = tryCell(libzmq, pair, mechanism);
      if (isDeaf(version, pair, mechanism)) await expect(cell).rejects.toThrow('the peer closed the connection');
      else expect(await cell).toEqual(EXPECTED);
    });
  });
});
