/**
 * Values of strategies and algorithms: as they are, and as fields of a form.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { appTexts } from '../../i18n/apps.js';
import type { Settings } from '../../state/app-actions.js';
import type { Place } from '../../state/strategies.js';

/** A value of whatever type; of a float no more digits than it means. */
export function valueText(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(10)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** 价差, or 价差 · day where there are several servers. */
export function placeName({ app, server }: Place): string {
  const name = appTexts.value.appOf[app];
  return server === null ? name : `${name} · ${server}`;
}

/** Names and values below each other. */
export function Values({
  label,
  values,
}: {
  label: string;
  values: Readonly<Record<string, unknown>>;
}): ComponentChild {
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

/** What a person has typed into fields, by name; numbers as text. */
export type Drafts = Readonly<Record<string, string | boolean>>;

/** The name that a field has for people. */
export type NameOf = (name: string) => string;

/**
 * What the drafts are: only values that differ from those that are there.
 *
 * @returns A sentence where a number is none.
 */
export function readSettings(
  values: Readonly<Record<string, unknown>>,
  drafts: Drafts,
  nameOf: NameOf,
): Settings | string {
  const settings: Record<string, string | number | boolean> = {};
  for (const [name, draft] of Object.entries(drafts)) {
    const value = values[name];
    if (typeof value === 'number' && typeof draft === 'string') {
      const number = draft.trim() === '' ? NaN : Number(draft);
      if (!Number.isFinite(number)) return appTexts.value.form.noNumber(nameOf(name));
      if (number !== value) settings[name] = number;
    } else if (draft !== value) {
      settings[name] = draft;
    }
  }
  return settings;
}

/** A field for each value that a person can type in. */
export function SettingFields(props: {
  readonly values: Readonly<Record<string, unknown>>;
  readonly drafts: Drafts;
  readonly nameOf?: NameOf;
  readonly onDraft: (name: string, draft: string | boolean) => void;
}): ComponentChild {
  const { values, drafts, onDraft, nameOf = (name: string): string => name } = props;
  const words = appTexts.value.strategies;
  const entries = Object.entries(values);
  if (entries.length === 0) return <p class="note">{words.noParameters}</p>;
  return (
    <div class="setting-fields">
      {entries.map(([name, value]) => {
        const id = `setting-${name}`;
        return (
          <div class="field" key={name}>
            <label for={id} title={name}>
              {nameOf(name)}
            </label>
            {typeof value === 'boolean' ? (
              <input
                id={id}
                type="checkbox"
                checked={Boolean(drafts[name] ?? value)}
                onChange={(event) => {
                  onDraft(name, event.currentTarget.checked);
                }}
              />
            ) : typeof value === 'number' || typeof value === 'string' ? (
              <input
                id={id}
                type="text"
                inputMode={typeof value === 'number' ? 'decimal' : 'text'}
                autoComplete="off"
                spellcheck={false}
                maxLength={1000}
                value={String(drafts[name] ?? value)}
                onInput={(event) => {
                  onDraft(name, event.currentTarget.value);
                }}
              />
            ) : (
              <span class="note">
                {valueText(value)} ({words.fixed})
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}
