/**
 * All contracts of the server: found by code, name, exchange and product.
 *
 * @module
 */
import { computed, signal } from '@preact/signals';
import type { ComponentChild } from 'preact';
import { volume as volumeText } from '../format/numbers.js';
import { memberText, texts } from '../i18n/index.js';
import type { Contract } from '../net/types.js';
import { contractColumns, contractColumnsNarrow } from '../panels/contract-columns.js';
import { contracts, contractsComplete } from '../state/data.js';
import { watch } from '../state/feed.js';
import { choose } from '../state/form.js';
import { go, narrow, phoneTab } from '../state/layout.js';
import { find } from '../state/search.js';
import { focusGrid, Grid } from '../ui/grid.js';

const text = signal('');
const exchange = signal('');
const product = signal('');

const distinct = (of: 'exchange' | 'product') =>
  computed(() => [...new Set(contracts.rows.value.map((contract) => contract[of]))].sort());
const exchanges = distinct('exchange');
const products = distinct('product');

const found = computed(() => {
  const some = contracts.rows.value.filter(
    (contract) =>
      (exchange.value === '' || contract.exchange === exchange.value) &&
      (product.value === '' || contract.product === product.value),
  );
  return find(some, text.value);
});

/** 查询合约 */
export function Contracts(): ComponentChild {
  const { contracts: words, panel, empty, enums } = texts.value;
  const shown = volumeText(found.value.length);
  const all = volumeText(contracts.rows.value.length);
  const take = (contract: Contract): void => {
    watch(contract.vt_symbol);
    choose(contract.vt_symbol);
    phoneTab.value = 'trade';
    go('trade');
  };
  return (
    <main class="screen contracts-screen" id="workspace">
      <header class="screen-head">
        <h1>{panel.contracts}</h1>
        <input
          id="contracts-find"
          type="search"
          aria-label={words.find}
          placeholder={words.find}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
            event.preventDefault();
            focusGrid(narrow.value ? 'contracts-narrow' : 'contracts');
          }}
        />
        <Filter
          label={words.exchange}
          value={exchange.value}
          names={exchanges.value}
          textOf={(name) => name}
          onChoose={(name) => (exchange.value = name)}
        />
        <Filter
          label={words.product}
          value={product.value}
          names={products.value}
          textOf={(name) => memberText(enums.product, name)}
          onChoose={(name) => (product.value = name)}
        />
        <span class="note" role="status">
          {words.count(shown, all)} {contractsComplete.value ? '' : words.loading(all)}
        </span>
        {!narrow.value && <span class="note hint">{words.hint}</span>}
      </header>
      <div class="screen-table panel">
        <Grid<Contract>
          id={narrow.value ? 'contracts-narrow' : 'contracts'}
          label={panel.contracts}
          rows={found.value}
          columns={narrow.value ? contractColumnsNarrow.value : contractColumns.value}
          keyOf={(contract) => contract.vt_symbol}
          empty={contractsComplete.value ? empty.contracts : empty.loading}
          {...(narrow.value ? { rowHeight: 48, onPick: take } : {})}
          onOpen={take}
        />
      </div>
    </main>
  );
}

function Filter(props: {
  readonly label: string;
  readonly value: string;
  readonly names: readonly string[];
  readonly textOf: (name: string) => string;
  readonly onChoose: (name: string) => void;
}): ComponentChild {
  const { contracts: words } = texts.value;
  return (
    <select
      aria-label={props.label}
      value={props.value}
      onChange={(event) => {
        props.onChoose(event.currentTarget.value);
      }}
    >
      <option value="">
        {props.label} · {words.all}
      </option>
      {props.names.map((name) => (
        <option key={name} value={name}>
          {props.textOf(name)}
        </option>
      ))}
    </select>
  );
}
