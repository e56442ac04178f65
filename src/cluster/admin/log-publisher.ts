/**
 * Publishes the log lines of a program, for those who look after a cluster.
 *
 * Nothing waits for it: a line is published or left out, and what was left out is counted. The log that a program writes itself is
 * the complete one.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { ClusterClock } from '../transport/clock.js';
import type { ClusterTransport } from '../transport/transport.js';

/** What a publisher works with. */
export interface LogPublisherParts {
  readonly subject: string;
  /** Connects. Tried again until it has succeeded. */
  readonly open: () => Promise<ClusterTransport>;
  /** Takes the secrets out of a line. */
  readonly clean: (line: string) => string;
  /** What is in the way, once for each reason. It must not come back as a line. */
  readonly told: (trouble: string) => void;
  readonly clock: ClusterClock;
}

/** Lines that wait for the connection; of more, the oldest go. */
const MOST_WAITING = 500;
/** Lines that leave in a second at most. */
const MOST_A_SECOND = 200;
/** Longer lines are cut. */
const LONGEST = 8192;
/** How long to wait after a failure, in ms. */
const AGAIN = 10_000;
/** How long the last lines may take to leave, in ms. */
const LAST = 500;

/** One program's lines. */
export class LogPublisher {
  readonly #parts: LogPublisherParts;
  readonly #troubles = new Set<string>();
  #transport: ClusterTransport | undefined;
  #waiting: string[] = [];
  #leftOut = 0;
  #second = -Infinity;
  #inSecond = 0;
  #isClosed = false;
  #takeBack: () => void = () => undefined;

  constructor(parts: LogPublisherParts) {
    this.#parts = parts;
  }

  /** Begins to connect. */
  start(): void {
    void this.#connect();
  }

  /** Publishes a line of JSON, now or as soon as there is a connection. */
  line(json: string): void {
    if (this.#isClosed) return;
    if (!this.#hasRoom()) {
      this.#leftOut++;
      return;
    }
    this.#waiting.push(json);
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      this.#leftOut++;
    }
    this.#send();
  }

  /** The last lines get a moment to leave. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#takeBack();
    const transport = this.#transport;
    if (transport === undefined) return;
    this.#transport = undefined;
    // Whoever is not connected now has lost its last lines.
    await transport.flush({ timeout: LAST }).catch(() => undefined);
    await transport.close();
  }

  /** A program in trouble writes many lines; they must not become the trouble of others. */
  #hasRoom(): boolean {
    const now = this.#parts.clock.now();
    if (now - this.#second >= 1000) {
      this.#second = now;
      this.#inSecond = 0;
    }
    return ++this.#inSecond <= MOST_A_SECOND;
  }

  async #connect(): Promise<void> {
    const { open, clock } = this.#parts;
    try {
      const transport = await open();
      if (this.#isOver()) {
        await transport.close();
        return;
      }
      this.#transport = transport;
      transport.onStatus(({ isConnected }) => {
        if (isConnected) this.#send();
      });
      transport.onRefused((detail) => {
        this.#tell(detail);
      });
      this.#send();
    } catch (error) {
      this.#tell(messageOf(error));
      if (this.#isOver()) return;
      this.#takeBack = clock.after(AGAIN, () => void this.#connect());
    }
  }

  /** A method, because `close()` can come at any `await`, which a type checker does not see. */
  #isOver(): boolean {
    return this.#isClosed;
  }

  #send(): void {
    const transport = this.#transport;
    if (transport?.status().isConnected !== true) return;
    if (this.#leftOut > 0) {
      this.#waiting.push(this.#note(this.#leftOut));
      this.#leftOut = 0;
    }
    const lines = this.#waiting;
    this.#waiting = [];
    for (const [index, line] of lines.entries()) {
      try {
        transport.publish(this.#parts.subject, Buffer.from(cut(this.#parts.clean(line))));
      } catch (error) {
        this.#waiting = lines.slice(index);
        this.#tell(messageOf(error));
        return;
      }
    }
  }

  #note(count: number): string {
    const time = new Date(this.#parts.clock.wall()).toISOString();
    return JSON.stringify({ level: 'warn', time, msg: `${count} log lines were left out` });
  }

  #tell(trouble: string): void {
    if (this.#troubles.has(trouble) || this.#troubles.size >= 20) return;
    this.#troubles.add(trouble);
    this.#parts.told(trouble);
  }
}

/** The text of a line that is too long is cut, and the line stays JSON. */
function cut(json: string): string {
  if (json.length <= LONGEST) return json;
  try {
    const { level, time, msg } = JSON.parse(json) as Readonly<Record<string, unknown>>;
    return JSON.stringify({ level, time, msg: `${String(msg).slice(0, LONGEST / 2)} …` });
  } catch {
    return json.slice(0, LONGEST);
  }
}
