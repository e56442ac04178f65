/**
 * The work of `vnpy-bridge replay`.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../../rpc/index.js';
import { Event, EventType } from '../../../vnpy/index.js';
import type { BarData, RpcService } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { textsOf } from '../../lang/texts.js';
import { CliError } from '../../kit/errors.js';
import { tellDoubts } from '../events/event-types.js';
import { isOfType } from '../events/see.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { ended, withService } from '../service/service.js';
import type { Service } from '../service/service.js';
import { SpokenService } from '../service/spoken-service.js';
import { guardedBy, guardHealth, openGuard } from '../connection/guarding.js';
import { announce, publishAddresses, serverOptions } from '../connection/serving.js';
import * as options from '../options.js';
import { readBars } from './bars-file.js';
import { ReplayHistory } from './history.js';
import { Player } from './player.js';
import type { Stage } from './player.js';
import { RecordedEngine } from './recorded-engine.js';
import { checkRecordings } from './source.js';
import type { TimeRange } from './source.js';
import { ReplayedMarket } from './trading-engine.js';

/** How often to look whether a client has called, in ms. */
const LOOK = 20;

/** Between a client's first call and the first event, in ms: its subscription may still be on its way. */
const SETTLE = 500;

/** Between the last event and the end, in ms: what was published shall arrive. */
const LINGER = 500;

/** Events that wait for a slow client: at `--speed max` a market day may come at once. */
const HIGH_WATER_MARK = 1_000_000;

/** Serves recordings until they end or the program is told to. */
export async function replayRecordings(context: CommandContext): Promise<ExitCode> {
  const range = rangeOf(context);
  const types = context.settings.get(options.type);
  if (context.settings.get(options.trade) && !isOfType(EventType.TICK, types))
    throw new CliError('USAGE', (texts) => texts.tradeNeedsTicks(EventType.TICK));

  await tellDoubts('replay', types, context);
  await checkRecordings(context.args);
  const bars = (await Promise.all(context.settings.get(options.replayHistory).map(readBars))).flat();
  return withService(context, 'replay', (service) => replay(context, service, range, bars));
}

async function replay(
  context: CommandContext,
  service: Service,
  range: TimeRange,
  bars: readonly BarData[],
): Promise<ExitCode> {
  const { args, settings, io, signal } = context;
  const { logger } = service;
  const position = (): number | undefined => player.position;
  const history = new ReplayHistory(bars, settings.get(options.historyFromTicks), position);
  const { said } = await textsOf('services', context.language);
  const recorded = new RecordedEngine(history, said);
  const player: Player = new Player({
    paths: args,
    range,
    speed: settings.get(options.replaySpeed),
    types: settings.get(options.type),
    signal,
    recorded,
    logger,
  });
  if (!(await player.prepare()))
    logger.warn('the recording begins without a snapshot: calls are answered from what the events say');

  const market = settings.get(options.trade)
    ? new ReplayedMarket(recorded, () => player.position ?? 0, context.language)
    : undefined;
  const serving = await serverOptions(context, service);
  await using guard = await openGuard(context, service);
  const texts = await textsOf('services', context.language);
  const serviceOptions = { ...serving, ...guardedBy(guard), publishHighWaterMark: HIGH_WATER_MARK };
  await using rpc = new SpokenService(market ?? recorded, serviceOptions, texts.said);
  for (const name of recorded.answers.keys()) rpc.server.register(name, () => recorded.answers.get(name));
  await rpc.start(
    settings.get(options.request),
    publishAddresses(settings.get(options.subscribe), settings.get(options.subscribePair)),
  );
  service.metrics?.addServer(rpc);
  service.metrics?.addReplay(() => player.position);
  service.report({ ready: () => ({ ok: rpc.isActive(), detail: 'replaying' }), healthy: () => guardHealth(guard) });
  if (rpc.addresses !== undefined) await announce(context, rpc.addresses);

  if (settings.get(options.waitForClient)) await firstCall(rpc, signal);
  const stage: Stage = {
    publish: (topic, data) => {
      if (data instanceof Event) rpc.publish(topic, data);
      else rpc.server.publish(topic, data);
    },
    market,
    played: (type) => {
      service.metrics?.countEvent(type);
    },
  };
  await playAll(player, stage, { again: settings.get(options.loop), signal, logger });
  if (settings.get(options.stay)) await ended(signal);
  else await delay(LINGER, undefined, { signal }).catch(() => undefined);
  const { published, undecodable, damaged } = player.counts;
  await io.stdout.write(
    settings.get(options.json)
      ? `${JSON.stringify({ published, undecodable, damaged })}\n`
      : `${texts.played(published)}${undecodable > 0 ? texts.undecodable(undecodable) : ''}${damaged > 0 ? texts.damaged(damaged, args.length) : ''}\n`,
  );
  return damaged > 0 ? EXIT.usage : EXIT.ok;
}

/** Which part is to be played. */
function rangeOf({ settings }: CommandContext): TimeRange {
  const from = settings.get(options.from);
  const to = settings.get(options.to);
  if (from !== undefined && to !== undefined && from >= to)
    throw new CliError('USAGE', (texts) => texts.before('--from', '--to'));
  return { from: nanoseconds(from ?? 0), to: nanoseconds(to ?? 8.64e15) };
}

/** Plays once, or again and again. */
async function playAll(
  player: Player,
  stage: Stage,
  { again, signal, logger }: { readonly again: boolean; readonly signal: AbortSignal; readonly logger: Logger },
): Promise<void> {
  while (true) {
    await player.play(stage);
    if (signal.aborted) return;
    logger.info(player.counts.damaged > 0 ? 'all that can be read has been played' : 'the recording has ended');
    // A loop without a single event would only spin.
    if (!again || player.counts.published === 0) return;
    await player.prepare();
  }
}

async function firstCall(rpc: RpcService, signal: AbortSignal): Promise<void> {
  try {
    while (rpc.stats().requests === 0) await delay(LOOK, undefined, { signal });
    await delay(SETTLE, undefined, { signal });
  } catch {
    // Told to end while waiting.
  }
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms)) * 1_000_000n;
}
