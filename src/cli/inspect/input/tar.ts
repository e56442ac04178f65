/**
 * The members of a tar archive. Old files of torch are such archives.
 *
 * @module
 */

/** A member with content. */
export interface TarMember {
  readonly name: string;
  readonly data: Uint8Array;
  /** The archive ends within it. */
  readonly cut: boolean;
}

/** Where the archive cannot be read on, or goes on behind its end. */
export interface TarBreak {
  readonly brokenAt: number;
}

const BLOCK = 512;
const latin1 = new TextDecoder('latin1');
const utf8 = new TextDecoder();

function textAt(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return utf8.decode(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits; a number too large for them stands in binary, behind a set bit. */
function sizeOf(header: Uint8Array): number | undefined {
  const field = header.subarray(124, 136);
  if (((field[0] ?? 0) & 0x80) !== 0) return field.subarray(4).reduce((size, byte) => size * 256 + byte, 0);
  const digits = latin1
    .decode(field)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : undefined;
}

/** Whether the checksum of a header is right; it is counted with blanks in its own place. */
function isHeader(header: Uint8Array): boolean {
  const digits = latin1
    .decode(header.subarray(148, 156))
    .replace(/[\0 ]+$/, '')
    .trim();
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return /^[0-7]+$/.test(digits) && Number.parseInt(digits, 8) === sum;
}

/** What GNU tar and pax write in front of a member: its name, when it is long. */
function longName(type: string, data: Uint8Array): string | undefined {
  if (type === 'L') return textAt(data, 0, data.length);
  return type === 'x' ? /^\d+ path=(.*)$/m.exec(utf8.decode(data))?.[1] : undefined;
}

/** All members that are files, in the order of the archive; and where it breaks, unless it ends as it should. */
export function* tarMembers(data: Uint8Array): Generator<TarMember | TarBreak> {
  let name: string | undefined;
  for (let at = 0; at + BLOCK <= data.length;) {
    const header = data.subarray(at, at + BLOCK);
    const size = sizeOf(header);
    if (size === undefined || !isHeader(header)) {
      // Blocks of zeros end it, and nothing stands behind them.
      if (data.subarray(at).some((byte) => byte !== 0)) yield { brokenAt: at };
      return;
    }
    const start = at + BLOCK;
    const content = data.subarray(start, start + size);
    const type = String.fromCharCode(header[156] ?? 0);
    if (/[Lx]/.test(type)) {
      name = longName(type, content) ?? name;
    } else if (/[\0 07]/.test(type)) {
      const folder = textAt(header, 345, 155);
      const own = `${folder === '' ? '' : `${folder}/`}${textAt(header, 0, 100)}`;
      yield { name: name ?? own, data: content, cut: start + size > data.length };
      name = undefined;
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}
