/**
 * From the bytes of an input to payloads: containers opened, captures taken apart, text decoded.
 *
 * @module
 */
import { found } from '../findings/finding.js';
import type { Finding, Said } from '../findings/finding.js';
import { asText, detectFormat, NO_ZSTD, prefixOrder } from './detect.js';
import { actsAsPickle } from './looks-like-pickle.js';
import type { Detected, PlainText, Unsupported } from './detect.js';
import type { Format } from './formats.js';
import { openNpy } from './npy.js';
import { notice } from './payload.js';
import type { InputLimits, Payload } from './payload.js';
import type { ZipMember } from './zip.js';
import { decodeBase64, decodeHex, decodeRepr, TextFormError } from './text-forms.js';

/** Containers in containers that are opened. */
const MAX_NESTING = 4;

/** How an input is to be read. */
export interface OpenOptions extends InputLimits {
  readonly from: Format;
}

/** Gives the payloads of an input, in their order. */
export function openInput(source: string, data: Uint8Array, options: OpenOptions): AsyncGenerator<Payload> {
  return openNested(source, data, options.from, options, []);
}

async function* openNested(
  source: string,
  data: Uint8Array,
  from: Format,
  limits: InputLimits,
  outer: readonly Finding[],
  depth = 0,
): AsyncGenerator<Payload> {
  const format: Detected = from === 'auto' ? detectFormat(data) : from;
  if (typeof format === 'object') {
    yield 'plain' in format ? plainText(source, format, outer) : unsupported(source, format, outer);
    return;
  }
  const nested: Nested = (name, inner, findings) =>
    depth >= MAX_NESTING
      ? once({ source: name, data: inner, findings })
      : openNested(name, inner, 'auto', limits, findings, depth + 1);
  switch (format) {
    case 'raw':
      yield { source, data, findings: outer };
      return;
    case 'gzip':
    case 'zlib':
    case 'zstd': {
      // Each kind of container is loaded when there is one: most inputs are none.
      const { canInflate, inflate } = await import('./inflate.js');
      if (!canInflate(format)) {
        yield unsupported(source, NO_ZSTD, outer);
        return;
      }
      const result = await inflate(data, format, limits.maxInflate);
      const findings = [...outer, ...inflateFindings(format, limits, result)];
      yield* nested(source, result.data, findings);
      return;
    }
    case 'zip':
      yield* zipPayloads(source, data, limits, outer, nested);
      return;
    case 'tar':
      yield* tarPayloads(source, data, outer, nested);
      return;
    case 'npy':
      yield npyPayload(source, data, outer);
      return;
    case 'pcap': {
      const { capturePayloads } = await import('./capture.js');
      yield* withFirst(capturePayloads(source, data), outer);
      return;
    }
    case 'mcap': {
      const { recordingPayloads } = await import('./recording.js');
      yield* recordingPayloads(source, data, outer);
      return;
    }
    case 'lenprefix32':
      yield* withFirst(prefixedPayloads(source, data), outer);
      return;
    default:
      yield* textPayloads(source, data, format, outer, nested);
  }
}

/** Opens a container inside of another. */
type Nested = (name: string, inner: Uint8Array, findings: readonly Finding[]) => AsyncGenerator<Payload>;

type TextFormat = 'jsonl' | 'hexlines' | 'base64lines' | 'hex' | 'base64' | 'repr';

async function* textPayloads(
  source: string,
  data: Uint8Array,
  format: TextFormat,
  outer: readonly Finding[],
  nested: Nested,
): AsyncGenerator<Payload> {
  const text = asText(data);
  if (text === undefined) {
    yield notice(source, [...outer, found('E053', ({ containers }) => containers.notFormat(format))]);
  } else if (format === 'jsonl') {
    const { jsonLinesPayloads } = await import('./json-lines.js');
    yield* withFirst(jsonLinesPayloads(source, text), outer);
  } else if (format === 'hexlines') {
    yield* withFirst(linePayloads(source, text, decodeHex), outer);
  } else if (format === 'base64lines') {
    yield* withFirst(linePayloads(source, text, decodeBase64), outer);
  } else {
    const decode = { hex: decodeHex, base64: decodeBase64, repr: decodeRepr }[format];
    const decoded = decoding(() => decode(text));
    if ('said' in decoded) yield notice(source, [...outer, found('E053', decoded.said)]);
    // What a text stands for may be compressed in turn (a zlib-ed message, pasted as base64).
    else yield* nested(source, decoded.data, outer);
  }
}

function plainText(source: string, { plain }: PlainText, outer: readonly Finding[]): Payload {
  const said: Said = ({ containers }) => (plain === 'JSON' ? containers.plainJson : containers.plainText);
  return notice(source, [...outer, found('E024', said)]);
}

function unsupported(source: string, { unsupported: what, hint }: Unsupported, outer: readonly Finding[]): Payload {
  // What stands in an archive has no name that a shell could open.
  const saidHint = hint(/^[\w./-]+$/.test(source) && source !== 'stdin' ? source : 'FILE');
  return notice(source, [...outer, found('I006', ({ containers }) => containers.unsupported(what), { saidHint })]);
}

// eslint-disable-next-line @typescript-eslint/require-await -- one item as the async generator that the others are
async function* once(payload: Payload): AsyncGenerator<Payload> {
  yield payload;
}

function* withFirst(payloads: Iterable<Payload>, findings: readonly Finding[]): Generator<Payload> {
  let first = findings;
  for (const payload of payloads) {
    yield first.length === 0 ? payload : { ...payload, findings: [...first, ...payload.findings] };
    first = [];
  }
}

function decoding(decode: () => Uint8Array): { readonly data: Uint8Array } | { readonly said: Said } {
  try {
    return { data: decode() };
  } catch (error) {
    if (error instanceof TextFormError) return { said: error.said };
    throw error;
  }
}

function inflateFindings(
  format: string,
  limits: InputLimits,
  result: { readonly problem?: string; readonly message?: string },
): Finding[] {
  if (result.problem === 'limit') {
    const said: Said = ({ containers }) => containers.unpacksToMore(format, limits.maxInflate);
    return [found('I001', said, { hint: '--max-inflate' })];
  }
  if (result.problem === 'corrupt')
    return [found('E050', ({ containers }) => containers.breaksOff(format, result.message ?? 'corrupt'))];

  return [];
}

async function* zipPayloads(
  source: string,
  data: Uint8Array,
  limits: InputLimits,
  outer: readonly Finding[],
  nested: Nested,
): AsyncGenerator<Payload> {
  let pending = outer;
  let pickles = 0;
  let members = 0;
  if (actsAsPickle(data)) {
    pickles++;
    yield { source, data, findings: [...outer, found('P206', ({ containers }) => containers.archiveIsPickle)] };
    pending = [];
  }
  const { zipMembers } = await import('./zip.js');
  for await (const member of zipMembers(data, limits.maxInflate)) {
    if ('anomaly' in member) {
      const { anomaly } = member;
      pending = [...pending, found('P206', (facts) => facts.containers.ofArchive(anomaly(facts)))];
      continue;
    }
    members++;
    const name = `${source}:${member.name}`;
    const format = member.data.length === 0 ? 'raw' : detectFormat(member.data);
    // Members of other kinds (tensors, texts, directories) are no pickles: `raw` here means "nothing known".
    const relevant = isBinaryContainer(format) || actsAsPickle(member.data);
    const findings = memberFindings(member, relevant, limits);
    if (relevant) {
      pickles++;
      yield* nested(name, member.data, [...pending, ...findings]);
      pending = [];
    } else if (findings.length > 0) {
      yield notice(name, [...pending, ...findings]);
      pending = [];
    }
  }
  if (pickles === 0)
    yield notice(source, [...pending, found('N305', ({ containers }) => containers.noMember(members))]);
  else if (pending.length > 0) yield notice(source, pending);
}

/** Members that hold pickles. In those of torch numbers stand between the pickles. */
async function* tarPayloads(
  source: string,
  data: Uint8Array,
  outer: readonly Finding[],
  nested: Nested,
): AsyncGenerator<Payload> {
  const { tarMembers } = await import('./tar.js');
  const parts = [...tarMembers(data)];
  const all = parts.filter((part) => 'data' in part);
  const isTorch = ['storages', 'tensors', 'pickle'].every((part) => all.some(({ name }) => name === part));
  let pending = outer;
  for (const member of all) {
    const name = `${source}:${member.name}`;
    const cut = member.cut
      ? [found('E050', ({ containers }) => containers.ofMember(JSON.stringify(member.name), containers.cutOff))]
      : [];
    const part = member.name === 'storages' || member.name === 'tensors' ? member.name : undefined;
    const format = member.data.length === 0 ? 'raw' : detectFormat(member.data);
    if (isTorch && part !== undefined) {
      yield { source: name, data: member.data, findings: [...pending, ...cut], torch: part };
    } else if (isBinaryContainer(format) || actsAsPickle(member.data)) {
      yield* nested(name, member.data, [...pending, ...cut]);
    } else {
      pending = [...pending, ...cut];
      continue;
    }
    pending = [];
  }
  for (const part of parts) {
    if ('brokenAt' in part)
      pending = [...pending, found('E050', ({ containers }) => containers.tarBreaks(part.brokenAt))];
  }
  const isEmpty = parts.length === all.length && !all.some(({ data: content }) => actsAsPickle(content));
  if (isEmpty) pending = [...pending, found('N305', ({ containers }) => containers.noMember(all.length))];
  if (pending.length > 0) yield notice(source, pending);
}

function memberFindings(member: ZipMember, relevant: boolean, { maxInflate }: InputLimits): readonly Finding[] {
  const name = JSON.stringify(member.name);
  const findings: Finding[] = member.anomalies.map((what) =>
    found('P206', (facts) => facts.containers.ofMember(name, what(facts))),
  );
  if (member.limited) {
    const said: Said = ({ containers }) => containers.archiveUnpacksToMore(maxInflate);
    findings.push(found('I001', said, { hint: '--max-inflate' }));
  }
  if (member.encrypted && relevant) {
    findings.push(found('P206', ({ containers }) => containers.ofMember(name, containers.notEncrypted)));
  } else if (member.encrypted) {
    const saidHint: Said = ({ containers }) => containers.withPassword;
    findings.push(found('I006', ({ containers }) => containers.encrypted(name), { saidHint }));
  }
  return findings;
}

const BINARY: ReadonlySet<string> = new Set(['gzip', 'zlib', 'zstd', 'zip', 'tar', 'npy', 'pcap', 'mcap']);

function isBinaryContainer(format: Detected): boolean {
  if (typeof format === 'object') return !('plain' in format);
  return BINARY.has(format);
}

function npyPayload(source: string, data: Uint8Array, outer: readonly Finding[]): Payload {
  const file = openNpy(data);
  if (file === undefined) return notice(source, [...outer, found('E050', ({ containers }) => containers.npyHeader)]);

  if (file.pickle === undefined) {
    const array = file.text ?? file.header;
    return notice(source, [...outer, found('N305', ({ containers }) => containers.npyNumbers(array))]);
  }
  return { source, data: file.pickle, findings: outer, single: true };
}

function* prefixedPayloads(source: string, data: Uint8Array): Generator<Payload> {
  const little = prefixOrder(data) === 'little';
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = 0;
  while (at + 4 <= data.length) {
    const length = view.getUint32(at, little);
    const end = Math.min(at + 4 + length, data.length);
    yield { source, data: data.subarray(at + 4, end), findings: [], single: true };
    at = at + 4 + length;
  }
  if (at < data.length) {
    yield notice(source, [
      found('E052', ({ containers }) => containers.afterRecords(data.length - at), { offset: at }),
    ]);
  }
}

function* linePayloads(source: string, text: string, decode: (line: string) => Uint8Array): Generator<Payload> {
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const decoded = decoding(() => decode(line));
    if ('said' in decoded)
      yield notice(source, [found('E053', (facts) => facts.containers.ofLine(index + 1, decoded.said(facts)))]);
    else yield { source, data: decoded.data, findings: [], single: true };
  }
}
