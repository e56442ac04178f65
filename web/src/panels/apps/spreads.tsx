/**
 * The table of spreads.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { appTexts } from '../../i18n/apps.js';
import { texts } from '../../i18n/index.js';
import type { Spread } from '../../net/types.js';
import { asked } from '../../state/actions.js';
import { narrow } from '../../state/layout.js';
import { applications, isSamePlace, placeKey } from '../../state/strategies.js';
import { AppList, AppRow, RowButton } from './table.js';
import { placeName, Values, valueText } from './values.js';

/** 价差 */
export function SpreadTable(): ComponentChild {
  const { spreads: words, app, pos } = appTexts.value;
  const { column } = texts.value;
  const found = applications.value?.spreads ?? { data: [], apps: [] };
  if (found.apps.length === 0) return null;
  const adding = found.apps.filter((each) => each.actions.includes('add') && each.problem === null);
  const isNarrow = narrow.value;
  const prices = [column.bid, column.ask, pos];
  const heads = isNarrow ? [column.name, ...prices] : [column.name, app, words.formula, ...prices];
  return (
    <AppList
      title={words.title}
      add={words.add}
      what="add-spread"
      places={adding}
      none={words.none}
      heads={heads}
      rows={found.data}
      draw={(row, key) => <Row key={key} row={row} isNarrow={isNarrow} span={heads.length} />}
    />
  );
}

function Row({ row, isNarrow, span }: { row: Spread; isNarrow: boolean; span: number }): ComponentChild {
  const { spreads: words, variables } = appTexts.value;
  const may = applications.value?.spreads.apps.find((each) => isSamePlace(each, row))?.actions ?? [];
  return (
    <AppRow
      id={`${placeKey(row)}-spread/${row.name}`}
      name={row.name}
      span={span}
      cells={
        <>
          {!isNarrow && (
            <>
              <td>{placeName(row)}</td>
              <td>{row.price_formula}</td>
            </>
          )}
          <td class="number">{valueText(row.bid_price)}</td>
          <td class="number">{valueText(row.ask_price)}</td>
          <td class="number">{valueText(row.net_pos)}</td>
        </>
      }
      more={() => (
        <>
          <Values
            label={variables}
            values={{
              [words.formula]: row.price_formula,
              [words.leg]: row.trading_formula,
              [words.volumes]: `${valueText(row.bid_volume)} × ${valueText(row.ask_volume)}`,
            }}
          />
          {may.includes('remove') && (
            <span class="strategy-actions">
              <RowButton
                text={words.remove}
                name={row.name}
                onClick={() => {
                  asked.value = { what: 'remove-spread', spread: row };
                }}
              />
            </span>
          )}
        </>
      )}
    />
  );
}
