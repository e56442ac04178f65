import { expect, test } from 'vitest';
import { loadNats } from '../../../src/cluster/transport/nats-module.js';

test('the client of NATS is loaded', async () => {
  expect(await loadNats()).toHaveProperty('connect');
});

test.each([
  [
    "Cannot find package '@nats-io/transport-node' imported from /srv/app/node_modules/vnpy-bridge/dist/cluster.js",
    /which is not installed/,
  ],
  ['Unexpected token in JSON', /cannot be loaded.*Unexpected token/],
])('%s: what to do is told', async (problem, message) => {
  const loading = loadNats(() => Promise.reject(new Error(problem)));
  await expect(loading).rejects.toMatchObject({ code: 'UNSUITABLE' });
  await expect(loading).rejects.toThrow(message);
  await expect(loading).rejects.toThrow(/npm install @nats-io\/transport-node/);
});
