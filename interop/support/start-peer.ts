import { afterAll, afterEach, onTestFinished } from 'vitest';
import { launchPeer } from './peer.js';
import type { Peer, PeerOptions } from './peer.js';

/** The peers of this test file: vitest evaluates this module once for each. */
const peers = new Set<Peer>();
const printed = new Map<Peer, number>();

/**
 * Starts a Python peer for a test. Called in a test, it is stopped when the test ends; called in a hook or between tests,
 * when the file ends. When a test fails, what its peers have printed is shown.
 */
export async function startPeer(options: PeerOptions): Promise<Peer> {
  const peer = await launchPeer(options);
  peers.add(peer);
  try {
    onTestFinished(async () => {
      peers.delete(peer);
      await peer.stop();
    });
  } catch {
    // Not within a test: afterAll stops it.
  }
  return peer;
}

afterEach(({ task }) => {
  for (const peer of peers) {
    const output = peer.output();
    if (task.result?.state === 'fail') {
      const fresh = output.slice(printed.get(peer) ?? 0);
      process.stderr.write(
        `--- ${peer.options.script} (pid ${peer.pid}) during '${task.name}' ---\n${fresh}--- end ---\n`,
      );
    }
    printed.set(peer, output.length);
  }
});

afterAll(async () => {
  await Promise.all([...peers].map((peer) => peer.stop()));
  peers.clear();
});
