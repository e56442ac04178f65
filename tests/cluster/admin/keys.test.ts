import { nkeys } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { isUserPublicKey, makeUserKey, publicKeyOf } from '../../../src/cluster/admin/keys.js';
import { caught } from '../../support/caught.js';

describe('keys of NATS users', () => {
  test('are what the NATS client takes for a user', () => {
    for (let round = 0; round < 50; round++) {
      const { seed, publicKey } = makeUserKey();
      const theirs = nkeys.fromSeed(new TextEncoder().encode(seed));
      expect(theirs.getPublicKey()).toBe(publicKey);
      const signed = new TextEncoder().encode('a nonce');
      expect(nkeys.fromPublic(publicKey).verify(signed, theirs.sign(signed))).toBe(true);
    }
  });

  test('the public key of a seed of the NATS client is found', () => {
    const theirs = nkeys.createUser();
    expect(publicKeyOf(new TextDecoder().decode(theirs.getSeed()))).toBe(theirs.getPublicKey());
    expect(isUserPublicKey(theirs.getPublicKey())).toBe(true);
  });

  test('any changed letter is seen', () => {
    const { publicKey } = makeUserKey();
    for (let at = 0; at < publicKey.length; at++) {
      const other = publicKey.charAt(at) === 'B' ? 'C' : 'B';
      expect(isUserPublicKey(publicKey.slice(0, at) + other + publicKey.slice(at + 1))).toBe(false);
    }
  });

  test.each([
    ['nothing', ''],
    ['a text', 'secret!'],
    ['a public key', makeUserKey().publicKey],
    ['a seed of an account', new TextDecoder().decode(nkeys.createAccount().getSeed())],
  ])('a seed that is %s is refused, and not repeated', (_, text) => {
    const error = caught(() => publicKeyOf(text));
    expect(error).toMatchObject({ code: 'KEY' });
    if (text !== '') expect(String(error)).not.toContain(text);
  });

  test('keys of others than users are none', () => {
    expect(isUserPublicKey(nkeys.createAccount().getPublicKey())).toBe(false);
    expect(isUserPublicKey(`U${'A'.repeat(55)}`)).toBe(false);
  });
});
