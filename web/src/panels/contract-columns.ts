/**
 * The columns of the table of contracts.
 *
 * @module
 */
import { computed } from '@preact/signals';
import { price, volume } from '../format/numbers.js';
import { memberText, texts } from '../i18n/index.js';
import type { Contract } from '../net/types.js';
import { muted, numbers } from '../ui/column.js';
import type { Column } from '../ui/column.js';

const contractProduct = (contract: Contract): string => memberText(texts.value.enums.product, contract.product);

const tickText = (tick: number | null): string => price(tick, tick ?? undefined);

/** 查询合约 */
export const contractColumns = computed((): readonly Column<Contract>[] => {
  const { column, enums } = texts.value;
  return [
    { id: 'vtSymbol', title: column.vtSymbol, width: 150, text: (contract) => contract.vt_symbol },
    { id: 'symbol', title: column.symbol, width: 110, text: (contract) => contract.symbol },
    { id: 'exchange', title: column.exchange, width: 80, text: (contract) => contract.exchange },
    { id: 'name', title: column.name, width: 160, text: (contract) => contract.name },
    { id: 'product', title: column.product, width: 84, text: contractProduct },
    numbers({ id: 'size', title: column.size, width: 84, of: (row) => row.size, write: volume }),
    numbers({ id: 'pricetick', title: column.pricetick, width: 84, of: (row) => row.pricetick, write: tickText }),
    numbers({ id: 'minVolume', title: column.minVolume, width: 92, of: (row) => row.min_volume, write: volume }),
    { id: 'optionUnderlying', title: column.optionUnderlying, width: 96, text: (row) => row.option_underlying ?? '' },
    { id: 'optionExpiry', title: column.optionExpiry, width: 96, text: (row) => row.option_expiry?.slice(0, 10) ?? '' },
    numbers({
      ...{ id: 'optionStrike', title: column.optionStrike, width: 92 },
      of: (row) => row.option_strike,
      write: (strike) => (strike === null ? '' : volume(strike)),
    }),
    {
      id: 'optionType',
      title: column.optionType,
      width: 84,
      text: (row) => memberText(enums.optionType, row.option_type),
    },
    muted('gateway', column.gateway, 72, (row) => row.gateway_name),
  ];
});

/** 查询合约 on a phone. */
export const contractColumnsNarrow = computed((): readonly Column<Contract>[] => {
  const { column } = texts.value;
  return [
    {
      id: 'symbol',
      title: column.contract,
      width: 170,
      text: (contract) => contract.symbol,
      second: (contract) => contract.name,
    },
    {
      id: 'exchange',
      title: column.exchange,
      width: 80,
      text: (contract) => contract.exchange,
      second: contractProduct,
    },
    numbers({ id: 'pricetick', title: column.pricetick, width: 80, of: (row) => row.pricetick, write: tickText }),
  ];
});
