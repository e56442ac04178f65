/**
 * What an input can be announced as.
 *
 * @module
 */

/** What an input can be announced or recognised as. */
export const FORMATS = [
  'auto',
  'raw',
  'hex',
  'base64',
  'repr',
  'hexlines',
  'base64lines',
  'jsonl',
  'lenprefix32',
  'pcap',
  'gzip',
  'zlib',
  'zip',
  'npy',
] as const;
/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];
