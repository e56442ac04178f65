/**
 * A guarded relay as a process of its own, which a test may kill: of the built package, as a user starts it.
 *
 * `guarded-relay.mjs POLICY REQUEST PUBLISH REPLY EVENTS PAIR`: the first two addresses are the server's, the others its own.
 */
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { Guard } from 'vnpy-bridge/guard';
import { RpcGateway, RpcService } from 'vnpy-bridge/vnpy';

const [policy, request, publish, reply, topicFrame, pair] = process.argv.slice(2);
const begun = performance.now();
const upstream = new RpcGateway({ reconnect: { initial: 20, max: 100 } });
await upstream.connect(request, publish);
const guard = await Guard.open(policy);
const service = new RpcService(upstream, { guard });
await service.start(reply, { topicFrame, pair });
process.stdout.write(`${JSON.stringify({ ready: true, ms: performance.now() - begun })}\n`);
