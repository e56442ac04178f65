/**
 * The types of events that `--type` may name.
 *
 * @module
 */
import { suggest } from '../../../options.js';
import { EventType } from '../../../vnpy/index.js';
import { escapeText } from '../../kit/text/escape.js';
import type { CommandContext } from '../../kit/command.js';
import type { LiveTexts } from '../../lang/en/live.js';
import { textsOf } from '../../lang/texts.js';

/** Types of vnpy's applications that come close to one of its trader's (each application's `base.py`). */
const OF_APPLICATIONS = ['eBar.', 'eRtdLog', 'eCtaLog', 'eAlgoLog', 'ePmTrade'];

const KNOWN: readonly string[] = [...Object.values(EventType), ...OF_APPLICATIONS];

/** A type as people write it from memory: `tick` for `eTick.`. */
const bare = (type: string): string => type.replace(/^e(?=[A-Z])/, '').replace(/\.$/, '');

/**
 * What is odd about a type that `--type` names: vnpy's begin with an e and a capital. Applications have types of their own,
 * so that an unknown one is told and not refused.
 *
 * @returns undefined for a type that may be right.
 */
export function typeDoubt(type: string, texts: LiveTexts): string | undefined {
  if (KNOWN.some((known) => known.startsWith(type) || (known.endsWith('.') && type.startsWith(known))))
    return undefined;
  const byName = new Map(KNOWN.flatMap((known) => [[known, known] as const, [bare(known), known] as const]));
  // `eTick.rb2705` is known; of `tick.rb2705` the part before the dot says which is meant.
  const [family = ''] = type.split('.');
  const near = [type, family].map((name) => byName.get(suggest(name, [...byName.keys()]) ?? '')).find(Boolean);
  if (near === undefined && /^e[A-Z]/.test(type)) return undefined;
  const hint = near === undefined ? texts.typesAre(KNOWN.join(', ')) : texts.didYouMean(near);
  return texts.noType(escapeText(type)) + hint;
}

/** Tells of types that are probably misspelt, before anything is waited for. */
export async function tellDoubts(
  command: string,
  types: readonly string[],
  { io, language }: Pick<CommandContext, 'io' | 'language'>,
): Promise<void> {
  if (types.length === 0) return;
  const texts = await textsOf('live', language);
  for (const type of types) {
    const doubt = typeDoubt(type, texts);
    if (doubt !== undefined) await io.stderr.write(`vnpy-bridge ${command}: ${doubt}\n`);
  }
}
