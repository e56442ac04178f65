import { freePort } from '../../tests/support/free-port.js';
import { NatsServer } from './nats-server.js';

/** Three real nats-servers that are one cluster, on this machine. */
export class NatsCluster implements AsyncDisposable {
  readonly servers: readonly NatsServer[];

  private constructor(servers: readonly NatsServer[]) {
    this.servers = servers;
  }

  /** Starts them; streams of three replicas can be made as soon as they have chosen a leader. */
  static async start(): Promise<NatsCluster> {
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const routes = ports.map((port) => `nats://127.0.0.1:${port}`).join(', ');
    const servers = await Promise.all(
      ports.map((port, index) =>
        NatsServer.start(
          ({ listen, store }) => `
            listen: "${listen}"
            server_name: "n${index + 1}"
            jetstream { store_dir: ${JSON.stringify(store)}, sync_interval: always }
            cluster { name: "three", listen: "127.0.0.1:${port}", routes: [${routes}] }`,
        ),
      ),
    );
    return new NatsCluster(servers);
  }

  get urls(): readonly string[] {
    return this.servers.map(({ url }) => url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}
