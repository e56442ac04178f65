/**
 * Why nothing comes, and what to do.
 *
 * @module
 */
import { RpcTimeoutError } from '../../../rpc/index.js';
import type { RpcClient } from '../../../rpc/index.js';
import { EventType } from '../../../vnpy/index.js';
import type { Io } from '../../kit/io.js';
import type { LiveTexts } from '../../lang/en/live.js';
import { escapeText } from '../../kit/text/escape.js';

/** Nothing to show for so long, in ms, is explained. */
export const QUIET = 3000;

/** How long the server may take to say whether it has accounts, in ms. */
const PATIENCE = 2000;

/** What is known where nothing comes. */
export interface Quiet {
  /** What `--type` and `--topic` choose. */
  readonly types: readonly string[];
  readonly topic: string;
  /** Whether the server was asked for the ticks of the symbols. */
  readonly asked: boolean;
  /** What the user would type to have that done. */
  readonly askWith: string;
  /** Families of the types that came and were not chosen, some of them. */
  readonly others: ReadonlySet<string>;
  /** How many accounts the server has; undefined where it could not say. */
  readonly accounts: number | undefined;
}

/** One sentence for each reason that fits what is known. */
export function quietReasons(
  { types, topic, asked, askWith, others, accounts }: Quiet,
  texts: LiveTexts,
): readonly string[] {
  const isOfTicks =
    types.length === 0 || types.some((type) => EventType.TICK.startsWith(type) || type.startsWith('eTick'));
  return [
    ...(others.size === 0 ? [] : [texts.leftOut(escapeText([...others].join(', ')))]),
    ...(topic === '' ? [] : [texts.emptyTopic]),
    ...(accounts === 0 ? [texts.noAccount] : []),
    ...(!isOfTicks
      ? [texts.whenSomething(types.join(', '))]
      : asked
        ? accounts === 0
          ? []
          : [texts.noTickCame]
        : [texts.askFor(askWith)]),
  ];
}

/** What waits for the first event. */
export interface QuietWatch extends Disposable {
  /** One event was shown: there is nothing to explain any more. */
  readonly came: () => void;
}

/**
 * Explains on standard error, once, when nothing was shown for {@link QUIET} ms.
 *
 * @param known - Called then.
 */
export function explainQuiet(
  client: Pick<RpcClient, 'call'>,
  { io: { stderr }, texts }: { readonly io: Pick<Io, 'stderr'>; readonly texts: LiveTexts },
  known: () => Omit<Quiet, 'accounts'>,
): QuietWatch {
  let isOver = false;
  const ending = new AbortController();
  const explain = async (): Promise<void> => {
    const answer = await accountsOf(client, ending.signal);
    if (isOver) return;
    const reasons = answer === 'none' ? [texts.hangs] : quietReasons({ ...known(), accounts: answer }, texts);
    // Where standard error is closed there is nobody to tell; the command goes on.
    await stderr
      .write(`vnpy-bridge: ${texts.nothingYet}\n${reasons.map((reason) => `  - ${reason}\n`).join('')}`)
      .catch(() => undefined);
  };
  const timer = setTimeout(() => void explain(), QUIET);
  const came = (): void => {
    isOver = true;
    clearTimeout(timer);
    ending.abort();
  };
  return { came, [Symbol.dispose]: came };
}

/** @returns `'none'` when no answer came; undefined when the server has no such function. */
async function accountsOf(client: Pick<RpcClient, 'call'>, signal: AbortSignal): Promise<number | 'none' | undefined> {
  try {
    const answer = await client.call('get_all_accounts', [], { signal, timeout: PATIENCE });
    return Array.isArray(answer) ? answer.length : undefined;
  } catch (error) {
    return error instanceof RpcTimeoutError ? 'none' : undefined;
  }
}
