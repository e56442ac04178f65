/**
 * Small controls that several screens use.
 *
 * @module
 */
import type { ComponentChild, ComponentChildren } from 'preact';
import { dismiss, notices } from '../state/notices.js';
import { texts } from '../i18n/index.js';
import { saveTable } from './column.js';
import type { Column } from './column.js';

/** One of a few choices, side by side. */
export function Choice<Value extends string>(props: {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly (readonly [Value, string])[];
  readonly onChoose: (value: Value) => void;
  readonly tones?: Readonly<Partial<Record<Value, string>>>;
  readonly class?: string;
}): ComponentChild {
  const { label, value, choices, onChoose, tones } = props;
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const place = choices.findIndex(([name]) => name === value);
    const next = choices[(place + step + choices.length) % choices.length];
    if (next === undefined) return;
    onChoose(next[0]);
    const group = event.currentTarget;
    if (group instanceof HTMLElement) group.querySelector<HTMLElement>(`[data-value="${next[0]}"]`)?.focus();
  };
  return (
    <div class={`choice ${props.class ?? ''}`} role="radiogroup" aria-label={label} onKeyDown={move}>
      {choices.map(([name, text]) => (
        <button
          key={name}
          type="button"
          role="radio"
          data-value={name}
          aria-checked={name === value}
          tabIndex={name === value ? 0 : -1}
          class={tones?.[name] ?? ''}
          onClick={() => {
            onChoose(name);
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

/** Saves a table as CSV: VeighNa Trader's 保存数据. */
export function SaveButton<Row>(props: {
  readonly name: string;
  /** Read when the button is pressed, so that it is not drawn anew with each change. */
  readonly table: () => readonly [readonly Row[], readonly Column<Row>[]];
}): ComponentChild {
  const label = texts.value.orders.csv;
  return (
    <button
      type="button"
      class="quiet csv"
      title={label}
      aria-label={label}
      onClick={() => {
        saveTable(props.name, ...props.table());
      }}
    >
      CSV
    </button>
  );
}

/** A part of the page with a head. */
export function Panel(props: {
  readonly title: string;
  readonly class?: string;
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}): ComponentChild {
  return (
    <section class={`panel ${props.class ?? ''}`} aria-label={props.title}>
      <header class="panel-head">
        <h2>{props.title}</h2>
        <div class="tools">{props.tools}</div>
      </header>
      <div class="panel-body">{props.children}</div>
    </section>
  );
}

/** The notices at the edge of the page. */
export function Notices(): ComponentChild {
  return (
    <div class="notices" aria-live="polite" role="status">
      {notices.value.map(({ number, level, text, more }) => (
        <div key={number} class={`notice ${level}`}>
          <div>
            <strong>{text}</strong>
            {more !== undefined && <span>{more}</span>}
          </div>
          <button
            type="button"
            class="bare"
            aria-label={texts.value.dismiss}
            onClick={() => {
              dismiss(number);
            }}
          >
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
