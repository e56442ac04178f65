import { describe, expect, test } from 'vitest';
import { MemoryTransport, transportContract } from 'vnpy-bridge/testing';
import type { TransportUnderTest } from 'vnpy-bridge/testing';
import { zmqTransport, zmtpTransport } from 'vnpy-bridge/rpc';
import { freeAddress } from '../support/free-port.js';
import { WRONG_TRANSPORTS } from './wrong-transports.js';

function inMemory(): TransportUnderTest {
  let addresses = 0;
  return { transport: new MemoryTransport(), address: () => `address ${++addresses}` };
}

function overZmq(): TransportUnderTest {
  return { transport: zmqTransport, address: freeAddress };
}

function overZmtp(): TransportUnderTest {
  return { transport: zmtpTransport, address: freeAddress };
}

describe.each([
  ['MemoryTransport', inMemory],
  ['zmqTransport', overZmq],
  ['zmtpTransport', overZmtp],
])('%s', (_name, make) => {
  test.each([...transportContract(make)])('$name', async ({ run }) => {
    await run();
  });
});

describe('a transport is found out that', () => {
  test.each(Object.entries(WRONG_TRANSPORTS))('%s', async (_fault, { spoil, found }) => {
    const make = (): TransportUnderTest => ({ ...inMemory(), transport: spoil(new MemoryTransport()) });
    const failures: string[] = [];
    for (const { name, run } of transportContract(make, { patience: 100 })) {
      await run().catch((error: unknown) => failures.push(`${name}: ${String(error)}`));
      if (found.test(failures.join('\n'))) break;
    }

    expect(failures.join('\n')).toMatch(found);
  });
});
