/**
 * The field that finds a contract, by code or by name.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import { texts } from '../i18n/index.js';
import type { Contract } from '../net/types.js';
import { contracts } from '../state/data.js';
import { watch } from '../state/feed.js';
import { choose } from '../state/form.js';
import { narrow } from '../state/layout.js';
import { find } from '../state/search.js';

const MOST = 12;

/** A field with a list below it. `Enter` takes the marked one. */
export function ContractField(props: {
  readonly id: string;
  readonly label: string;
  readonly placeholder: string;
  readonly text: string;
  readonly class?: string;
  readonly onText: (text: string) => void;
  readonly onTake: (contract: Contract) => void;
}): ComponentChild {
  const { id, label, placeholder, text, onText, onTake } = props;
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState(0);
  const found = open && text.trim() !== '' ? find(contracts.rows.value, text, MOST) : [];
  const shown = Math.min(place, Math.max(0, found.length - 1));

  const take = (contract: Contract): void => {
    setOpen(false);
    setPlace(0);
    onTake(contract);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const marked = found[shown];
    if (event.key === 'ArrowDown') setPlace(Math.min(found.length - 1, shown + 1));
    else if (event.key === 'ArrowUp') setPlace(Math.max(0, shown - 1));
    else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && marked !== undefined) take(marked);
    else if (event.key === 'Escape' && open) setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class={`find ${props.class ?? ''}`}>
      <input
        id={id}
        type="text"
        role="combobox"
        autoComplete="off"
        spellcheck={false}
        aria-label={label}
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        {...(found.length > 0 ? { 'aria-activedescendant': `${id}-${shown}` } : {})}
        placeholder={placeholder}
        value={text}
        onInput={(event) => {
          setOpen(true);
          setPlace(0);
          onText(event.currentTarget.value);
        }}
        onBlur={() => {
          setOpen(false);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={label} class={found.length > 0 ? 'list' : 'list none'}>
        {found.map((contract, index) => (
          <li
            key={contract.vt_symbol}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === shown}
            onPointerDown={(event) => {
              // Before the field loses the focus and closes the list.
              event.preventDefault();
              take(contract);
            }}
          >
            <span class="code">{contract.symbol}</span>
            <span class="of">{contract.name}</span>
            <span class="at">{contract.exchange}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Finds a contract, watches it, and puts it into the form. */
export function FindContract(): ComponentChild {
  const [text, setText] = useState('');
  const { quotes } = texts.value;
  return (
    <ContractField
      id="find"
      label={quotes.findLabel}
      placeholder={quotes.find}
      text={text}
      onText={setText}
      onTake={(contract) => {
        setText('');
        watch(contract.vt_symbol);
        choose(contract.vt_symbol);
        if (!narrow.value) document.getElementById('price')?.focus();
      }}
    />
  );
}
