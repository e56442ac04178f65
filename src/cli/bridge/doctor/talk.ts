/**
 * The steps of `doctor` that talk to the server.
 *
 * @module
 */
import { messageOf } from '../../../errors.js';
import { RemoteException, RpcClient, RpcReplyError, RpcTransportError } from '../../../rpc/index.js';
import type { ClientStatus } from '../../../rpc/index.js';
import { ContractData, vnpyRegistry } from '../../../vnpy/index.js';
import { cancelOf, newMarker } from '../../../vnpy/internal.js';
import { tapTransport } from '../connection/tap.js';
import type { Examination } from './examination.js';
import { Hearing } from './hearing.js';
import { found, info, makeStep, ok, quoted, skipped } from './report.js';
import type { Outcome, Seen, Step } from './report.js';
import { enumFacts, pickleProtocol, pythonRange } from './wire-facts.js';

/** No server has a function of this name: the answer is a traceback, and nothing happens. */
const HARMLESS = '__vnpy_bridge_doctor__';

/** The functions of vnpy_rpcservice that only look, and an argument that fits. The others are not called. */
const READ_ONLY: readonly (readonly [name: string, ...args: readonly string[]])[] = [
  ['get_all_contracts'],
  ['get_all_accounts'],
  ['get_all_positions'],
  ['get_all_orders'],
  ['get_all_trades'],
  ['get_all_ticks'],
  ['get_all_active_orders'],
  ['get_tick', ''],
  ['get_order', ''],
  ['get_trade', ''],
  ['get_position', ''],
  ['get_account', ''],
  ['get_contract', ''],
];

/** What WebTrader's WebEngine does not register (vnpy_webtrader/engine.py). It publishes no logs either. */
const NOT_IN_WEBTRADER = ['get_all_active_orders', 'get_tick', 'get_trade', 'get_position', 'get_account'];

/** vnpy's server publishes a heartbeat so often, in ms (vnpy/rpc/common.py). */
const HEARTBEAT_INTERVAL = 10_000;

/** A reply that takes longer is worth a word, in ms. */
const SLOW = 1000;

/** A clock that is further off is worth a word, in ms. */
const CLOCK_TOLERANCE = 1000;

/** How long events are counted at least, in ms. */
const EVENT_WINDOW = 5000;

/** Connects as any client does, asks, and listens. */
export async function* talk(examination: Examination): AsyncGenerator<Step> {
  const hearing = new Hearing();
  let lastReply: Uint8Array | undefined;
  const { security, transport, timeout, request, subscribe, signal } = examination;
  const client = new RpcClient({
    registry: vnpyRegistry,
    timeout,
    connectTimeout: timeout,
    ...(security === undefined ? {} : { security }),
    transport: tapTransport(transport, {
      replied: (frames) => {
        lastReply = new Uint8Array(frames.at(-1) ?? []);
      },
      published: (frames) => {
        hearing.published(frames);
      },
    }),
  });
  hearing.listenTo(client);
  try {
    let began = performance.now();
    const connection = await connect(client, request, subscribe, signal);
    yield makeStep('connection', connection, began);
    if (connection.status === 'fault') return;

    began = performance.now();
    const { outcome, traceback } = await ask(client, signal);
    if (outcome.status === 'fault' && outcome.code === 'NO_REPLY') {
      await hearing.waitFor(examination.wait, 0, signal);
      yield makeStep('call', judgeSilence(outcome, hearing), began);
      return;
    }
    yield makeStep('call', outcome, began);
    if (outcome.status === 'fault') return;
    const protocol = lastReply === undefined ? undefined : pickleProtocol(lastReply);
    yield makeStep('python', pythonOutcome(traceback, protocol), began);

    yield* examineFunctions(client, signal, () => lastReply);

    began = performance.now();
    yield makeStep('queue', await examineQueue(client, hearing, timeout, signal), began);

    began = performance.now();
    await hearing.waitFor(examination.wait, EVENT_WINDOW, signal);
    yield makeStep('heartbeat', heartbeatOutcome(hearing, examination.wait), began);
    yield makeStep('vnpy', hearing.versionOutcome(), began);
    yield makeStep('clock', clockOutcome(client.stats().clockOffset), began);
    yield makeStep('events', hearing.eventsOutcome(), began);
  } finally {
    await client.stop();
  }
}

async function connect(client: RpcClient, request: string, subscribe: string, signal: AbortSignal): Promise<Outcome> {
  client.subscribe('');
  try {
    await client.start(request, subscribe);
  } catch (error) {
    if (!(error instanceof RpcTransportError)) throw error;
    return found(
      error.code === 'ZEROMQ_UNAVAILABLE' ? 'ZEROMQ_UNAVAILABLE' : 'CREDENTIALS_REFUSED',
      quoted(error.message),
    );
  }
  for await (const status of client.statuses({ signal })) {
    if (status.state === 'connected') return ok(({ handshakes }) => handshakes);
    if (status.state === 'disconnected') return disconnected(status);
  }
  signal.throwIfAborted();
  return skipped(({ stopped }) => stopped);
}

function disconnected({ reason, detail }: Extract<ClientStatus, { state: 'disconnected' }>): Outcome {
  return found(reason === 'handshake' ? 'CREDENTIALS_REFUSED' : 'REFUSED', quoted(detail));
}

async function ask(
  client: RpcClient,
  signal: AbortSignal,
): Promise<{ readonly outcome: Outcome; readonly traceback: string }> {
  const began = performance.now();
  const answered = (type?: string): Outcome => {
    const time = performance.now() - began;
    const ms = time.toFixed(1);
    const seen: Seen = (texts) => (type === undefined ? texts.answered(ms) : texts.answeredBy(type, ms));
    return time > SLOW ? found('SLOW_REPLY', seen) : ok(seen);
  };
  try {
    await client.call(HARMLESS, [], { signal });
    return { outcome: answered(), traceback: '' };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RemoteException) return { outcome: answered(error.type), traceback: error.traceback };

    if (error instanceof RpcReplyError) return { outcome: found('BAD_REPLY', quoted(error.message)), traceback: '' };
    return { outcome: found('NO_REPLY', quoted(messageOf(error))), traceback: '' };
  }
}

/** Events go on where the thread has died that answers and sends the heartbeat: they come from another thread. */
function judgeSilence(outcome: Outcome, hearing: Hearing): Outcome {
  if (hearing.heartbeats > 0) return outcome;
  return found('THREAD_DEAD', (texts) => texts.noHeartbeatEither(outcome.seen(texts)));
}

function pythonOutcome(traceback: string, protocol: number | undefined): Outcome {
  const range = pythonRange(traceback, protocol);
  return range === undefined ? info(({ unknown }) => unknown) : ok((texts) => texts.python(range(texts), protocol));
}

async function* examineFunctions(
  client: RpcClient,
  signal: AbortSignal,
  lastReply: () => Uint8Array | undefined,
): AsyncGenerator<Step> {
  const began = performance.now();
  const missing: string[] = [];
  const counts = new Map<string, number>();
  let contracts: readonly ContractData[] = [];
  let contractReply: Uint8Array | undefined;
  for (const [name, ...args] of READ_ONLY) {
    try {
      const result = await client.call(name, args, { signal });
      if (Array.isArray(result)) counts.set(name, result.length);
      if (name === 'get_all_contracts' && Array.isArray(result)) {
        contracts = result.filter((item) => item instanceof ContractData);
        contractReply = lastReply();
      }
    } catch (error) {
      signal.throwIfAborted();
      missing.push(
        error instanceof RemoteException && error.type === 'KeyError' ? name : `${name} (${messageOf(error)})`,
      );
    }
  }
  yield makeStep('functions', functionsOutcome(missing), began);
  if (missing.length === READ_ONLY.length) return;
  yield makeStep('contracts', contractsOutcome(contracts, counts), began);
  yield makeStep('enums', enumsOutcome(contractReply), began);
}

function functionsOutcome(missing: readonly string[]): Outcome {
  if (missing.length === READ_ONLY.length) return found('NO_RPC_SERVICE', ({ noFunctions }) => noFunctions);
  const isWebTrader =
    missing.length === NOT_IN_WEBTRADER.length && NOT_IN_WEBTRADER.every((name) => missing.includes(name));
  if (isWebTrader) return found('WEBTRADER', ({ webtrader }) => webtrader);
  if (missing.length > 0) return found('MISSING_FUNCTIONS', (texts) => texts.missing(missing.join(', ')));
  return ok((texts) => texts.allFunctions(READ_ONLY.length));
}

function contractsOutcome(contracts: readonly ContractData[], counts: ReadonlyMap<string, number>): Outcome {
  const gateways = [...new Set(contracts.map(({ gateway_name }) => gateway_name))];
  const count = (kind: string): number => counts.get(`get_all_${kind}`) ?? 0;
  const others = {
    accounts: count('accounts'),
    positions: count('positions'),
    orders: count('orders'),
    trades: count('trades'),
  };
  if (contracts.length === 0) return found('NO_CONTRACTS', (texts) => texts.noContracts(others));
  return ok((texts) => texts.contracts(contracts.length, gateways, others));
}

function enumsOutcome(reply: Uint8Array | undefined): Outcome {
  if (reply === undefined) return info(({ noContractsForLocale }) => noContractsForLocale);
  const { encoding, language } = enumFacts(reply);
  if (encoding === undefined) return info(({ noContractsForLocale }) => noContractsForLocale);
  return ok((texts) => (encoding === 'by name' ? texts.byName : texts.byValue(language)));
}

/**
 * Puts something into the server's event queue, and listens whether it comes out. Another thread than the one that publishes the
 * events answers calls and sends heartbeats.
 */
async function examineQueue(
  client: RpcClient,
  hearing: Hearing,
  timeout: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const marker = newMarker();
  const began = performance.now();
  try {
    // One that publishes no logs is not to be taken for one whose queue stands still: WebTrader.
    const orders = await client.call('get_all_active_orders', [], { signal });
    if (!Array.isArray(orders)) return skipped(({ otherAnswers }) => otherAnswers);
    const ask = (): Promise<unknown> => client.call('cancel_order', cancelOf(marker), { signal });
    const earlier = hearing.events;
    const isHeard = await hearing.hears(marker, ask, timeout, signal);
    const ms = (performance.now() - began).toFixed(1);
    if (isHeard) return ok((texts) => texts.comesOut(ms));
    const others = hearing.events - earlier;
    return found('EVENTS_STUCK', (texts) => texts.stuck(timeout / 1000, others));
  } catch (error) {
    signal.throwIfAborted();
    const what = error instanceof RemoteException ? error.type : messageOf(error);
    return skipped((texts) => texts.cannotLook(what));
  }
}

/** What was heard of the heartbeat within `wait` ms. */
export function heartbeatOutcome(
  hearing: Pick<Hearing, 'heartbeats' | 'firstHeartbeat' | 'dialect'>,
  wait: number,
): Outcome {
  if (hearing.heartbeats === 0) {
    if (wait > HEARTBEAT_INTERVAL) return found('NO_HEARTBEAT', (texts) => texts.noneWithin(wait / 1000));
    return skipped((texts) => texts.noneSoFar(wait / 1000));
  }
  if (hearing.dialect === '_keep_alive') return found('OLD_HEARTBEAT', ({ oldHeartbeat }) => oldHeartbeat);
  const seconds = (hearing.firstHeartbeat / 1000).toFixed(1);
  return ok((texts) => texts.receivedAfter(seconds));
}

function clockOutcome(offset: number | undefined): Outcome {
  if (offset === undefined) return skipped(({ nothingToCompare }) => nothingToCompare);
  const seen: Seen = (texts) => texts.clock(Math.abs(offset).toFixed(0), offset < 0);
  return Math.abs(offset) > CLOCK_TOLERANCE ? found('CLOCK_OFF', seen) : ok(seen);
}
