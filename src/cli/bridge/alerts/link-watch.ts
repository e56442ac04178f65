/**
 * What a person should hear of the link to a vnpy server. ops/prometheus-alerts.yml has rules for the same.
 *
 * @module
 */
import type { Alert } from '../../../guard/index.js';

/** How a client is, at one moment. */
export interface LinkView {
  readonly state: 'idle' | 'connecting' | 'connected' | 'disconnected' | 'stopped';
  /** Why it is not connected. */
  readonly detail: string;
  readonly reconnects: number;
  readonly undecodable: number;
  /** Events lost because a reader was too slow. */
  readonly lost: number;
  /** Time since the last message of any kind, in ms. */
  readonly age: number | undefined;
  /** The server's clock minus ours, in ms. */
  readonly offset: number | undefined;
}

/** A link that is away for less is back before anybody could look, in ms. */
const AWAY = 10_000;
/** Two of vnpy's heartbeats, which come every 10 s, in ms. The client itself gives up after 30 s. */
const SILENT = 20_000;
/** A difference of clocks, and how long it lasts, in ms. */
const OFFSET = 1000;
const OFFSET_FOR = 300_000;
/** So many connections anew within so many ms are told. */
const RECONNECTS = 5;
const RECONNECTS_WITHIN = 3_600_000;

/** Looks at a link again and again, and tells of changes. */
export class LinkWatch {
  readonly #tell: (alert: Alert) => void;
  #last: LinkView | undefined;
  /** When it was seen to be away first; `told` when that was told. */
  #away: { readonly since: number; isTold: boolean } | undefined;
  #isSilent = false;
  #offset: { readonly since: number; isTold: boolean } | undefined;
  /** When connections were made anew. */
  #reconnects: number[] = [];

  constructor(tell: (alert: Alert) => void) {
    this.#tell = tell;
  }

  /** Another client takes the place of the one before: its counters begin at 0. */
  renew(): void {
    this.#last = undefined;
  }

  /** @param now - ms of a clock that is never set. */
  look(view: LinkView, now: number): void {
    const before = this.#last;
    this.#last = view;
    this.#lookAtState(view, now);
    this.#lookAtClock(view, now);
    if (before === undefined) return;
    const undecodable = view.undecodable - before.undecodable;
    if (undecodable > 0) this.#tell(undecodableAlert(undecodable));
    const lost = view.lost - before.lost;
    if (lost > 0) this.#tell(eventsLostAlert(lost));
    this.#lookAtReconnects(view.reconnects - before.reconnects, now);
  }

  #lookAtState({ state, detail, age }: LinkView, now: number): void {
    if (state === 'idle' || state === 'stopped') return;
    if (state !== 'connected') {
      this.#away ??= { since: now, isTold: false };
      if (this.#away.isTold || now - this.#away.since < AWAY) return;
      this.#away.isTold = true;
      this.#tell(disconnectedAlert(detail));
      return;
    }
    if (this.#away?.isTold === true) this.#tell(CONNECTED);
    this.#away = undefined;
    const isSilent = age !== undefined && age > SILENT;
    if (isSilent && !this.#isSilent) this.#tell(silentAlert(age));
    if (!isSilent && this.#isSilent) this.#tell(HEARD);
    this.#isSilent = isSilent;
  }

  #lookAtClock({ state, offset }: LinkView, now: number): void {
    if (state !== 'connected' || offset === undefined) return;
    if (Math.abs(offset) <= OFFSET) {
      if (this.#offset?.isTold === true) this.#tell(CLOCK_RIGHT);
      this.#offset = undefined;
      return;
    }
    this.#offset ??= { since: now, isTold: false };
    if (this.#offset.isTold || now - this.#offset.since < OFFSET_FOR) return;
    this.#offset.isTold = true;
    this.#tell(clockOffsetAlert(offset));
  }

  #lookAtReconnects(more: number, now: number): void {
    for (let count = 0; count < Math.min(more, RECONNECTS + 1); count++) this.#reconnects.push(now);
    this.#reconnects = this.#reconnects.filter((when) => now - when < RECONNECTS_WITHIN);
    const { length } = this.#reconnects;
    if (length <= RECONNECTS) return;
    this.#reconnects = [];
    this.#tell(reconnectsAlert(length));
  }
}

/** The server is another process than before. @param missed - changes that were missed. */
export function serverRestartedAlert(missed: number): Alert {
  return {
    kind: 'server-restarted',
    severity: 'warning',
    key: 'server-restarted',
    text: {
      en: `the vnpy server was restarted; ${missed} changes had been missed`,
      zh: `vnpy 服务端已重启，期间遗漏 ${missed} 项变化（已补齐）`,
    },
    details: { missed },
  };
}

function disconnectedAlert(detail: string): Alert {
  return {
    kind: 'disconnected',
    severity: 'critical',
    key: 'disconnected',
    ends: ['connected'],
    text: {
      en: `not connected to the vnpy server, no orders leave: ${detail}`,
      zh: `与 vnpy 服务端的连接已断开，委托无法发出：${detail}`,
    },
    details: { detail },
  };
}

const CONNECTED: Alert = {
  kind: 'connected',
  severity: 'info',
  key: 'connected',
  ends: ['disconnected'],
  text: { en: 'connected to the vnpy server again', zh: '已重新连接 vnpy 服务端' },
  details: {},
};

function silentAlert(age: number): Alert {
  const seconds = Math.round(age / 1000);
  return {
    kind: 'silent',
    severity: 'critical',
    key: 'silent',
    ends: ['heard'],
    text: {
      en: `nothing has come from the vnpy server for ${seconds} s, not even a heartbeat`,
      zh: `已有 ${seconds} 秒没有收到 vnpy 服务端的任何消息，连心跳也没有`,
    },
    details: { age },
  };
}

const HEARD: Alert = {
  kind: 'heard',
  severity: 'info',
  key: 'heard',
  ends: ['silent'],
  text: { en: 'messages come from the vnpy server again', zh: '重新收到 vnpy 服务端的消息' },
  details: {},
};

function undecodableAlert(count: number): Alert {
  return {
    kind: 'undecodable',
    severity: 'warning',
    key: 'undecodable',
    text: {
      en: `${count} messages of the vnpy server could not be decoded: the log says why`,
      zh: `vnpy 服务端的 ${count} 条消息无法解码：原因见日志`,
    },
    details: { count },
  };
}

function eventsLostAlert(count: number): Alert {
  return {
    kind: 'events-lost',
    severity: 'warning',
    key: 'events-lost',
    text: {
      en: `${count} events were lost because a reader was too slow`,
      zh: `因读取过慢丢失了 ${count} 个事件`,
    },
    details: { count },
  };
}

function reconnectsAlert(count: number): Alert {
  return {
    kind: 'reconnects',
    severity: 'warning',
    key: 'reconnects',
    text: {
      en: `the connection to the vnpy server was made ${count} times within an hour`,
      zh: `一小时内与 vnpy 服务端重连了 ${count} 次`,
    },
    details: { count },
  };
}

function clockOffsetAlert(offset: number): Alert {
  const seconds = (offset / 1000).toFixed(1);
  return {
    kind: 'clock-offset',
    severity: 'warning',
    key: 'clock-offset',
    ends: ['clock-right'],
    text: {
      en: `the clock of the vnpy server is ${seconds} s ahead of this machine's: set both by NTP`,
      zh: `vnpy 服务端的时钟比本机快 ${seconds} 秒：请用 NTP 校时`,
    },
    details: { offset },
  };
}

const CLOCK_RIGHT: Alert = {
  kind: 'clock-right',
  severity: 'info',
  key: 'clock-right',
  ends: ['clock-offset'],
  text: { en: 'the clocks agree again', zh: '时钟已恢复一致' },
  details: {},
};
