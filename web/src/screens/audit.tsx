/**
 * What was done through this console, by whom, from where, and how it ended.
 *
 * @module
 */
import { computed, signal } from '@preact/signals';
import type { ComponentChild } from 'preact';
import { useEffect } from 'preact/hooks';
import { volume as countText } from '../format/numbers.js';
import { clock, dateAndTime } from '../format/times.js';
import { memberText, texts } from '../i18n/index.js';
import { ApiError, request } from '../net/http.js';
import type { AuditEntry } from '../net/types.js';
import { words } from '../panels/columns/words.js';
import { asked } from '../state/actions.js';
import { narrow } from '../state/layout.js';
import { leave } from '../state/session.js';
import { muted } from '../ui/column.js';
import type { Column } from '../ui/column.js';
import { SaveButton } from '../ui/controls.js';
import { Filter } from '../ui/filter.js';
import { Grid } from '../ui/grid.js';

/** As many as the console gives at once. */
const MOST = 1000;
const AGAIN_MS = 15_000;

/** A line of the audit has no name of its own: two may be of one request. */
interface Line extends AuditEntry {
  readonly key: string;
}

const lines = signal<readonly Line[]>([]);
/** When the lines were read, in ms since 1970. */
const readAt = signal<number | undefined>(undefined);
const failed = signal(false);
const text = signal('');
const user = signal('');
const action = signal('');
const since = signal('');

const distinct = (of: 'user' | 'action') =>
  computed(() => [...new Set(lines.value.flatMap((line) => line[of] ?? []))].sort());
const users = distinct('user');
const actions = distinct('action');

const detailText = ({ detail }: AuditEntry): string =>
  Object.entries(detail)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');

const found = computed(() => {
  const wanted = text.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return lines.value.filter((line) => {
    if (user.value !== '' && line.user !== user.value) return false;
    if (action.value !== '' && line.action !== action.value) return false;
    if (wanted.length === 0) return true;
    const all = `${line.user} ${line.action} ${line.outcome} ${line.address} ${line.request_id} ${detailText(line)}`;
    return wanted.every((word) => all.toLowerCase().includes(word));
  });
});

const FINE: ReadonlySet<string> = new Set(['ok', 'sent', 'done', 'asked']);
const outcomeTone = ({ outcome }: AuditEntry): 'warn' | undefined => (FINE.has(outcome) ? undefined : 'warn');

const columns = computed((): readonly Column<Line>[] => {
  const { audit } = words.value;
  const actionText = (line: Line): string => memberText(audit.actions, line.action);
  const outcomeText = (line: Line): string => memberText(audit.outcomes, line.outcome);
  return [
    { id: 'time', title: audit.time, width: 146, text: (line) => dateAndTime(line.time), by: (line) => line.time },
    { id: 'user', title: audit.user, width: 96, text: (line) => line.user ?? '' },
    { id: 'action', title: audit.action, width: 108, text: actionText },
    { id: 'outcome', title: audit.outcome, width: 124, text: outcomeText, tone: outcomeTone },
    { id: 'detail', title: audit.detail, width: 420, text: detailText },
    muted('address', audit.address, 112, (line) => line.address ?? ''),
    muted('request', audit.request, 116, (line) => line.request_id ?? ''),
  ];
});

const columnsNarrow = computed((): readonly Column<Line>[] => {
  const { audit } = words.value;
  return [
    {
      ...{ id: 'action', title: audit.action, width: 130 },
      text: (line) => memberText(audit.actions, line.action),
      second: (line) => dateAndTime(line.time).slice(5),
    },
    {
      ...{ id: 'outcome', title: audit.outcome, width: 150, tone: outcomeTone },
      text: (line) => memberText(audit.outcomes, line.outcome),
      second: (line) => line.user ?? '',
    },
  ];
});

async function read(end: AbortSignal): Promise<void> {
  const of = new URLSearchParams({ limit: String(MOST) });
  if (since.value !== '') of.set('since', new Date(`${since.value}T00:00:00`).toISOString());
  try {
    const { data } = await request<{ data: readonly AuditEntry[] }>(`/audit?${of}`, { signal: end });
    // Counted from the oldest, so that a line keeps its key when newer ones come.
    lines.value = data.map((entry, place) => ({ ...entry, key: `${entry.time} ${data.length - place}` }));
    readAt.value = Date.now();
    failed.value = false;
  } catch (error) {
    if (end.aborted) return;
    if (error instanceof ApiError && error.status === 401) leave('over');
    failed.value = true;
  }
}

/** 审计 */
export function Audit(): ComponentChild {
  const { audit, empty, nav } = texts.value;
  const from = since.value;
  useEffect(() => {
    const end = new AbortController();
    void read(end.signal);
    const timer = setInterval(() => {
      if (!document.hidden) void read(end.signal);
    }, AGAIN_MS);
    return () => {
      clearInterval(timer);
      end.abort();
    };
  }, [from]);
  const isNarrow = narrow.value;
  return (
    <main class="screen audit-screen" id="workspace">
      <header class="screen-head">
        <h1>{nav.audit}</h1>
        <input
          id="audit-find"
          type="search"
          aria-label={audit.find}
          placeholder={audit.find}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
        <Filter label={audit.user} all={audit.all} names={users.value} chosen={user} />
        <Filter
          label={audit.action}
          all={audit.all}
          names={actions.value}
          chosen={action}
          textOf={(name) => memberText(audit.actions, name)}
        />
        <label class="since">
          <span>{audit.since}</span>
          <input
            type="date"
            value={from}
            onChange={(event) => {
              since.value = event.currentTarget.value;
            }}
          />
        </label>
        <span class="note" role="status">
          {failed.value ? audit.failed : audit.count(countText(found.value.length), countText(lines.value.length))}
          {readAt.value !== undefined && ` · ${audit.asOf(clock(readAt.value))}`}
        </span>
        <span class="screen-tools">
          <button
            type="button"
            class="quiet"
            onClick={() => {
              void read(new AbortController().signal);
            }}
          >
            {audit.refresh}
          </button>
          <SaveButton name="audit" table={() => [found.value, columns.value]} />
        </span>
      </header>
      <p class="note">{lines.value.length >= MOST ? audit.most : audit.scope}</p>
      <div class={`screen-table panel${failed.value ? ' old' : ''}`}>
        <Grid<Line>
          id={isNarrow ? 'audit-narrow' : 'audit'}
          label={nav.audit}
          rows={found.value}
          columns={isNarrow ? columnsNarrow.value : columns.value}
          keyOf={(line) => line.key}
          empty={readAt.value === undefined ? empty.loading : empty.audit}
          {...(isNarrow ? { rowHeight: 48, onPick: openLine } : {})}
          onOpen={openLine}
        />
      </div>
    </main>
  );
}

function openLine(entry: AuditEntry): void {
  asked.value = { what: 'audit', entry };
}
