/**
 * The work of `vnpy-bridge doctor`.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { textsOf } from '../../lang/texts.js';
import { clientSecurity, warnOn } from '../connection/security.js';
import { json, request, subscribe, timeout, transport, wait } from '../options.js';
import { examine } from './examine.js';
import { renderStep, renderVerdict } from './render.js';
import type { Step } from './report.js';

/** A port or a server that has not answered after this time, in ms, will not. */
const PATIENCE = 10_000;

/** Examines a server and tells of each step as it is done. */
export async function examineServer(context: CommandContext): Promise<ExitCode> {
  const { settings, io, signal, style, language } = context;
  const texts = await textsOf('doctor', language);
  const asJson = settings.get(json);
  const steps: Step[] = [];
  const examination = {
    request: settings.get(request),
    subscribe: settings.get(subscribe),
    security: await clientSecurity(settings, warnOn(context)),
    transport: settings.get(transport),
    timeout: settings.origin(timeout) === 'default' ? PATIENCE : settings.get(timeout),
    wait: settings.get(wait),
    signal,
  };
  for await (const step of examine(examination)) {
    steps.push(step);
    if (!asJson) await io.stdout.write(renderStep(step, style, texts));
  }
  const usable = steps.every(({ status }) => status !== 'fault');
  await io.stdout.write(asJson ? `${JSON.stringify({ usable, steps })}\n` : renderVerdict(steps, style, texts));
  return usable ? EXIT.ok : EXIT.refused;
}
