/**
 * The work of `vnpy-bridge watch`.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { RemoteException } from '../../../rpc/index.js';
import type { RpcGateway } from '../../../vnpy/index.js';
import { escapeText } from '../../kit/text/escape.js';
import type { CommandContext } from '../../kit/command.js';
import { isChinesePlace } from '../../kit/language.js';
import { addressesOf, connectGateway, makeGateway, unreachable } from '../connection/connection.js';
import { endAfter } from '../connection/end-after.js';
import { seeEvent, symbolOf } from '../events/see.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { splitVtSymbol } from '../arguments/symbols.js';
import { eventJson, eventLine } from '../output/event-line.js';
import { textsOf } from '../../lang/texts.js';
import { LineWriter } from '../output/line-writer.js';
import { watchScreen } from '../output/watch-screen.js';
import type { UpColor } from '../output/watch-screen.js';
import { tellProblems } from '../events/problems.js';
import { explainQuiet } from '../events/quiet.js';
import { forDuration, json, timeout, upColor } from '../options.js';

/** How often the table is drawn anew, in ms. */
const FRAME = 250;

/** How often the server is asked whether it still answers, in ms. */
const ASK = 1000;

/** How long a problem is shown, in ms. */
const PROBLEM_SHOWN = 10_000;

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
  const gateway = await openGateway(context, end);
  if (gateway === undefined) return EXIT.ok;
  try {
    const unknown = new Set(args.filter((target) => !gateway.contracts.has(target)));
    const drawn = io.stdout.isTTY && !settings.get(json);
    if (!drawn) {
      const { unknownContract } = await textsOf('live', context.language);
      for (const target of unknown)
        await io.stderr.write(`vnpy-bridge watch: ${unknownContract(escapeText(target))}\n`);
    }
    for (const target of args) if (!unknown.has(target)) await gateway.subscribe(target, { signal });
    await (drawn ? draw(context, gateway, unknown, end) : print(context, gateway, end));
    return EXIT.ok;
  } finally {
    await gateway.close();
  }
}

/** @returns undefined when told to end meanwhile. */
async function openGateway(context: CommandContext, end: AbortSignal): Promise<RpcGateway | undefined> {
  const { settings } = context;
  const limit = settings.get(timeout);
  const gateway = await makeGateway(context, {
    timeouts: { connect: limit, snapshot: limit, request: limit },
  });
  // The error of the command tells it. Without a listener the process would be warned as well.
  gateway.on('error', () => undefined);
  const close = (): void => {
    void gateway.close();
  };
  end.addEventListener('abort', close, { once: true });
  // A person waits: the first failure to connect ends the command.
  const failure = new Promise<never>((_resolve, reject) => {
    gateway.on('status', (status) => {
      if (status.state === 'disconnected') reject(unreachable(status, settings));
    });
  });
  try {
    await Promise.race([connectGateway(gateway, settings), failure]);
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
  { args, settings, io, style, language }: CommandContext,
  gateway: RpcGateway,
  end: AbortSignal,
): Promise<void> {
  const texts = { live: await textsOf('live', language), data: await textsOf('data', language) };
  const asJson = settings.get(json);
  const symbols = new Set(args);
  const lines = new LineWriter(io.stdout);
  const stopTelling = tellProblems(gateway.client, { io, texts: texts.live }, gateway);
  using quiet = explainQuiet(gateway.client, { io, texts: texts.live }, () => ({
    ...{ types: [], topic: '', asked: args.length > 0, others: new Set<string>() },
    askWith: 'vnpy-bridge watch rb2705.SHFE',
  }));
  for await (const published of gateway.client.events({ topic: '', signal: end })) {
    const event = seeEvent(published);
    const target = symbolOf(event);
    if (event.copyOf !== undefined || target === undefined || (symbols.size > 0 && !symbols.has(target))) continue;
    quiet.came();
    const now = Date.now();
    await lines.add(asJson ? eventJson(event, now) : eventLine(event, now, style, texts.data));
  }
  await lines.flush();
  stopTelling();
}

async function draw(
  { args, settings, io, style, language }: CommandContext,
  gateway: RpcGateway,
  unknown: ReadonlySet<string>,
  end: AbortSignal,
): Promise<void> {
  const { stdout } = io;
  const texts = { live: await textsOf('live', language), data: await textsOf('data', language) };
  const address = addressesOf(settings).request;
  const up = upColorOf(settings.get(upColor), io);
  const quitting = new AbortController();
  const over = AbortSignal.any([end, quitting.signal]);
  const releaseKeys = io.stdin.readKeys?.((key) => {
    if (key === 'q' || key === 'Q' || key === CTRL_C) quitting.abort();
  });
  const began = performance.now();
  let heard = began;
  const stopHearing = gateway.client.on('event', () => {
    heard = performance.now();
  });
  // Without a listener they would be written across the screen.
  let problem: { readonly message: string; readonly at: number } | undefined;
  const stopTelling = gateway.on('error', ({ message }) => {
    problem = { message, at: performance.now() };
  });
  let answered = heard;
  const stopAsking = askAgainAndAgain(gateway, over, () => {
    answered = heard = performance.now();
  });
  await stdout.write(ENTER);
  try {
    while (!over.aborted) {
      const now = performance.now();
      const { columns: width = 80, rows: height = 24 } = stdout;
      const lines = watchScreen({
        ...{ gateway, address, symbols: args, unknown, up, width, height, style, texts },
        problem: problem !== undefined && now - problem.at < PROBLEM_SHOWN ? problem.message : undefined,
        ...{ now: Date.now(), silence: now - heard, unanswered: now - answered, waited: now - began },
      });
      // No line end behind the last line: it would scroll the window.
      await stdout.write(HOME + lines.map((line) => `${line}${CLEAR_LINE}`).join('\r\n') + CLEAR_BELOW);
      await delay(FRAME, undefined, { signal: over }).catch(() => undefined);
    }
  } finally {
    stopAsking();
    stopHearing();
    stopTelling();
    releaseKeys?.();
    quitting.abort();
    await stdout.write(LEAVE);
  }
}

/** Asks the server whether it still answers, never twice at a time. @returns what ends it. */
function askAgainAndAgain(gateway: RpcGateway, signal: AbortSignal, answered: () => void): () => void {
  let isAsked = false;
  const askOnce = async (): Promise<void> => {
    if (isAsked) return;
    isAsked = true;
    try {
      await gateway.client.call('get_tick', [''], { signal });
      answered();
    } catch (error) {
      // A refusal is an answer, too. A lost connection is told by the status.
      if (error instanceof RemoteException) answered();
    } finally {
      isAsked = false;
    }
  };
  const asking = setInterval(() => void askOnce(), ASK);
  return () => {
    clearInterval(asking);
  };
}

/** Ctrl-C, where the terminal gives keys as they are. */
const CTRL_C = '\x03';

function upColorOf(choice: 'auto' | UpColor, io: CommandContext['io']): UpColor {
  if (choice !== 'auto') return choice;
  return isChinesePlace(io) ? 'red' : 'green';
}
