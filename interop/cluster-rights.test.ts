/**
 * What the configuration of `vnpy-bridge cluster config` lets each user do, asked of a real nats-server: every role × every
 * subject, published and read.
 */
import { connect, nkeyAuthenticator, PermissionViolationError } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LEAF_SEED, natsConfig } from '../src/cluster/admin/config.js';
import { makeUserKey } from '../src/cluster/admin/keys.js';
import { policyOf } from '../src/guard/internal.js';
import { freePort, PATIENCE } from './support/index.js';
import { checkNatsConfig, NatsServer } from './support/nats-server.js';
import { makeCertificate } from './support/certificate.js';

const ROLES = ['trader', 'viewer', 'other', 'edge', 'edge-b', 'dashboard', 'admin'] as const;
type Role = (typeof ROLES)[number];

const keys = Object.fromEntries(ROLES.map((role) => [role, makeUserKey()])) as Record<
  Role,
  { readonly seed: string; readonly publicKey: string }
>;

const policy = policyOf({
  version: 1,
  audit: false,
  roles: {
    trade: { functions: ['send_order', 'cancel_order', 'subscribe', 'get_*', 'query_history', 'add'] },
    look: { functions: ['get_*', 'subscribe'], deny: { functions: ['get_all_accounts'] } },
    open: { functions: ['*'], future: true, deny: { functions: ['send_order'] } },
  },
  principals: {
    trader: { roles: ['trade'], natsKey: keys.trader.publicKey },
    viewer: { roles: ['look'], natsKey: keys.viewer.publicKey },
    other: { roles: ['open'], natsKey: keys.other.publicKey },
  },
});

const NOBODY: readonly Role[] = [];
const CLIENTS: readonly Role[] = ['trader', 'viewer', 'other'];
const WATCHERS: readonly Role[] = ['dashboard', 'admin'];
const S = 'vb1.desk';

/** Who may publish to a subject. */
const PUBLISH: Readonly<Record<string, readonly Role[]>> = {
  // --- commands: one's own name alone, and what the policy allows
  [`${S}.cmd.ctp.trader.send_order`]: ['trader'],
  [`${S}.cmd.ctp.trader.cancel_order`]: ['trader'],
  [`${S}.cmd.ctp.trader.subscribe`]: ['trader'],
  [`${S}.cmd.ctp.trader.add`]: ['trader'],
  [`${S}.cmd.ctp.trader.something`]: NOBODY,
  [`${S}.cmd.ctp.viewer.subscribe`]: ['viewer'],
  [`${S}.cmd.ctp.viewer.send_order`]: NOBODY,
  [`${S}.cmd.ctp.viewer.cancel_order`]: NOBODY,
  [`${S}.cmd.ctp.viewer.add`]: NOBODY,
  [`${S}.cmd.ctp.other.something`]: ['other'],
  [`${S}.cmd.ctp.other.send_order`]: NOBODY,
  [`${S}.cmd.b.trader.send_order`]: ['trader'],
  [`${S}.cmd.unknown.trader.send_order`]: NOBODY,
  'vb1.another.cmd.ctp.trader.send_order': NOBODY,
  // --- reads
  [`${S}.q1.ctp.trader.hello`]: ['trader'],
  [`${S}.q1.ctp.viewer.hello`]: ['viewer'],
  [`${S}.q1.ctp.viewer.vnpy_bridge_flush`]: ['viewer'],
  [`${S}.q1.ctp.viewer.get_all_orders`]: ['viewer'],
  [`${S}.q1.ctp.viewer.get_all_accounts`]: NOBODY,
  [`${S}.q1.ctp.viewer.send_order`]: NOBODY,
  [`${S}.q.ctp.viewer.get_all_contracts`]: ['viewer'],
  [`${S}.q.ctp.viewer.query_history`]: NOBODY,
  [`${S}.q.ctp.trader.query_history`]: ['trader'],
  [`${S}.q.ctp.trader.send_order`]: NOBODY,
  // --- what only an edge of the account says
  [`${S}.md.ctp.SHFE.rb2705`]: ['edge'],
  [`${S}.md.b.SHFE.rb2705`]: ['edge-b'],
  [`${S}.ev.ctp.trader.order`]: ['edge'],
  [`${S}.beat.ctp.edge`]: ['edge'],
  [`${S}.beat.ctp.edge-b`]: NOBODY,
  [`${S}.beat.b.edge-b`]: ['edge-b'],
  [`${S}.ordlog.ctp.key`]: ['edge'],
  [`${S}.lease.ctp`]: ['edge'],
  [`${S}.acct.ctp`]: ['edge', 'admin'],
  [`${S}.acct.b`]: ['edge-b', 'admin'],
  // --- lines of a log: under one's own name alone
  [`${S}.log.host-1.edge`]: ['edge'],
  [`${S}.log.host-1.trader`]: ['trader'],
  [`${S}.log.host-1.nobody`]: NOBODY,
  // --- answers of others
  '_IN.trader.x': NOBODY,
  '_INBOX.x': NOBODY,
  // --- streams
  '$JS.API.INFO': ['edge', 'edge-b', ...WATCHERS],
  '$JS.API.STREAM.NAMES': WATCHERS,
  '$JS.API.STREAM.LIST': WATCHERS,
  '$JS.API.STREAM.INFO.VB1_desk_ORDLOG': ['edge', 'edge-b', ...WATCHERS],
  '$JS.API.STREAM.CREATE.VB1_desk_ORDLOG': ['edge', 'edge-b', 'admin'],
  '$JS.API.STREAM.CREATE.MINE': NOBODY,
  '$JS.API.STREAM.UPDATE.VB1_desk_ORDLOG': ['admin'],
  '$JS.API.STREAM.DELETE.VB1_desk_ORDLOG': NOBODY,
  '$JS.API.STREAM.PURGE.VB1_desk_ORDLOG': NOBODY,
  '$JS.API.STREAM.MSG.DELETE.VB1_desk_ORDLOG': NOBODY,
  '$JS.API.STREAM.MSG.GET.VB1_desk_ORDLOG': NOBODY,
  '$JS.API.STREAM.SNAPSHOT.VB1_desk_ORDLOG': NOBODY,
  '$JS.API.STREAM.RESTORE.VB1_desk_ORDLOG': NOBODY,
  '$JS.API.STREAM.LEADER.STEPDOWN.VB1_desk_LEASE': NOBODY,
  [`$JS.API.DIRECT.GET.VB1_desk_LAST.${S}.md.ctp.SHFE.rb2705`]: CLIENTS,
  [`$JS.API.DIRECT.GET.VB1_desk_ORDLOG.${S}.ordlog.ctp.key`]: ['edge', 'admin'],
  [`$JS.API.DIRECT.GET.VB1_desk_ORDLOG.${S}.ordlog.b.key`]: ['edge-b', 'admin'],
  [`$JS.API.DIRECT.GET.VB1_desk_LEASE.${S}.lease.ctp`]: ['edge', ...WATCHERS],
  [`$JS.API.DIRECT.GET.VB1_desk_ACCT.${S}.acct.ctp`]: ['edge', ...WATCHERS],
  '$JS.API.DIRECT.GET.VB1_desk_ORDLOG': NOBODY,
  '$JS.API.DIRECT.GET.VB1_desk_LAST': NOBODY,
  [`$JS.API.CONSUMER.CREATE.VB1_desk_LAST.c.${S}.md.ctp.SHFE.rb2705`]: CLIENTS,
  [`$JS.API.CONSUMER.CREATE.VB1_desk_LAST.c.${S}.md.unknown.SHFE.rb2705`]: NOBODY,
  '$JS.API.CONSUMER.CREATE.VB1_desk_LAST.c': NOBODY,
  '$JS.API.CONSUMER.MSG.NEXT.VB1_desk_LAST.c': CLIENTS,
  [`$JS.API.CONSUMER.CREATE.VB1_desk_ORDLOG.c.${S}.ordlog.ctp.*`]: ['edge', 'admin'],
  [`$JS.API.CONSUMER.CREATE.VB1_desk_ORDLOG.c.${S}.ordlog.b.*`]: ['edge-b', 'admin'],
  [`$JS.API.CONSUMER.CREATE.VB1_desk_LOG.c.${S}.log.*.*`]: WATCHERS,
  [`$JS.API.CONSUMER.CREATE.VB1_desk_LOG.c.${S}.log.host-1.edge`]: WATCHERS,
  '$JS.API.CONSUMER.CREATE.VB1_desk_LOG.c': NOBODY,
  [`$JS.API.DIRECT.GET.VB1_desk_LOG.${S}.log.host-1.edge`]: WATCHERS,
  '$JS.API.CONSUMER.CREATE.VB1_desk_ORDLOG.c': NOBODY,
  '$JS.API.CONSUMER.CREATE.VB1_desk_ORDLOG': NOBODY,
  '$JS.API.CONSUMER.DURABLE.CREATE.VB1_desk_ORDLOG.c': NOBODY,
  // --- services, and the server itself
  '$SRV.PING': WATCHERS,
  '$SRV.STATS.vnpy-bridge': WATCHERS,
  '$SYS.REQ.SERVER.PING': NOBODY,
};

/** Who may read a subject. */
const SUBSCRIBE: Readonly<Record<string, readonly Role[]>> = {
  '>': NOBODY,
  [`${S}.>`]: NOBODY,
  [`${S}.cmd.ctp.>`]: NOBODY,
  [`${S}.cmd.ctp.*.*`]: ['edge'],
  [`${S}.cmd.b.*.*`]: ['edge-b'],
  [`${S}.q1.ctp.*.*`]: ['edge'],
  [`${S}.q.ctp.*.*`]: ['edge'],
  [`${S}.ev.ctp.trader.>`]: ['trader'],
  [`${S}.ev.ctp.viewer.>`]: ['viewer'],
  [`${S}.ev.ctp.>`]: NOBODY,
  [`${S}.md.ctp.>`]: CLIENTS,
  [`${S}.md.ctp.SHFE.rb2705`]: CLIENTS,
  [`${S}.md.>`]: NOBODY,
  [`${S}.beat.ctp.*`]: [...CLIENTS, 'edge', ...WATCHERS],
  [`${S}.beat.*.*`]: WATCHERS,
  [`${S}.ordlog.ctp.*`]: NOBODY,
  [`${S}.acct.ctp`]: ['edge', ...WATCHERS],
  [`${S}.lease.ctp`]: ['edge', ...WATCHERS],
  [`${S}.log.*.*`]: WATCHERS,
  '_IN.trader.>': ['trader'],
  '_IN.edge.>': ['edge'],
  '_IN.>': NOBODY,
  '_INBOX.>': NOBODY,
  '$SRV.PING': ['edge', 'edge-b'],
  '$JS.>': NOBODY,
  '$SYS.>': NOBODY,
};

describe('rights at a real nats-server', () => {
  let server: NatsServer;
  const connections = new Map<Role, NatsConnection>();

  beforeAll(async () => {
    server = await NatsServer.start((place) =>
      natsConfig({
        cluster: 'desk',
        policy,
        infrastructure: [
          { role: 'edge', name: 'edge', account: 'ctp', publicKey: keys.edge.publicKey },
          { role: 'edge', name: 'edge-b', account: 'b', publicKey: keys['edge-b'].publicKey },
          { role: 'dashboard', name: 'dashboard', publicKey: keys.dashboard.publicKey },
          { role: 'admin', name: 'admin', publicKey: keys.admin.publicKey },
        ],
        listen: place.listen,
        store: place.store,
      }),
    );
    for (const role of ROLES) connections.set(role, await connectAs(role, server.url));
  });

  afterAll(async () => {
    for (const connection of connections.values()) await connection.close();
    await server.stop();
  });

  function of(role: Role): NatsConnection {
    const connection = connections.get(role);
    if (connection === undefined) throw new Error(`${role} is not connected`);
    return connection;
  }

  test.each(ROLES)('%s publishes what it may, and nothing else', async (role) => {
    const refused = await refusals(of(role), () => {
      for (const subject of Object.keys(PUBLISH)) of(role).publish(subject);
    });
    expect(lines(PUBLISH, (subject) => !refused.has(subject))).toEqual(
      lines(PUBLISH, (_, allowed) => allowed.includes(role)),
    );
  });

  test.each(ROLES)('%s reads what it may, and nothing else', async (role) => {
    const refused = await refusals(of(role), () => {
      for (const subject of Object.keys(SUBSCRIBE)) of(role).subscribe(subject, { callback: () => undefined });
    });
    expect(lines(SUBSCRIBE, (subject) => !refused.has(subject))).toEqual(
      lines(SUBSCRIBE, (_, allowed) => allowed.includes(role)),
    );
  });
});

describe('what a real nats-server takes', () => {
  const edge = { role: 'edge', name: 'edge', account: 'ctp', publicKey: keys.edge.publicKey } as const;

  test('a server with TLS, two others beside it, and leaf nodes', () => {
    using certificates = makeCertificate();
    const { cert, key } = certificates;
    const config = natsConfig({
      ...{ cluster: 'desk', policy, listen: '0.0.0.0:4222', store: certificates.folder },
      infrastructure: [edge, { role: 'leaf', name: 'site', publicKey: makeUserKey().publicKey }],
      ...{ tls: { cert, key, ca: cert }, serverName: 'n1', monitor: '127.0.0.1:8222' },
      ...{ routes: ['nats://10.0.0.2:6222', 'nats://10.0.0.3:6222'], routeListen: '0.0.0.0:6222' },
      leafListen: '0.0.0.0:7422',
    });
    expect(checkNatsConfig(config)).toBe('');
  });

  test('a leaf node: who is at it reaches the edge at the hub, and is who it is', async () => {
    const site = makeUserKey();
    const leafPort = await freePort();
    await using hub = await NatsServer.start(({ listen, store }) =>
      natsConfig({
        ...{ cluster: 'desk', policy, listen, store, leafListen: `127.0.0.1:${leafPort}` },
        infrastructure: [edge, { role: 'leaf', name: 'site', publicKey: site.publicKey }],
      }),
    );
    await using leaf = await NatsServer.start(
      ({ listen }) =>
        natsConfig({
          ...{ cluster: 'desk', policy, listen, leafOf: [`nats://127.0.0.1:${leafPort}`], serverName: 'site' },
          infrastructure: [edge],
        }),
      { [LEAF_SEED]: site.seed },
    );
    const answering = await connectAs('edge', hub.url);
    const asking = await connectAs('trader', leaf.url);
    answering.subscribe(`${S}.cmd.ctp.*.*`, { callback: (_, message) => void message.respond('done') });
    await answering.flush();
    await expect
      .poll(() => asking.request(`${S}.cmd.ctp.trader.send_order`).then((answer) => answer.string(), String), PATIENCE)
      .toBe('done');
    await expect(asking.request(`${S}.cmd.ctp.viewer.subscribe`)).rejects.toThrow(/Permissions Violation/);
    await asking.close();
    await answering.close();
  });
});

function connectAs(role: Role, url: string): Promise<NatsConnection> {
  return connect({
    servers: url,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(keys[role].seed)),
    inboxPrefix: `_IN.${role}`,
    reconnect: false,
  });
}

function lines(
  table: Readonly<Record<string, readonly Role[]>>,
  isAllowed: (subject: string, allowed: readonly Role[]) => boolean,
): readonly string[] {
  return Object.entries(table).map(([subject, allowed]) => `${isAllowed(subject, allowed) ? 'yes' : 'no '} ${subject}`);
}

/** The subjects that the server refuses while something is done. */
async function refusals(connection: NatsConnection, work: () => void): Promise<ReadonlySet<string>> {
  const refused = new Set<string>();
  const statuses = connection.status();
  const reading = (async (): Promise<void> => {
    for await (const status of statuses) {
      if (status.type !== 'error') continue;
      if (!(status.error instanceof PermissionViolationError)) throw status.error;
      refused.add(status.error.subject);
    }
  })();
  work();
  await connection.flush();
  await connection.flush();
  (statuses as unknown as { stop(): void }).stop();
  await reading;
  return refused;
}
