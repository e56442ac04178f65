/**
 * Values that look as if they were pickles themselves, by a glance that costs nothing.
 *
 * @module
 */

const PROTO = 0x80;
const STOP = 0x2e;
/** What pickles of protocols 0 and 1 begin with when they do something: GLOBAL, MARK, INST. */
const OLD_STARTS: ReadonlySet<number> = new Set([0x63, 0x28, 0x69]);

/** Whether bytes may be a pickle. */
export function mayHoldPickle(data: Uint8Array): boolean {
  if (data.length < 4) return false;
  // By index: taking a Uint8Array apart goes through its iterator.
  const first = data[0] ?? 0;
  if (first === PROTO) return (data[1] ?? 0) <= 5;
  return OLD_STARTS.has(first) && data[data.length - 1] === STOP;
}

/** Whether text may hold a pickle: as base64, as hex, or character by character. */
export function mayHoldPickleText(text: string): boolean {
  if (text.length < 4) return false;
  const first = text.charCodeAt(0);
  if (first === PROTO) return text.charCodeAt(1) <= 5;
  // 80 02 to 80 05 in base64 and in hex.
  if (first === 0x67) return /^gA[IJKLMNOPQRSTUVWX][A-Za-z0-9+/_-]/.test(text);
  if (first === 0x38) return /^800[2-5][0-9a-f]/i.test(text);
  return OLD_STARTS.has(first) && text.charCodeAt(text.length - 1) === STOP;
}
