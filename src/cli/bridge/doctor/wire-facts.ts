/**
 * What the raw bytes of a server tell about the Python and the vnpy that wrote them.
 *
 * @module
 */
import { PyGlobal, PyObject, Unpickler } from '../../../pickle/index.js';
import type { Frames } from '../../../rpc/index.js';
import { quoted } from './report.js';
import type { Seen } from './report.js';
import type { EventFormat } from '../../recording/format.js';

/** How enum members are written: `Direction('多')`, or `getattr(Direction, 'LONG')`. */
export type EnumEncoding = 'by value' | 'by name';

/** The language of the values of vnpy's translated enums. */
export type EnumLanguage = 'Chinese' | 'English';

/** What is known of the enums of some data. */
export interface EnumFacts {
  readonly encoding: EnumEncoding | undefined;
  readonly language: EnumLanguage | undefined;
}

/** Objects that are looked at: the first ones say as much as all. */
const MAX_OBJECTS = 200;

/** Modules whose enums vnpy translates (vnpy/trader/constant.py). */
const CONSTANTS = 'vnpy.trader.constant';
const UNTRANSLATED: ReadonlySet<string> = new Set(['Exchange', 'Interval', 'Currency']);

/** The protocol of a pickle; undefined for protocols 0 and 1, which do not say. */
export function pickleProtocol(body: Uint8Array): number | undefined {
  return body[0] === 0x80 ? body[1] : undefined;
}

/** Looks at the enum members in a reply: without a registry they are inert data, as they were written. */
export function enumFacts(body: Uint8Array): EnumFacts {
  let encoding: EnumEncoding | undefined;
  let language: EnumLanguage | undefined;
  for (const value of fieldsOf(new Unpickler().load(body))) {
    if (!(value instanceof PyObject) || !(value.class instanceof PyGlobal)) continue;
    const [first] = value.args;
    if (value.class.qualname === 'getattr' && first instanceof PyGlobal && first.module === CONSTANTS) {
      encoding ??= 'by name';
    } else if (value.class.module === CONSTANTS && typeof first === 'string') {
      encoding ??= 'by value';
      if (!UNTRANSLATED.has(value.class.qualname)) language ??= languageOf(first);
    }
  }
  return { encoding, language };
}

function* fieldsOf(reply: unknown): Generator {
  const [, result] = Array.isArray(reply) ? (reply as unknown[]) : [];
  const objects = Array.isArray(result) ? (result as unknown[]) : [result];
  for (const object of objects.slice(0, MAX_OBJECTS)) {
    if (!(object instanceof PyObject)) continue;
    const { state } = object;
    if (typeof state === 'object' && state !== null) yield* Object.values(state);
  }
}

/** Some values (ETF, CFD, FAK) are the same in both languages and say nothing. */
function languageOf(value: string): EnumLanguage | undefined {
  if (/\p{Script=Han}/u.test(value)) return 'Chinese';
  return /^[A-Z][a-z]/.test(value) ? 'English' : undefined;
}

/** The range of Python versions that fits a traceback and a protocol, in words. */
export function pythonRange(traceback: string, protocol: number | undefined): Seen | undefined {
  // Python's traceback always has a frame; this package leaves out its own, which may be all.
  if (/\.[cm]?[jt]s", line|\(most recent call last\):\n\S/.test(traceback)) return ({ thisPackage }) => thisPackage;
  const path = /[\\/]python(?:3\.|3)(\d+)[\\/]/i.exec(traceback)?.[1];
  if (path !== undefined) return quoted(`3.${path}`);
  if (protocol === undefined) return undefined;
  if (protocol >= 5) return (texts) => texts.orNewer('3.14');
  // Since 3.11 a traceback marks the place in the line (PEP 657).
  if (/^ +[~^]*\^[~^]*$/m.test(traceback)) return (texts) => texts.toVersion('3.11', '3.13');
  const last = traceback.includes('  File "') ? '3.10' : '3.13';
  return (texts) => texts.toVersion('3.8', last);
}

/** Which of the two formats an event has; undefined for neither. */
export function eventFormat(frames: Frames): EventFormat | undefined {
  if (frames.length === 2) return 'topic-frame';
  return frames.length === 1 ? 'pair' : undefined;
}

/** The first and the last version of vnpy that publish in a format. */
export const VNPY_VERSIONS: Readonly<Record<EventFormat, readonly [first: string, last?: string]>> = {
  'topic-frame': ['4.5'],
  pair: ['3.0', '4.4'],
};
