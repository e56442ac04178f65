/**
 * A server made from the settings.
 *
 * @module
 */
import type { PublishAddress, ServerAddresses } from '../../../rpc/index.js';
import { checkClientVersion, VNPY_FUNCTIONS } from '../../../vnpy/internal.js';
import type { RpcServiceOptions } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { textsOf } from '../../lang/texts.js';
import { CliError } from '../../kit/errors.js';
import { serverSecurity, warnOn } from './security.js';
import type { Service } from '../service/service.js';
import { tapTransport } from './tap.js';
import { json, serveAllow, serveAllowAddress, serveOldestClient, serveReadOnly, transport } from '../options.js';

/** The functions of vnpy_rpcservice that neither trade nor cancel. */
export const READ_ONLY_FUNCTIONS: readonly string[] = VNPY_FUNCTIONS.filter(
  (name) => name !== 'send_order' && name !== 'cancel_order',
);

/** What the settings say about a server. */
export async function serverOptions(context: CommandContext, { logger, metrics }: Service): Promise<RpcServiceOptions> {
  const { settings } = context;
  const security = await serverSecurity(settings, warnOn(context));
  const allow = settings.get(serveAllow);
  const readOnly = settings.get(serveReadOnly);
  if (readOnly && allow.length > 0)
    throw new CliError('USAGE', (texts) => texts.both('--serve-allow', '--serve-read-only'));
  const allowed = readOnly ? READ_ONLY_FUNCTIONS : allow;
  const allowAddresses = settings.get(serveAllowAddress);
  const oldestClient = settings.get(serveOldestClient);
  const chosen = settings.get(transport);
  return {
    logger,
    transport: metrics === undefined ? chosen : tapTransport(chosen, metrics.callTap('server')),
    ...(security === undefined ? {} : { security }),
    ...(allowed.length === 0 ? {} : { allow: allowed }),
    ...(allowAddresses.length === 0 ? {} : { allowAddresses }),
    ...(oldestClient === undefined ? {} : { oldestClient: checkClientVersion(oldestClient) }),
  };
}

/** Where to publish: for clients of vnpy 4.5, and where wanted for older ones too. */
export function publishAddresses(topicFrame: string, pair: string | undefined): PublishAddress {
  return { topicFrame, ...(pair === undefined ? {} : { pair }) };
}

/** Says where the server is, so that a script that started it knows that it can go on. */
export async function announce(
  { settings, io, language }: CommandContext,
  { reply, topicFrame, pair }: ServerAddresses,
): Promise<void> {
  const addresses = { request: reply, subscribe: topicFrame, subscribePair: pair };
  const texts = await textsOf('services', language);
  await io.stdout.write(
    settings.get(json)
      ? `${JSON.stringify({ ready: true, ...addresses })}\n`
      : `${texts.ready(reply, topicFrame ?? '-')}${pair === undefined ? '' : texts.pairAt(pair)}\n`,
  );
}
