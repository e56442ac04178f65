/**
 * The work of `vnpy-bridge web`.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import type { Guard } from '../../../guard/index.js';
import { createConsole } from '../../../web/index.js';
import type { Console, ConsoleOptions } from '../../../web/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import type { ServiceTexts } from '../../lang/en/services.js';
import { textsOf } from '../../lang/texts.js';
import { isCluster } from '../connection/cluster.js';
import { guardedBy, openGuard } from '../connection/guarding.js';
import { webServers } from '../connection/web-servers.js';
import type { Behind } from '../connection/web-servers.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import * as options from '../options.js';
import { playForConsole } from '../replay/for-console.js';
import { ended, withService } from '../service/service.js';
import type { Service } from '../service/service.js';
import { simulatedEngine } from '../simulation/simulated-engine.js';

/** Serves the console until told to end. */
export async function serveConsole(context: CommandContext): Promise<ExitCode> {
  return withService(context, 'web', async (service) => {
    const settings = await consoleOptions(context, service);
    await using guard = await openGuard(context, service);
    const behind = await engineFor(context, service);
    const console = createConsole(behind.engine, { ...settings, ...strategiesOf(behind), ...guardedBy(guard) });
    try {
      const { url } = await console.start();
      await announce(context, console, url, guard);
      service.report({ ready: behind.health });
      await Promise.race([behind.begin(), ended(context.signal)]);
      await ended(context.signal);
    } finally {
      await console.close();
      await behind.end();
    }
    return EXIT.ok;
  });
}

async function announce(
  { settings, io, language }: CommandContext,
  console: Console,
  url: string,
  guard: Guard | undefined,
): Promise<void> {
  const isEmpty = !console.hasUsers();
  const link = isEmpty && mayUseLink(guard) ? `${url}#code=${console.link()}` : undefined;
  if (settings.get(options.json)) {
    await io.stdout.write(`${JSON.stringify({ ready: true, url, ...(link === undefined ? {} : { link }) })}\n`);
    return;
  }
  const texts = await textsOf('services', language);
  await io.stdout.write(`${texts.consoleAt(url)}\n`);
  if (link !== undefined) await io.stdout.write(`${texts.loginOnce(link)}\n`);
  else if (isEmpty) await io.stdout.write(`${texts.noUsers(howToAdd(texts, guard, settings.get(options.webUsers)))}\n`);
}

/** The code is for the user `admin` with the role of that name: the policy may know neither. */
function mayUseLink(guard: Guard | undefined): boolean {
  if (guard === undefined) return true;
  return [...guard.policy.principals.values()].some(
    ({ webUser, roles }) => webUser === 'admin' && roles.includes('admin'),
  );
}

/** What to do where the policy says who the users are. */
function howToAdd(texts: ServiceTexts, guard: Guard | undefined, file: string | undefined): string {
  const principal = [...(guard?.policy.principals.values() ?? [])].find(({ webUser }) => webUser !== undefined);
  if (principal?.webUser === undefined) return texts.noWebUser;

  const [role = 'ROLE'] = principal.roles;
  const users = `--web-users ${file ?? 'FILE'}`;
  const rest = file === undefined ? texts.andGive(users) : '';
  return texts.addBy(`web-user add ${principal.webUser} --role ${role} ${users}${rest}`);
}

async function consoleOptions({ settings }: CommandContext, { logger }: Service): Promise<ConsoleOptions> {
  const { host, port } = settings.get(options.webListen);
  const users = settings.get(options.webUsers);
  const cert = settings.get(options.webTlsCert);
  const key = settings.get(options.webTlsKey);
  if ((cert === undefined) !== (key === undefined))
    throw new CliError('USAGE', (texts) => texts.bothOrNone('--web-tls-cert', '--web-tls-key'));

  const tls = cert === undefined || key === undefined ? undefined : { cert: await read(cert), key: await read(key) };
  return {
    ...{ host, port, logger },
    trade: settings.get(options.webTrade),
    maxVolume: settings.get(options.webMaxVolume),
    origins: settings.get(options.webOrigin),
    behindProxy: settings.get(options.webBehindProxy),
    plainHttp: settings.get(options.webPlainHttp),
    requireTotp: settings.get(options.webRequireTotp),
    ...(users === undefined ? {} : { users, dataFolder: `${users}.data` }),
    ...(tls === undefined ? {} : { tls }),
  };
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw CliError.file(path, error);
  }
}

function strategiesOf({ strategies }: Behind): Pick<ConsoleOptions, 'strategies'> {
  return strategies === undefined ? {} : { strategies };
}

async function engineFor(context: CommandContext, service: Service): Promise<Behind> {
  const { settings } = context;
  const replay = settings.get(options.webReplay);
  const isSimulation = settings.get(options.simulate);
  if (isSimulation && replay !== undefined)
    throw new CliError('USAGE', (texts) => texts.both('--simulate', '--replay'));
  const hasServers = settings.get(options.webServer).length > 0;
  if (hasServers && (isSimulation || replay !== undefined))
    throw new CliError('USAGE', ({ noServerThere }) => noServerThere);
  if (settings.get(options.webStrategies) && (isSimulation || replay !== undefined || isCluster(settings)))
    throw new CliError('USAGE', ({ strategiesNeedServer }) => strategiesNeedServer);
  if (isSimulation) return await simulation(context);
  return replay === undefined ? await webServers(context, service) : await playForConsole(context, service, replay);
}

async function simulation(context: CommandContext): Promise<Behind> {
  const { settings } = context;
  const engine = await simulatedEngine(context);
  return {
    engine,
    health: () => ({ ok: true, detail: 'simulating' }),
    begin: () => {
      engine.start(settings.get(options.rate));
      return Promise.resolve();
    },
    end: () => {
      engine.stop();
      return Promise.resolve();
    },
  };
}
