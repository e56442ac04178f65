/**
 * The columns of the table of contracts.
 *
 * @module
 */
import { computed } from '@preact/signals';
import { price, volume } from '../format/numbers.js';
import { memberText, texts } from '../i18n/index.js';
import type { Contract } from '../net/types.js';
import type { Column } from '../ui/column.js';

const contractProduct = (contract: Contract): string => memberText(texts.value.enums.product, contract.product);

/** 查询合约 */
export const contractColumns = computed((): readonly Column<Contract>[] => {
  const { column, enums } = texts.value;
  return [
    { id: 'vtSymbol', title: column.vtSymbol, width: 150, text: (contract) => contract.vt_symbol },
    { id: 'symbol', title: column.symbol, width: 110, text: (contract) => contract.symbol },
    { id: 'exchange', title: column.exchange, width: 80, text: (contract) => contract.exchange },
    { id: 'name', title: column.name, width: 160, text: (contract) => contract.name },
    { id: 'product', title: column.product, width: 84, text: contractProduct },
    {
      id: 'size',
      title: column.size,
      width: 84,
      number: true,
      text: (contract) => volume(contract.size),
      by: (contract) => contract.size,
    },
    {
      id: 'pricetick',
      title: column.pricetick,
      width: 84,
      number: true,
      text: (contract) => price(contract.pricetick, contract.pricetick ?? undefined),
      by: (contract) => contract.pricetick,
    },
    {
      id: 'minVolume',
      title: column.minVolume,
      width: 92,
      number: true,
      text: (contract) => volume(contract.min_volume),
      by: (contract) => contract.min_volume,
    },
    { id: 'optionUnderlying', title: column.optionUnderlying, width: 96, text: (row) => row.option_underlying ?? '' },
    { id: 'optionExpiry', title: column.optionExpiry, width: 96, text: (row) => row.option_expiry?.slice(0, 10) ?? '' },
    {
      id: 'optionStrike',
      title: column.optionStrike,
      width: 92,
      number: true,
      text: (row) => (row.option_strike === null ? '' : volume(row.option_strike)),
      by: (row) => row.option_strike,
    },
    {
      id: 'optionType',
      title: column.optionType,
      width: 84,
      text: (row) => memberText(enums.optionType, row.option_type),
    },
    { id: 'gateway', title: column.gateway, width: 72, text: (row) => row.gateway_name, tone: () => 'muted' },
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
    {
      id: 'pricetick',
      title: column.pricetick,
      width: 80,
      number: true,
      text: (contract) => price(contract.pricetick, contract.pricetick ?? undefined),
    },
  ];
});
