/**
 * The work of `vnpy-bridge watch`.
 *
 * @module
 */
import { RpcGateway } from '../../../vnpy/index.js';
import type { Sink } from '../../io.js';
import type { CommandContext } from '../command.js';
import { gatewayOptions, unreachable } from '../connection.js';
import { endAfter } from '../end-after.js';
import { seeEvent, symbolOf } from '../events.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { splitVtSymbol } from '../symbols.js';
import { eventJson, eventLine } from '../output/event-line.js';
import { LineWriter } from '../output/line-writer.js';
import { watchScreen } from '../output/watch-screen.js';
import { tellProblems } from '../problems.js';
import { forDuration, json, request, subscribe, timeout } from '../settings/options.js';

/** How often the table is drawn anew, in ms. */
const FRAME = 250;

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/** Shows the market until told to end. */
export async function watchMarket(context: CommandContext): Promise<ExitCode> {
  const { args, settings, io, signal } = context;
  for (const target of args) splitVtSymbol(target);
  using ending = endAfter(signal, settings.get(forDuration));
  const end = ending.signal;
  const gateway = await connectGateway(context, end);
  if (gateway === undefined) return EXIT.ok;
  try {
    for (const target of args) await gateway.subscribe(target, { signal });
    await (io.stdout.isTTY && !settings.get(json) ? draw(context, gateway, end) : print(context, gateway, end));
    return EXIT.ok;
  } finally {
    await gateway.close();
  }
}

/** @returns undefined when told to end meanwhile. */
async function connectGateway(context: CommandContext, end: AbortSignal): Promise<RpcGateway | undefined> {
  const { settings } = context;
  const limit = settings.get(timeout);
  const gateway = new RpcGateway({
    ...(await gatewayOptions(context)),
    timeouts: { connect: limit, snapshot: limit, request: limit },
  });
  const close = (): void => {
    void gateway.close();
  };
  end.addEventListener('abort', close, { once: true });
  // A person waits: the first failure to connect ends the command.
  const failure = new Promise<never>((_resolve, reject) => {
    gateway.on('status', (status) => {
      if (status.state === 'disconnected') reject(unreachable(status));
    });
  });
  try {
    await Promise.race([gateway.connect(settings.get(request), settings.get(subscribe)), failure]);
    return gateway;
  } catch (error) {
    await gateway.close();
    if (end.aborted) return undefined;
    throw error;
  } finally {
    end.removeEventListener('abort', close);
    // Nobody listens to it any more.
    failure.catch(() => undefined);
  }
}

async function print(
  { args, settings, io, style }: CommandContext,
  gateway: RpcGateway,
  end: AbortSignal,
): Promise<void> {
  const asJson = settings.get(json);
  const symbols = new Set(args);
  const lines = new LineWriter(io.stdout);
  const stopTelling = tellProblems(gateway.client, io);
  for await (const published of gateway.client.events({ topic: '', signal: end })) {
    const event = seeEvent(published);
    const target = symbolOf(event);
    if (event.copyOf !== undefined || target === undefined || (symbols.size > 0 && !symbols.has(target))) continue;
    const now = Date.now();
    await lines.add(asJson ? eventJson(event, now) : eventLine(event, now, style));
  }
  await lines.flush();
  stopTelling();
}

async function draw(
  { args, settings, io, style }: CommandContext,
  gateway: RpcGateway,
  end: AbortSignal,
): Promise<void> {
  const { stdout } = io;
  const address = settings.get(request);
  await stdout.write(ENTER);
  try {
    while (!end.aborted) {
      const screen = watchScreen({ gateway, address, symbols: args, now: Date.now(), style });
      await stdout.write(frame(screen, stdout));
      await pause(FRAME, end);
    }
  } finally {
    await stdout.write(LEAVE);
  }
}

/** What fits the terminal: a line too many would scroll it. */
function frame(lines: readonly string[], { rows = 24 }: Sink): string {
  const shown = lines.length < rows ? lines : [...lines.slice(0, rows - 2), '…'];
  return HOME + shown.map((line) => `${line}${CLEAR_LINE}\n`).join('') + CLEAR_BELOW;
}

function pause(time: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, time);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
