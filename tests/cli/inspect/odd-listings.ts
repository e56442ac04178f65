import { bytes } from '../../support/bytes.js';

/** What pickletools itself lists in one way or another, by its version. */
export const ODD_LISTINGS: readonly (readonly [name: string, data: Uint8Array])[] = [
  ['a str of Python 2 that is not ASCII', bytes('U\x03a\xe9\x80.')],
  ['the same, long', bytes('T\x02\x00\x00\x00\xe9\xff.')],
  ['the same as text', bytes("S'a\\xe9'\n.")],
  ['a name that is not ASCII', bytes('cm\xc3\xa9\nn\n.')],
  ['a persistent id that is not ASCII', bytes('P\xc3\xa9\n.')],
  ['a memo entry stored twice', bytes('K\x01q\x00q\x00.')],
  ['a missing mark', bytes(']e.')],
  ['items left over', bytes('K\x01K\x02.')],
  ['a missing memo entry', bytes('h\x05.')],
  ['marks taken for values', bytes('((\x86.')],
];
