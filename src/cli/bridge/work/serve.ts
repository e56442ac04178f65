/**
 * The work of `vnpy-bridge serve`.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import { typeFamily } from '../events/see.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { textsOf } from '../../lang/texts.js';
import { ended, withService } from '../service/service.js';
import { SpokenService } from '../service/spoken-service.js';
import { guardedBy, guardHealth, openGuard } from '../connection/guarding.js';
import { simulatedEngine } from '../simulation/simulated-engine.js';
import { announce, publishAddresses, serverOptions } from '../connection/serving.js';
import { rate, request, simulate, subscribe, subscribePair } from '../options.js';

/** Serves a simulated market until told to end. */
export async function serveSimulation(context: CommandContext): Promise<ExitCode> {
  const { settings, signal } = context;
  if (!settings.get(simulate)) throw new CliError('USAGE', ({ saySimulate }) => saySimulate);

  const engine = await simulatedEngine(context);
  return withService(context, 'serve', async (service) => {
    const options = await serverOptions(context, service);
    await using guard = await openGuard(context, service);
    const { said } = await textsOf('services', context.language);
    await using rpc = new SpokenService(engine, { ...options, ...guardedBy(guard) }, said);
    await rpc.start(settings.get(request), publishAddresses(settings.get(subscribe), settings.get(subscribePair)));
    service.metrics?.addServer(rpc);
    engine.on('event', ({ type }) => {
      service.metrics?.countEvent(typeFamily(type));
    });
    service.report({
      ready: () => ({ ok: rpc.isActive(), detail: 'serving' }),
      healthy: () => guardHealth(guard),
    });
    engine.start(settings.get(rate));
    try {
      if (rpc.addresses !== undefined) await announce(context, rpc.addresses);
      await ended(signal);
    } finally {
      engine.stop();
    }
    return EXIT.ok;
  });
}
