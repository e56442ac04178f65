/**
 * The CTA and spread strategies of the vnpy server: what they are, what they hold, and how they are started and stopped.
 *
 * @module
 */
import { signal } from '@preact/signals';
import type { ComponentChild } from 'preact';
import { useEffect } from 'preact/hooks';
import { clock } from '../format/times.js';
import { memberText, texts } from '../i18n/index.js';
import type { Strategy } from '../net/types.js';
import { asked } from '../state/actions.js';
import { narrow } from '../state/layout.js';
import { fits, strategies, strategiesAt, strategiesFailed, watchStrategies } from '../state/strategies.js';
import type { StrategyAction } from '../state/strategies.js';

const ACTIONS: readonly StrategyAction[] = ['init', 'start', 'stop'];

const keyOf = ({ app, name }: Strategy): string => `${app}/${name}`;

/** Those whose values are shown. */
const opened = signal<ReadonlySet<string>>(new Set());

function toggle(key: string): void {
  const next = new Set(opened.value);
  if (!next.delete(key)) next.add(key);
  opened.value = next;
}

/** 策略 */
export function Strategies(): ComponentChild {
  const { strategies: words, nav, audit, empty } = texts.value;
  useEffect(watchStrategies, []);
  const found = strategies.value;
  const at = strategiesAt.value;
  const none = found?.apps.length === 0 ? words.noFunctions : words.none;
  return (
    <main class="screen" id="workspace">
      <header class="screen-head">
        <h1>{nav.strategies}</h1>
        <span class="note" role="status">
          {strategiesFailed.value ? words.failed : ''}
        </span>
        {at !== undefined && <span class="note">{audit.asOf(clock(at))}</span>}
      </header>
      <p class="note">{words.what}</p>
      {found === undefined || found.data.length === 0 ? (
        <p>{found === undefined ? empty.loading : none}</p>
      ) : (
        <Table rows={found.data} />
      )}
    </main>
  );
}

function Table({ rows }: { rows: readonly Strategy[] }): ComponentChild {
  const { strategies: words, column, nav } = texts.value;
  const isNarrow = narrow.value;
  const heads = isNarrow
    ? [column.name, column.status]
    : [column.name, words.app, column.symbol, words.className, column.status, words.pos];
  return (
    <table class={`strategies${strategiesFailed.value ? ' old' : ''}`} aria-label={nav.strategies}>
      <thead>
        <tr>
          {[...heads, words.actions].map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      {rows.map((row) => (
        <Rows key={keyOf(row)} row={row} isNarrow={isNarrow} span={heads.length + 1} />
      ))}
    </table>
  );
}

function Rows({ row, isNarrow, span }: { row: Strategy; isNarrow: boolean; span: number }): ComponentChild {
  const { strategies: words } = texts.value;
  const key = keyOf(row);
  const isOpen = opened.value.has(key);
  const app = words.appOf[row.app];
  const name = (
    <button type="button" class="quiet" aria-expanded={isOpen} title={words.details} onClick={() => toggle(key)}>
      <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {row.name}
    </button>
  );
  return (
    <tbody data-strategy={key}>
      <tr>
        <th scope="row">
          {name}
          {isNarrow && <span class="second">{row.symbol}</span>}
        </th>
        {!isNarrow && (
          <>
            <td>{app}</td>
            <td>{row.symbol}</td>
            <td>{row.class_name}</td>
          </>
        )}
        <td>
          <State row={row} />
          {isNarrow && <span class="second">{posOf(row)}</span>}
        </td>
        {!isNarrow && <td class="number">{posOf(row)}</td>}
        <td>
          <Buttons row={row} isNarrow={isNarrow} />
        </td>
      </tr>
      {(isOpen || row.failure !== null) && (
        <tr class="strategy-more">
          <td colSpan={span}>
            {row.failure !== null && (
              <p class="say warn">
                {words.initFailed} {row.failure}
              </p>
            )}
            {isOpen && (
              <>
                <Values label={words.variables} values={row.variables} />
                <Values
                  label={words.parameters}
                  values={{ ...(isNarrow ? { [words.className]: row.class_name } : {}), ...row.parameters }}
                />
              </>
            )}
          </td>
        </tr>
      )}
    </tbody>
  );
}

function State({ row: { inited, trading, running } }: { row: Strategy }): ComponentChild {
  const { state, runningOf } = texts.value.strategies;
  if (running !== null) return <span class="warn">{memberText(runningOf, running)}</span>;
  if (trading) return <strong>{state.trading}</strong>;
  return <span class="muted">{inited ? state.inited : state.fresh}</span>;
}

/** What may be done is what the console says of this user; on a phone only what has a sense now. */
function Buttons({ row, isNarrow }: { row: Strategy; isNarrow: boolean }): ComponentChild {
  const { action: words } = texts.value.strategies;
  const may = strategies.value?.apps.find(({ app }) => app === row.app)?.actions ?? [];
  const shown = ACTIONS.filter((action) => may.includes(action) && (!isNarrow || fits(row, action)));
  return (
    <span class="strategy-actions">
      {shown.map((action) => (
        <button
          key={action}
          type="button"
          class="secondary"
          aria-label={`${words[action]} ${row.name}`}
          disabled={!fits(row, action)}
          onClick={() => {
            asked.value = { what: 'strategy', strategy: row, action };
          }}
        >
          {words[action]}
        </button>
      ))}
    </span>
  );
}

function Values({ label, values }: { label: string; values: Readonly<Record<string, unknown>> }): ComponentChild {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <section aria-label={label}>
      <h2>{label}</h2>
      <dl class="facts">
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{valueText(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function posOf({ variables }: Strategy): string {
  return 'pos' in variables ? valueText(variables['pos']) : '';
}

/** A value of whatever type; of a float no more digits than it means. */
function valueText(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(10)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}
