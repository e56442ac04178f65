/**
 * The functions of one application at a server, its events, and what its errors mean.
 *
 * @module
 */
import { BridgeError } from '../../../errors.js';
import { option, OptionTable } from '../../../option-table.js';
import type { RowsOf } from '../../../option-table.js';
import type { CallOptions, RemoteException, RpcEvent } from '../../../rpc/index.js';
import { describe } from '../../data/describe.js';
import { Event } from '../../event.js';
import { readAppEvent } from '../events.js';
import type { AppEventData, AppEventType } from '../events.js';
import { AppControlError, controlChecks } from './errors.js';

/** What a control needs of a client: `RpcClient` has it, with `registry: appsRegistry`. */
export interface ControlClient {
  /** Calls a function of the server. */
  call<T = unknown>(name: string, args?: readonly unknown[], options?: CallOptions): Promise<T>;
  /** Tells of the server's events. They come once the client has subscribed `''`, as an `RpcGateway`'s has. */
  on(name: 'event', listener: (event: RpcEvent) => void): () => void;
}

/** Options of a control. */
export interface ControlOptions {
  /** How long `init` may take, in ms: `on_init` loads history. Default 600,000. */
  readonly initTimeout?: number;
  /** How often `init` asks whether it is done, in ms. Default 200. */
  readonly initInterval?: number;
  /** How long the application's events are waited for after a call, in ms: they say what went wrong. Default 500. */
  readonly eventWait?: number;
}

/** The options of a control. */
export const CONTROL_OPTIONS = new OptionTable(controlChecks, 'the options of a control', {
  initTimeout: option.duration(600_000),
  initInterval: option.duration(200),
  eventWait: option.duration(500),
} satisfies RowsOf<ControlOptions>);

/** As many lines of log as an error carries. */
const MAX_LOGS = 20;

const TRACEBACK = 'Traceback (most recent call last)';

/** What an application told while something was done. */
export interface Heard {
  readonly logs: readonly string[];
  /** Resolves when it has told of this name, or when the time for that is over. */
  settled(): Promise<void>;
  stop(): void;
}

/** One application at a server. */
export class App {
  readonly #client: ControlClient;
  readonly #prefix: string;
  readonly #log: AppEventType;
  readonly options: ReturnType<typeof CONTROL_OPTIONS.resolve>;

  /**
   * @param prefix - What its functions begin with, `cta`.
   * @param log - The type of its log, `eCtaLog`.
   */
  constructor(client: ControlClient, prefix: string, log: AppEventType, options: ControlOptions) {
    this.#client = client;
    this.#prefix = prefix;
    this.#log = log;
    this.options = CONTROL_OPTIONS.resolve(options);
  }

  /**
   * Calls a function.
   *
   * @param name - Without the prefix.
   * @param names - The names among the arguments, which the application may not know.
   */
  async call(
    name: string,
    args: readonly unknown[],
    options: CallOptions | undefined,
    names: readonly string[] = [],
  ): Promise<unknown> {
    const full = `${this.#prefix}_${name}`;
    try {
      return await this.#client.call(full, args, options);
    } catch (error) {
      throw meaning(error, full, names);
    }
  }

  /** Calls a function that gives a list. */
  async list<Item>(name: string, read: (item: unknown) => Item, options: CallOptions | undefined): Promise<Item[]> {
    const reply = await this.call(name, [], options);
    if (!Array.isArray(reply)) throw this.unexpected(name, 'a list', reply);
    return reply.map(read);
  }

  /** Calls a function that gives a dict of dicts. */
  async table(
    name: string,
    options: CallOptions | undefined,
  ): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
    const reply = await this.call(name, [], options);
    if (typeof reply !== 'object' || reply === null || Array.isArray(reply) || reply instanceof Map)
      throw this.unexpected(name, 'a dict', reply);
    return reply as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  }

  /** The error of a reply that is none of this function's. */
  unexpected(name: string, wanted: string, reply: unknown): AppControlError {
    const message = `${this.#prefix}_${name} must give ${wanted}, and gave ${describe(reply)}`;
    return new AppControlError('UNEXPECTED_REPLY', message);
  }

  /** Calls `listener` with the data of each event of a type. What is not as it should be is an error of the listener. */
  on<Type extends AppEventType>(type: Type, listener: (data: AppEventData[Type]) => void): () => void {
    return this.#client.on('event', ({ data }) => {
      if (!(data instanceof Event) || data.type !== type) return;
      // The type has just been compared.
      const read = readAppEvent(data) as { readonly data: AppEventData[Type] } | undefined;
      if (read !== undefined) listener(read.data);
    });
  }

  /**
   * Hears what the application tells from now on.
   *
   * @param type - The type of event by which it tells that something is done.
   * @param isAbout - Whether such an event is about what is being done.
   */
  hear<Type extends AppEventType>(type: Type, isAbout: (data: AppEventData[Type]) => boolean): Heard {
    const logs: string[] = [];
    let told = (): void => undefined;
    const isTold = new Promise<void>((resolve) => {
      told = resolve;
    });
    const ends = [
      this.on(this.#log, (data) => {
        if (logs.length < MAX_LOGS && 'msg' in Object(data)) logs.push((data as { readonly msg: string }).msg);
      }),
      this.on(type, (data) => {
        if (isAbout(data)) told();
      }),
    ];
    return {
      logs,
      settled: async () => {
        const timer = setTimeout(told, this.options.eventWait);
        await isTold;
        clearTimeout(timer);
      },
      stop: () => {
        for (const end of ends) end();
      },
    };
  }

  /** The error of what an application did not do. */
  notDone(what: string, logs: readonly string[]): AppControlError {
    const said = logs.at(-1);
    const reason = said === undefined ? `its log (${this.#log}) says why` : `its log says: ${said}`;
    return new AppControlError('NOT_DONE', `${what} was not done: ${reason}`, { logs });
  }
}

/** @throws AppControlError when the code of a strategy has raised an exception, which the application only logs. */
export function checkFailure(name: string, logs: readonly string[]): void {
  const failure = logs.find((line) => line.includes(TRACEBACK) && line.includes(name));
  if (failure === undefined) return;
  const last = failure.trimEnd().split('\n').at(-1) ?? '';
  throw new AppControlError('STRATEGY_FAILED', `the code of ${name} has failed: ${last}`, { logs });
}

function isRemote(error: unknown): error is RemoteException {
  return error instanceof BridgeError && error.code === 'REMOTE_EXCEPTION';
}

/** vnpy's applications look names up in dicts: a KeyError says which one there is not. */
function meaning(error: unknown, full: string, names: readonly string[]): unknown {
  if (!isRemote(error) || error.type !== 'KeyError') return error;
  const { remoteMessage } = error;
  const key = /^(['"])(.*)\1$/s.exec(remoteMessage)?.[2];
  if (key === full) {
    const message = `the server has no function ${full}: examples/app_control.py registers it, where the application is`;
    return new AppControlError('NOT_REGISTERED', message, { cause: error });
  }
  const unknown = names.find((name) => name === key);
  if (unknown === undefined) return error;
  return new AppControlError('UNKNOWN_NAME', `${full}: there is no ${describe(unknown)}`, { cause: error });
}
