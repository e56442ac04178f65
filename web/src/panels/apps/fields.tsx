/**
 * Fields that the forms of applications share.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import { appTexts } from '../../i18n/apps.js';
import { texts } from '../../i18n/index.js';
import { formProblem } from '../../state/app-actions.js';
import { contracts } from '../../state/data.js';
import { watch } from '../../state/feed.js';
import { placeKey } from '../../state/strategies.js';
import type { Place } from '../../state/strategies.js';
import { ContractField } from '../find-contract.js';
import { placeName } from './values.js';

/** A label, and one line of text. */
export function TextField(props: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly isNumber?: boolean;
  readonly isFirst?: boolean;
  readonly onText: (text: string) => void;
}): ComponentChild {
  const { id, label, value, hint = '', isNumber = false, isFirst = false, onText } = props;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode={isNumber ? 'decimal' : 'text'}
        autoComplete="off"
        spellcheck={false}
        autofocus={isFirst}
        placeholder={hint}
        value={value}
        onInput={(event) => {
          onText(event.currentTarget.value);
        }}
      />
    </div>
  );
}

/** A label, and one of several. */
export function SelectField(props: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [string, string])[];
  readonly onChoose: (value: string) => void;
}): ComponentChild {
  const { id, label, value, choices, onChoose } = props;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          onChoose(event.currentTarget.value);
        }}
      >
        {choices.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Which application, where there are several. */
export function PlaceField<App extends Place>(props: {
  readonly places: readonly App[];
  readonly place: App;
  readonly onChoose: (place: App) => void;
}): ComponentChild {
  const { places, place, onChoose } = props;
  if (places.length < 2) return null;
  return (
    <SelectField
      id="app-place"
      label={appTexts.value.form.place}
      value={placeKey(place)}
      choices={places.map((each) => [placeKey(each), placeName(each)])}
      onChoose={(key) => {
        const found = places.find((each) => placeKey(each) === key);
        if (found !== undefined) onChoose(found);
      }}
    />
  );
}

/** A contract, found by code or name. Its ticks are asked for: rules compare with them. */
export function SymbolField(props: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
}): ComponentChild {
  const { id, label, value, onText } = props;
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const take = (vtSymbol: string): void => {
    watch(vtSymbol);
    onText(vtSymbol);
  };
  return (
    <div class="field contract">
      <label for={id}>{label}</label>
      <ContractField
        id={id}
        label={label}
        placeholder={texts.value.form.find}
        text={typed ?? value}
        onText={(text) => {
          setTyped(text);
          const exact = contracts.get(text.trim());
          if (exact === undefined) onText(text.trim());
          else take(exact.vt_symbol);
        }}
        onTake={({ vt_symbol: vtSymbol }) => {
          setTyped(undefined);
          take(vtSymbol);
        }}
      />
      <output class="contract-name" for={id}>
        {contracts.get(value)?.name ?? ''}
      </output>
    </div>
  );
}

/** What is wrong with a form: a mistake of the person, or what the console said. */
export function FormProblem({ mistake }: { mistake: string | undefined }): ComponentChild {
  const [text, more] = mistake === undefined ? (formProblem.value ?? []) : [mistake, undefined];
  return (
    <div role="alert" class={text === undefined ? '' : 'say bad'}>
      {text !== undefined && <strong>{text}</strong>}
      {more !== undefined && <span>{more}</span>}
    </div>
  );
}

/** A name that a new thing may have; else a sentence. */
export function nameMistake(name: string, taken: readonly string[]): string | undefined {
  const { form } = appTexts.value;
  const text = name.trim();
  if (text === '') return form.missing(form.name);
  if (taken.includes(text)) return form.taken;
  return text === '.' || text === '..' || text.length > 100 ? form.badName : undefined;
}

/** A number in a field; a sentence where it is none, or not above 0 though it must be. */
export function numberOrMistake(text: string, name: string, isAbove0 = false): number | string {
  const { form } = appTexts.value;
  if (text.trim() === '') return form.missing(name);
  const number = Number(text);
  if (!Number.isFinite(number)) return form.noNumber(name);
  return isAbove0 && number <= 0 ? form.above0(name) : number;
}
