/**
 * The contract of a transport of one's own, as tests: what src/rpc/transport.ts says, sentence by sentence.
 *
 * @module
 */
import type { ContractTest } from './contract.js';
import { clientTests } from './transport-client-tests.js';
import { peerTests } from './transport-peer-tests.js';
import { serverTests } from './transport-server-tests.js';
import { Stage } from './transport-stage.js';
import type { TransportUnderTest } from './transport-stage.js';

/** Time that a test waits for something that must happen, in ms. */
const PATIENCE = 10_000;

/**
 * The tests that a `Transport` has to pass. They need no test framework. Those about gates try nothing where it does not say
 * that it tells peers.
 *
 * Some things take a peer or a network that fails at will, and are not tested: security, `allowAddresses`, `connectTimeout`,
 * `pingTimeout`, the high-water marks. It is not tested either that what was sent before a socket closed gets a moment to leave.
 *
 * @example
 * ```ts
 * import { test } from 'node:test';
 *
 * for (const { name, run } of transportContract(() => ({ transport: myTransport(), address: () => freeAddress() }))) test(name, run);
 * ```
 *
 * @param make - makes a transport, once for each test.
 * @param options - `patience`: how long a test waits for what must happen, in ms. Default 10,000.
 */
export function transportContract(
  make: () => TransportUnderTest | Promise<TransportUnderTest>,
  options: { readonly patience?: number } = {},
): readonly ContractTest[] {
  const { patience = PATIENCE } = options;
  return [...clientTests, ...serverTests, ...peerTests].map(({ name, run }) => ({
    name,
    run: async () => {
      const stage = new Stage(await make(), patience);
      try {
        await run(stage);
      } catch (error) {
        await stage.end().catch(() => undefined); // What failed first says more.
        throw error;
      }
      await stage.end();
    },
  }));
}
