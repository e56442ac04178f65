/**
 * The head of the page: what works, what time it is, whether orders are taken, who is logged in.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { age, clock, timeOfDay, zoneName } from '../format/times.js';
import { LANGUAGE_NAMES, memberText, texts } from '../i18n/index.js';
import type { ServerState } from '../net/types.js';
import { asked, problemText } from '../state/actions.js';
import { status } from '../state/data.js';
import { lastTick, page, synced } from '../state/feed.js';
import { go, narrow, now, screen } from '../state/layout.js';
import type { Screen } from '../state/layout.js';
import { notify } from '../state/notices.js';
import { findOut, pending } from '../state/order.js';
import { servers } from '../state/servers.js';
import { logOut, mayTrade, rights, session, showsStrategies } from '../state/session.js';
import { set, settings } from '../state/settings.js';

type Light = 'ok' | 'lost' | 'waiting' | 'quiet';

interface Lamp {
  readonly name: string;
  readonly light: Light;
  readonly text: string;
  readonly more?: string;
}

/** Without a tick for so long the light is not green. A quiet market is no fault, so it is not red either. */
const QUIET_MS = 10_000;

/** Each light tells what was seen, and nothing of it is assumed. */
function lamps(): readonly Lamp[] {
  const { link } = texts.value;
  const { state } = page.value;
  const isOpen = state === 'open';
  const links = isOpen ? status.value?.links : undefined;
  const of = (name: string, seen: 'up' | 'down' | 'unknown' | undefined): Lamp => ({
    name,
    light: seen === 'up' ? 'ok' : seen === 'down' ? 'lost' : 'waiting',
    text: seen === 'up' ? link.ok : seen === 'down' ? link.lost : link.waiting,
  });
  const several = isOpen && servers.value.length > 1;
  // The clock of the page is read so that ages grow.
  const ticked = now.value > 0 ? lastTick.value : undefined;
  const tickAge = ticked === undefined ? undefined : performance.now() - ticked;
  return [
    {
      name: link.page,
      light: isOpen ? 'ok' : state === 'lost' ? 'lost' : 'waiting',
      text: isOpen ? link.ok : state === 'lost' ? link.lost : link.waiting,
    },
    ...(several
      ? servers.value.map(lampOf)
      : [of(link.request, links?.request.state), of(link.publish, links?.publish.state)]),
    {
      name: link.ticks,
      light: tickAge === undefined ? 'waiting' : isOpen && tickAge < QUIET_MS ? 'ok' : 'quiet',
      text: tickAge === undefined ? link.none : age(tickAge),
    },
  ];
}

/** One light for each of several servers: it works when both of its connections do. */
function lampOf({ name, state, links, detail }: ServerState): Lamp {
  const { link } = texts.value;
  const seen = [links.request.state, links.publish.state];
  if (seen.includes('down')) {
    const what = links.request.state === 'down' ? link.requestLost : link.publishLost;
    return { name, light: 'lost', text: link.lost, more: detail ?? what };
  }
  const isUp = state === 'connected' && seen.every((each) => each === 'up');
  return { name, light: isUp ? 'ok' : 'waiting', text: isUp ? link.ok : link.waiting };
}

function Lights(): ComponentChild {
  return (
    <ul class="lights">
      {lamps().map(({ name, light, text, more }) => (
        <li key={name} class={light} title={[`${name}: ${text}`, more].filter(Boolean).join('. ')}>
          <span class="dot" aria-hidden="true" />
          <span class="name">{name}</span>
          <span class="state">{text}</span>
        </li>
      ))}
    </ul>
  );
}

/** The head. */
export function Head(): ComponentChild {
  const isNarrow = narrow.value;
  return (
    <header class="page-head">
      <a class="brand" href="#/" aria-label="vnpy-bridge">
        <img src="./icon.svg" alt="" width="22" height="22" />
        <span>vnpy-bridge</span>
      </a>
      {!isNarrow && <Screens />}
      <Lights />
      <Clock />
      <TradingState />
      {!isNarrow && <Who />}
    </header>
  );
}

/** The links to the screens. */
export function Screens(): ComponentChild {
  const { nav } = texts.value;
  const all: readonly (readonly [Screen, string])[] = [
    ['trade', nav.trade],
    ['contracts', nav.contracts],
    ...(showsStrategies.value ? [['strategies', nav.strategies] as const] : []),
    ...(rights.value.has('audit') ? [['audit', nav.audit] as const] : []),
    ['settings', nav.settings],
    ['about', nav.about],
  ];
  return (
    <nav class="screens" aria-label={nav.label}>
      {all.map(([name, text]) => (
        <a
          key={name}
          href={name === 'trade' ? '#/' : `#/${name}`}
          {...(screen.value === name ? { 'aria-current': 'page' as const } : {})}
        >
          {text}
        </a>
      ))}
    </nav>
  );
}

function Clock(): ComponentChild {
  return (
    <div class="clock">
      <time>{clock(now.value)}</time>
      <span class="zone">{zoneName()}</span>
    </div>
  );
}

function TradingState(): ComponentChild {
  const { trading, halt } = texts.value;
  const state = status.value?.trading;
  if (session.value === null || session.value === undefined) return null;
  if (!mayTrade.value) return <span class="state-chip off">{trading.off}</span>;
  const everything = state?.halts.find(({ scope }) => scope === 'all');
  const isHalted = everything !== undefined || state?.halted === true;
  const title =
    everything === undefined
      ? undefined
      : `${everything.reason} · ${halt.by(everything.by, timeOfDay(everything.since, { millis: false }))}`;
  return (
    <div class="trading-state">
      <span class={`state-chip ${isHalted ? 'halted' : 'on'}`} title={title}>
        {isHalted ? (everything?.level === 'reduce' ? trading.reduce : trading.halted) : trading.on}
      </span>
      {isHalted ? (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            asked.value = { what: 'resume' };
          }}
        >
          {trading.resume}
        </button>
      ) : (
        rights.value.has('halt') && (
          <button
            type="button"
            class="halt"
            disabled={!synced.value}
            onClick={() => {
              asked.value = { what: 'halt' };
            }}
          >
            {trading.halt}
          </button>
        )
      )}
    </div>
  );
}

/** Logs out, and says why not when that fails. */
export async function leaveNow(everywhere = false): Promise<void> {
  try {
    await logOut(everywhere);
    go('trade');
  } catch (error) {
    notify('error', ...problemText(error));
  }
}

function Who(): ComponentChild {
  const { nav, enums } = texts.value;
  const { user, role } = session.value ?? { user: '', role: '' };
  return (
    <div class="who">
      <LanguageButton />
      <ThemeButton />
      <span class="user" title={memberText(enums.role, role)}>
        {user}
      </span>
      <button type="button" class="quiet" onClick={() => void leaveNow()}>
        {nav.logout}
      </button>
    </div>
  );
}

/** The other language. */
export function LanguageButton(): ComponentChild {
  const { language } = settings.value;
  const other = language === 'zh' ? 'en' : 'zh';
  return (
    <button
      type="button"
      class="quiet"
      lang={other === 'zh' ? 'zh-CN' : 'en'}
      aria-label={LANGUAGE_NAMES[other]}
      title={LANGUAGE_NAMES[other]}
      onClick={() => {
        set({ language: other });
      }}
    >
      {other === 'zh' ? '中' : 'EN'}
    </button>
  );
}

/** The other theme. */
export function ThemeButton(): ComponentChild {
  const label = texts.value.nav.theme;
  return (
    <button
      type="button"
      class="quiet"
      aria-label={label}
      title={label}
      onClick={() => {
        set({ theme: document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark' });
      }}
    >
      ◐
    </button>
  );
}

/** What is wrong, across the page: which link, since when, and what to do. */
export function Banner(): ComponentChild {
  const { link, outcome } = texts.value;
  const { state, since } = page.value;
  const links = status.value?.links;
  const lost = pending.value;
  const lines: ComponentChild[] = [];
  const passed = now.value > 0 ? performance.now() - since : 0;
  if (state === 'lost') {
    lines.push(
      <Line key="page" tone="bad" what={`${link.pageLost} ${link.since(age(passed))}`} more={link.pageLostWhat} />,
    );
  } else if (!synced.value) {
    lines.push(<Line key="sync" tone="info" what={link.loading} more="" />);
  } else if (servers.value.length > 1) {
    lines.push(...servers.value.flatMap((server) => serverLine(server) ?? []));
  } else if (links?.request.state === 'down') {
    lines.push(
      <Line
        key="request"
        tone="bad"
        what={`${link.requestLost} ${sinceText(links.request.since)}`}
        more={status.value?.detail ?? link.requestLostWhat}
      />,
    );
  } else if (links?.publish.state === 'down') {
    lines.push(
      <Line
        key="publish"
        tone="bad"
        what={`${link.publishLost} ${sinceText(links.publish.since)}`}
        more={status.value?.detail ?? link.publishLostWhat}
      />,
    );
  }
  const [first] = lost;
  if (first !== undefined) {
    lines.push(
      <div key="pending" class="banner warn">
        <strong>{outcome.pending(lost.length)}</strong>
        <button type="button" class="quiet" onClick={() => void findOut(first.order)}>
          {outcome.findOut}
        </button>
      </div>,
    );
  }
  return <div role="alert">{lines}</div>;
}

/** Which of several servers is out of reach. */
function serverLine({ name, links, detail }: ServerState): ComponentChild {
  const { link } = texts.value;
  const [what, since, more] =
    links.request.state === 'down'
      ? [link.requestLost, links.request.since, link.requestLostWhat]
      : [link.publishLost, links.publish.since, link.publishLostWhat];
  if (links.request.state !== 'down' && links.publish.state !== 'down') return undefined;
  return <Line key={name} tone="bad" what={`${name}: ${what} ${sinceText(since)}`} more={detail ?? more} />;
}

const sinceText = (since: string): string =>
  texts.value.link.since(age(Math.max(0, now.value - new Date(since).getTime())));

function Line({ tone, what, more }: { tone: string; what: string; more: string }): ComponentChild {
  return (
    <div class={`banner ${tone}`}>
      <strong>{what}</strong>
      <span>{more}</span>
    </div>
  );
}
