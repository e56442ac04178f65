/**
 * A table of things that run inside vnpy, whose rows open.
 *
 * @module
 */
import { signal } from '@preact/signals';
import type { ComponentChild, ComponentChildren } from 'preact';
import { appTexts } from '../../i18n/apps.js';
import { strategiesFailed } from '../../state/strategies.js';

/** Those whose values are shown. */
const opened = signal<ReadonlySet<string>>(new Set());

function toggle(key: string): void {
  const next = new Set(opened.value);
  if (!next.delete(key)) next.add(key);
  opened.value = next;
}

/** A section of the screen: its title, what can be added, and its table. */
export function Section(props: {
  readonly title: string;
  readonly add?: string;
  readonly onAdd?: (() => void) | undefined;
  readonly none: string;
  readonly isEmpty: boolean;
  readonly children: ComponentChildren;
}): ComponentChild {
  const { title, add, onAdd, none, isEmpty, children } = props;
  return (
    <section class="app-section" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {onAdd !== undefined && (
          <button type="button" class="secondary" onClick={onAdd}>
            {add}
          </button>
        )}
      </header>
      {isEmpty ? <p class="note">{none}</p> : children}
    </section>
  );
}

/** The table of a section. */
export function AppTable(props: {
  readonly label: string;
  readonly heads: readonly string[];
  readonly children: ComponentChildren;
}): ComponentChild {
  return (
    <table class={`strategies${strategiesFailed.value ? ' old' : ''}`} aria-label={props.label}>
      <thead>
        <tr>
          {props.heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      {props.children}
    </table>
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
