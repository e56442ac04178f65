/**
 * A table of things that run inside vnpy, whose rows open.
 *
 * @module
 */
import { signal } from '@preact/signals';
import type { ComponentChild, ComponentChildren } from 'preact';
import { appTexts } from '../../i18n/apps.js';
import { asked } from '../../state/actions.js';
import { placeKey, strategiesFailed } from '../../state/strategies.js';
import type { Place } from '../../state/strategies.js';

/** Those whose values are shown. */
const opened = signal<ReadonlySet<string>>(new Set());

function toggle(key: string): void {
  const next = new Set(opened.value);
  if (!next.delete(key)) next.add(key);
  opened.value = next;
}

/** A section of the screen. */
export function Section(props: {
  readonly title: string;
  /** Beside the title. */
  readonly action?: ComponentChildren;
  /** What is said where there is nothing. */
  readonly none: string;
  readonly isEmpty: boolean;
  readonly children: ComponentChildren;
}): ComponentChild {
  const { title, action, none, isEmpty, children } = props;
  return (
    <section class="app-section" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {action}
      </header>
      {isEmpty ? <p class="note">{none}</p> : children}
    </section>
  );
}

/** A section with what can be added, and its table. */
export function AppList<Row extends Place & { readonly name: string }>(props: {
  readonly title: string;
  /** The text of the button that adds one. */
  readonly add: string;
  readonly what: 'add-strategy' | 'add-spread' | 'start-algo';
  /** Where one can be added. */
  readonly places: readonly Place[];
  /** What is said where there is no row. */
  readonly none: string;
  readonly heads: readonly string[];
  readonly rows: readonly Row[];
  readonly draw: (row: Row, key: string) => ComponentChild;
}): ComponentChild {
  const { title, add, what, places, none, heads, rows, draw } = props;
  return (
    <Section
      title={title}
      none={none}
      isEmpty={rows.length === 0}
      action={
        places.length > 0 && (
          <button
            type="button"
            class="secondary"
            onClick={() => {
              asked.value = { what, places };
            }}
          >
            {add}
          </button>
        )
      }
    >
      <table class={`strategies${strategiesFailed.value ? ' old' : ''}`} aria-label={title}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        {rows.map((row) => draw(row, `${placeKey(row)}/${row.name}`))}
      </table>
    </Section>
  );
}

/** A row: its name opens what is below it. */
export function AppRow(props: {
  readonly id: string;
  readonly name: string;
  /** Below the name. */
  readonly second?: string | undefined;
  readonly cells: ComponentChildren;
  readonly span: number;
  /** What is shown even while the row is closed. */
  readonly always?: ComponentChildren;
  readonly more: () => ComponentChildren;
}): ComponentChild {
  const { id, name, second, cells, span, always, more } = props;
  const isOpen = opened.value.has(id);
  return (
    <tbody data-strategy={id}>
      <tr>
        <th scope="row">
          <button
            type="button"
            class="quiet"
            aria-expanded={isOpen}
            title={appTexts.value.details}
            onClick={() => {
              toggle(id);
            }}
          >
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {name}
          </button>
          {second !== undefined && <span class="second">{second}</span>}
        </th>
        {cells}
      </tr>
      {(isOpen || always !== undefined) && (
        <tr class="strategy-more">
          <td colSpan={span}>
            {always}
            {isOpen && more()}
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** A button of a row. */
export function RowButton(props: {
  readonly text: string;
  readonly name: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}): ComponentChild {
  const { text, name, disabled = false, onClick } = props;
  return (
    <button type="button" class="secondary" aria-label={`${text} ${name}`} disabled={disabled} onClick={onClick}>
      {text}
    </button>
  );
}
