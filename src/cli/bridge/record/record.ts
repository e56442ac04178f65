/**
 * The work of `vnpy-bridge record`.
 *
 * @module
 */
import { RpcClient } from '../../../rpc/index.js';
import type { ClientStatus } from '../../../rpc/index.js';
import { createClock } from '../../recording/clock.js';
import { zstd } from '../../recording/compression.js';
import type { CommandContext } from '../../kit/command.js';
import type { ServiceTexts } from '../../lang/en/services.js';
import { textsOf } from '../../lang/texts.js';
import { addressesOf, clientOptions } from '../connection/connection.js';
import { endAfter } from '../connection/end-after.js';
import { CliError } from '../../kit/errors.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { clientHealth, ended, withService } from '../service/service.js';
import type { Service } from '../service/service.js';
import * as options from '../options.js';
import { tapTransport } from '../connection/tap.js';
import { progressText } from './progress.js';
import { Recorder } from './recorder.js';
import { RotatingWriter } from './rotating-writer.js';

/** How often the progress line is written anew, in ms. */
const PROGRESS = 1000;

/** Bytes that may wait for a disk that is slower than the market. */
const MAX_PENDING = 1 << 28;

/** Records until told to end. */
export async function recordWire(context: CommandContext): Promise<ExitCode> {
  const { settings } = context;
  if (settings.get(options.compress) && zstd() === undefined)
    throw new CliError('USAGE', (texts) => texts.compressNeedsNode(process.version));

  return withService(context, 'record', (service) => record(context, service));
}

async function record(context: CommandContext, service: Service): Promise<ExitCode> {
  const { settings, io, signal } = context;
  const { logger } = service;
  const { request, subscribe } = addressesOf(settings);
  const recorder = new Recorder({
    clock: createClock(),
    write: (message) => {
      writer.add(message);
    },
    logger,
    moreCalls: settings.get(options.snapshotCall),
    symbols: settings.get(options.symbol),
  });
  const tap = service.metrics?.callTap('client');
  const clientUse = await clientOptions(context);
  const chosen = clientUse.transport ?? settings.get(options.transport);
  const measured = tap === undefined ? chosen : tapTransport(chosen, tap);
  const client = new RpcClient({
    ...clientUse,
    logger,
    transport: tapTransport(measured, recorder.tap),
  });
  const failure = new AbortController();
  const writer = await openWriter(context, recorder, client, {
    logger,
    failed: (error) => {
      failure.abort(error);
    },
  });
  service.metrics?.addClient(client);
  service.metrics?.addRecording(() => writer);
  service.report({
    ready: () => clientHealth(client.status()),
    healthy: () => ({
      ok: !failure.signal.aborted,
      detail: failure.signal.aborted ? String(failure.signal.reason) : 'recording',
    }),
  });
  const stopStatus = client.on('status', (status: ClientStatus) => {
    recorder.statusChanged(client, status);
  });
  const texts = {
    services: await textsOf('services', context.language),
    live: await textsOf('live', context.language),
  };
  const stopProgress = showProgress(writer, client, service, texts);
  try {
    client.subscribe('');
    await client.start(request, subscribe);
    using ending = endAfter(signal, settings.get(options.forDuration));
    await Promise.race([ended(ending.signal), ended(failure.signal)]);
  } finally {
    stopProgress();
    stopStatus();
    await client.stop();
    await writer.close();
    service.console.status('');
  }
  if (failure.signal.aborted) throw failure.signal.reason;
  await io.stdout.write(settings.get(options.json) ? resultJson(writer) : resultText(writer, texts.services));
  return EXIT.ok;
}

/** Opens the first file. Each one that begins is told, and gets a snapshot. */
function openWriter(
  { args, settings, version }: CommandContext,
  recorder: Recorder,
  client: RpcClient,
  { logger, failed }: Pick<Service, 'logger'> & { readonly failed: (error: unknown) => void },
): Promise<RotatingWriter> {
  return RotatingWriter.create({
    pattern: args[0] ?? '',
    maxSize: settings.get(options.rotateSize),
    maxAge: settings.get(options.rotateTime),
    flushInterval: settings.get(options.flush),
    fsync: settings.get(options.fsync),
    compress: settings.get(options.compress),
    maxPending: MAX_PENDING,
    facts: { version, ...addressesOf(settings) },
    begun: (path, first) => {
      logger.info(`recording to ${path}`);
      // Every file begins with a snapshot, so that each can be replayed alone.
      if (!first) recorder.takeSnapshot(client);
    },
    lost: (messages) => {
      recorder.note({ note: 'lost', messages });
      logger.error(`${messages} messages were lost: the disk is slower than the market`);
    },
    failed,
  });
}

/** Writes the progress line anew every second. @returns what ends it. */
function showProgress(
  writer: RotatingWriter,
  client: RpcClient,
  { console }: Service,
  texts: Parameters<typeof progressText>[3],
): () => void {
  let before = 0;
  const progress = setInterval(() => {
    const { messages } = writer;
    console.status(progressText(writer, client.status(), (messages - before) * (1000 / PROGRESS), texts));
    before = messages;
  }, PROGRESS);
  return () => {
    clearInterval(progress);
  };
}

function resultJson({ files, messages, bytes, lost }: RotatingWriter): string {
  return `${JSON.stringify({ files, messages, bytes, lost })}\n`;
}

function resultText({ files, messages, bytes, lost, path }: RotatingWriter, texts: ServiceTexts): string {
  const where = files === 1 ? path : texts.files(files);
  return `${texts.recorded(messages, bytes, where)}${lost > 0 ? texts.andLost(lost) : ''}\n`;
}
