/**
 * The work of `vnpy-bridge listen`.
 *
 * @module
 */
import type { RpcClient } from '../../../rpc/index.js';
import { SubscribeRequest } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { withClient } from '../connection/connection.js';
import { endAfter } from '../connection/end-after.js';
import { CliError } from '../../kit/errors.js';
import { isChosen, seeEvent, typeFamily } from '../events/see.js';
import { tellDoubts } from '../events/event-types.js';
import type { EventFilter } from '../events/see.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { gatewayOf, splitVtSymbol } from '../arguments/symbols.js';
import { eventJson, eventLine } from '../output/event-line.js';
import { textsOf } from '../../lang/texts.js';
import { LineWriter } from '../output/line-writer.js';
import { all, ask, count, forDuration, json, symbol, topic, type } from '../options.js';
import { tellProblems } from '../events/problems.js';
import { explainQuiet } from '../events/quiet.js';

/** Of the types that were not chosen, so many are told. */
const SOME = 8;

const ANY: EventFilter = { types: [], symbols: new Set(), all: false };

/** Prints events until there are enough, the time is over, or the program is told to end. */
export async function listenToEvents(context: CommandContext): Promise<ExitCode> {
  const { settings, io } = context;
  const symbols = settings.get(symbol);
  if (settings.get(ask) && symbols.length === 0) throw new CliError('USAGE', ({ askNeedsSymbols }) => askNeedsSymbols);
  const filter = { types: settings.get(type), symbols: new Set(symbols), all: settings.get(all) };
  const asJson = settings.get(json);
  const most = settings.get(count) ?? Infinity;
  const lines = new LineWriter(io.stdout);
  await tellDoubts('listen', filter.types, context);
  const texts = { live: await textsOf('live', context.language), data: await textsOf('data', context.language) };
  return withClient(
    context,
    async (client) => {
      const stopTelling = tellProblems(client, { io, texts: texts.live });
      using ending = endAfter(context.signal, settings.get(forDuration));
      const { signal } = ending;
      // From here on nothing is missed, also while the subscriptions are asked for.
      const events = client.events({ topic: settings.get(topic), signal });
      if (settings.get(ask)) await askForTicks(context, client, symbols);
      const others = new Set<string>();
      using quiet = explainQuiet(client, { io, texts: texts.live }, () => ({
        ...{ types: filter.types, topic: settings.get(topic), asked: settings.get(ask), others },
        askWith: `--symbol ${symbols[0] ?? 'rb2705.SHFE'} --ask`,
      }));
      let shown = 0;
      for await (const published of events) {
        const event = seeEvent(published);
        if (!isChosen(event, filter)) {
          if (others.size < SOME && isChosen(event, ANY)) others.add(typeFamily(event.type));
          continue;
        }
        quiet.came();
        const now = Date.now();
        await lines.add(asJson ? eventJson(event, now) : eventLine(event, now, context.style, texts.data));
        shown++;
        if (shown >= most) break;
      }
      await lines.flush();
      stopTelling();
      return EXIT.ok;
    },
    { events: true },
  );
}

/** Asks the server for the ticks of contracts: two steps in vnpy, the subscription of the socket is the other one. */
async function askForTicks(context: CommandContext, client: RpcClient, symbols: readonly string[]): Promise<void> {
  for (const target of symbols) {
    const { symbol: name, exchange } = splitVtSymbol(target);
    const gateway = await gatewayOf(context, client, target);
    await client.call('subscribe', [new SubscribeRequest({ symbol: name, exchange }), gateway], {
      signal: context.signal,
    });
  }
}
