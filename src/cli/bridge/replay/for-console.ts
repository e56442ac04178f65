/**
 * A recording as what a console stands in front of.
 *
 * @module
 */
import type { Event, TradingEngine } from '../../../vnpy/index.js';
import { Event as VnpyEvent } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { textsOf } from '../../lang/texts.js';
import { seeEvent } from '../events/see.js';
import * as options from '../options.js';
import type { Health } from '../service/http.js';
import type { Service } from '../service/service.js';
import { Player } from './player.js';
import { RecordedEngine } from './recorded-engine.js';
import { checkRecordings } from './source.js';
import { ReplayedMarket } from './trading-engine.js';

/** A recording that tells its events here, as a server would. */
class PlayedEngine extends RecordedEngine {
  readonly #heard = new Set<(event: Event) => void>();

  override applyEvent(topic: string, data: unknown): void {
    super.applyEvent(topic, data);
    if (!(data instanceof VnpyEvent) || seeEvent({ topic, data }).copyOf !== undefined) return;
    for (const listener of this.#heard) listener(data);
  }

  override on(name: 'event', listener: (event: Event) => void): () => void {
    const stop = super.on(name, listener);
    this.#heard.add(listener);
    return () => {
      stop();
      this.#heard.delete(listener);
    };
  }
}

/** An engine that plays a recording once it has begun. */
export interface Played {
  readonly engine: TradingEngine;
  readonly health: () => Health;
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
}

/** With `--web-trade` orders are matched against the recorded ticks; without, everything is as it was recorded. */
export async function playForConsole(context: CommandContext, { logger }: Service, path: string): Promise<Played> {
  const { settings } = context;
  await checkRecordings([path]);
  const ending = new AbortController();
  const signal = AbortSignal.any([context.signal, ending.signal]);
  const { said } = await textsOf('services', context.language);
  const recorded = new PlayedEngine(undefined, said);
  const player = new Player({
    ...{ paths: [path], range: { from: 0n, to: 10n ** 19n }, types: [], signal, recorded, logger },
    speed: settings.get(options.replaySpeed),
  });
  await player.prepare();
  const market = settings.get(options.webTrade)
    ? new ReplayedMarket(recorded, () => player.position ?? 0, context.language)
    : undefined;
  const stage = { publish: () => undefined, market, played: () => undefined };
  return {
    engine: market ?? recorded,
    health: () => ({ ok: true, detail: 'replaying' }),
    begin: async () => {
      await player.play(stage);
      if (!signal.aborted) logger.info('the recording has ended');
    },
    end: () => {
      ending.abort();
      return Promise.resolve();
    },
  };
}
