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
import { SaveButton } from '../ui/controls.js';
import { Filter } from '../ui/filter.js';
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
        <Filter label={words.exchange} all={words.all} names={exchanges.value} chosen={exchange} />
        <Filter
          label={words.product}
          all={words.all}
          names={products.value}
          chosen={product}
          textOf={(name) => memberText(enums.product, name)}
        />
        <span class="note" role="status">
          {words.count(shown, all)} {contractsComplete.value ? '' : words.loading(all)}
        </span>
        {!narrow.value && <SaveButton name="contracts" table={() => [found.value, contractColumns.value]} />}
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
