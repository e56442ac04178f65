/**
 * What the library says, in Chinese.
 *
 * @module
 */
import { Phrasebook } from '../../phrasebook.js';
import { AUDIT_SENTENCES } from './audit.js';
import { CLUSTER_SENTENCES } from './cluster.js';
import { CLUSTER_LOOK_SENTENCES } from './cluster-looks.js';
import { GUARD_SENTENCES } from './guard.js';
import { LINK_SENTENCES } from './link.js';
import { POLICY_SENTENCES } from './policy.js';
import { SERVICE_SENTENCES } from './services.js';

const book = new Phrasebook([
  ...GUARD_SENTENCES,
  ...POLICY_SENTENCES,
  ...AUDIT_SENTENCES,
  ...LINK_SENTENCES,
  ...CLUSTER_SENTENCES,
  ...CLUSTER_LOOK_SENTENCES,
  ...SERVICE_SENTENCES,
]);

/** A sentence of the library in Chinese, as far as it is known. */
export const inChinese = book.say;
