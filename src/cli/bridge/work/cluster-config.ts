/**
 * The work of `vnpy-bridge cluster config`.
 *
 * @module
 */
import { INFRASTRUCTURE, natsConfig } from '../../../cluster/internal.js';
import type { ClusterConfigOptions, InfrastructureUser } from '../../../cluster/internal.js';
import { PolicyFile } from '../../../guard/internal.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import type { HostPort } from '../../kit/parsers.js';
import type { Settings } from '../../kit/settings.js';
import * as of from '../cluster-options.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { guard, json } from '../options.js';

/** Prints a configuration. */
export async function printConfig({ settings, io }: CommandContext): Promise<ExitCode> {
  const file = settings.get(guard);
  if (file === undefined) throw new CliError('USAGE', ({ configNeedsPolicy }) => configNeedsPolicy);
  const cluster = settings.get(of.cluster);
  if (cluster === undefined) throw new CliError('USAGE', ({ sayCluster }) => sayCluster);
  const infrastructure = settings.get(of.natsUser).map(readUser);
  const opened = await PolicyFile.open(file, { watch: false });
  await opened.close();
  const text = natsConfig({ cluster, policy: opened.policy, infrastructure, ...serverOf(settings) });
  await io.stdout.write(settings.get(json) ? `${JSON.stringify({ config: text })}\n` : text);
  return EXIT.ok;
}

/** `edge:ACCOUNT:EDGE=KEY`, `dashboard:NAME=KEY` or `admin:NAME=KEY`. */
function readUser(text: string): InfrastructureUser {
  const [, role, rest = '', publicKey = ''] = /^(\w+):(.+)=([^=]*)$/.exec(text) ?? [];
  const known = INFRASTRUCTURE.find((each) => each === role);
  const [account, name] = known === 'edge' ? splitOnce(rest) : [undefined, rest];
  if (known === undefined || name === undefined || name === '')
    throw new CliError('USAGE', (texts) => texts.wrongNatsUser(JSON.stringify(text)));

  return { role: known, name, publicKey, ...(account === undefined ? {} : { account }) };
}

function splitOnce(text: string): readonly [string | undefined, string | undefined] {
  const at = text.indexOf(':');
  return at <= 0 ? [undefined, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function serverOf(settings: Settings): Omit<ClusterConfigOptions, 'cluster' | 'policy' | 'infrastructure'> {
  const [cert, key, ca] = [settings.get(of.natsTlsCert), settings.get(of.natsTlsKey), settings.get(of.natsTlsCa)];
  if ((cert === undefined) !== (key === undefined))
    throw new CliError('USAGE', (texts) => texts.bothOrNone('--nats-tls-cert', '--nats-tls-key'));
  const leafOf = settings.get(of.natsLeafOf);
  const store = settings.get(of.natsStore) ?? (leafOf.length > 0 ? undefined : '/var/lib/nats');
  const name = settings.get(of.natsName);
  return {
    listen: addressOf(settings.get(of.natsListen)),
    routes: settings.get(of.natsRoute),
    leafOf,
    ...(store === undefined ? {} : { store }),
    ...(name === undefined ? {} : { serverName: name }),
    ...(cert === undefined || key === undefined ? {} : { tls: { cert, key, ...(ca === undefined ? {} : { ca }) } }),
    ...optional('monitor', settings.get(of.natsMonitor)),
    ...optional('routeListen', settings.get(of.natsRouteListen)),
    ...optional('leafListen', settings.get(of.natsLeafListen)),
  };
}

function optional<const Name extends string>(name: Name, place: HostPort | undefined): Partial<Record<Name, string>> {
  // The computed name of one property is lost to the type checker.
  return place === undefined ? {} : ({ [name]: addressOf(place) } as Partial<Record<Name, string>>);
}

function addressOf({ host, port }: HostPort): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
