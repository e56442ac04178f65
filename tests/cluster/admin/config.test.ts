/** What a configuration says, and when none is made. Whether a real server takes it is asked in interop/cluster-rights.test.ts. */
import { describe, expect, test } from 'vitest';
import { natsConfig } from '../../../src/cluster/admin/config.js';
import type { ClusterConfigOptions } from '../../../src/cluster/admin/config.js';
import { makeUserKey } from '../../../src/cluster/admin/keys.js';
import { policyOf } from '../../../src/guard/internal.js';
import { caught } from '../../support/caught.js';

const edge = makeUserKey().publicKey;
const desk = makeUserKey().publicKey;

function optionsWith(
  changes: Partial<ClusterConfigOptions> = {},
  natsKey: string | string[] = desk,
): ClusterConfigOptions {
  return {
    cluster: 'desk',
    policy: policyOf({
      version: 1,
      audit: false,
      roles: { trade: { functions: ['send_order'] } },
      principals: { 'desk 1': { roles: ['trade'], natsKey }, screen: { roles: ['trade'], webUser: 'screen' } },
    }),
    infrastructure: [{ role: 'edge', name: 'one', account: 'ctp', publicKey: edge }],
    listen: '127.0.0.1:4222',
    store: '/var/lib/nats',
    ...changes,
  };
}

describe('a configuration', () => {
  test('is the same for the same input', () => {
    const options = optionsWith();
    expect(natsConfig(options)).toBe(natsConfig(options));
  });

  test('keeps the journal on the disk, and has the policy that it was made of', () => {
    const options = optionsWith();
    expect(natsConfig(options)).toContain('sync_interval: always');
    expect(natsConfig(options)).toContain(options.policy.hash);
  });

  test('escapes names, so that none is taken for two tokens or for all', () => {
    expect(natsConfig(optionsWith())).toContain('"vb1.desk.cmd.ctp.desk=201.send_order"');
    expect(natsConfig(optionsWith({ cluster: 'a.*' }))).toContain('"vb1.a=2E=2A.lease.ctp"');
  });

  test('a principal without a NATS key is no user', () => {
    expect(natsConfig(optionsWith())).not.toContain('screen');
  });

  test('two keys of a principal are two users with the same rights', () => {
    const other = makeUserKey().publicKey;
    const config = natsConfig(optionsWith({}, [desk, other]));
    const [first, second] = [desk, other].map(
      (key) => config.split(`nkey: ${key}`)[1]?.split('nkey:')[0]?.split('# ')[0],
    );
    expect(first).toContain('send_order');
    expect(second?.trimEnd().replace(/\]\s*\}\s*$/, '')).toContain('send_order');
  });

  test('a name with a line break stays in its comment', () => {
    const config = natsConfig(optionsWith({ cluster: 'a\nlisten: "0.0.0.0:1"' }));
    expect(config.split('\n').filter((line) => line.startsWith('listen'))).toEqual(['listen: "127.0.0.1:4222"']);
  });
});

describe('no configuration is made', () => {
  const tls = { cert: 'c.pem', key: 'k.pem', ca: 'ca.pem' };
  test.each<[string, Partial<ClusterConfigOptions>, string, RegExp]>([
    ['without an edge', { infrastructure: [] }, 'USER', /no edge/],
    [
      'with one key for two',
      { infrastructure: [{ role: 'edge', name: 'one', account: 'ctp', publicKey: desk }] },
      'KEY',
      /edge one of the account ctp and principal desk 1 have the same key/,
    ],
    [
      'with one name for two',
      { infrastructure: [{ role: 'edge', name: 'desk 1', account: 'ctp', publicKey: edge }] },
      'USER',
      /one name/,
    ],
    [
      'with a seed in the place of a key',
      { infrastructure: [{ role: 'edge', name: 'one', account: 'ctp', publicKey: makeUserKey().seed }] },
      'KEY',
      /edge one .* no public key/,
    ],
    ['for the network without TLS', { listen: '0.0.0.0:4222' }, 'UNSAFE', /in the clear/],
    ['for other servers without TLS', { routeListen: '0.0.0.0:6222' }, 'UNSAFE', /would be one of the servers/],
    [
      'for other servers without a CA',
      { routeListen: '0.0.0.0:6222', tls: { cert: 'c', key: 'k' } },
      'UNSAFE',
      /would be one of the servers/,
    ],
    ['for leaf nodes without keys', { leafListen: '0.0.0.0:7422', tls }, 'USER', /nobody is a leaf node/],
  ])('%s', (_, changes, code, text) => {
    const error = caught(() => natsConfig(optionsWith(changes)));
    expect(error).toMatchObject({ code });
    expect(String(error)).toMatch(text);
  });

  test('with a key of a policy whose checksum is wrong', () => {
    const error = caught(() => natsConfig(optionsWith({}, `U${'A'.repeat(55)}`)));
    expect(error).toMatchObject({ code: 'KEY' });
    expect(String(error)).toContain('principal desk 1');
  });
});
