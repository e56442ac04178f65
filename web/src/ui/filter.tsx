/**
 * A choice among the values that a column has.
 *
 * @module
 */
import type { Signal } from '@preact/signals';
import type { ComponentChild } from 'preact';

/** A list of values, of which one is shown, or all. */
export function Filter(props: {
  readonly label: string;
  /** What stands for "all". */
  readonly all: string;
  readonly names: readonly string[];
  /** The chosen one; empty for all. */
  readonly chosen: Signal<string>;
  readonly textOf?: (name: string) => string;
}): ComponentChild {
  const { label, all, names, chosen, textOf = String } = props;
  return (
    <select
      aria-label={label}
      value={chosen.value}
      onChange={(event) => {
        chosen.value = event.currentTarget.value;
      }}
    >
      <option value="">
        {label} · {all}
      </option>
      {names.map((name) => (
        <option key={name} value={name}>
          {textOf(name)}
        </option>
      ))}
    </select>
  );
}
