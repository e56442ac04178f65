/**
 * The table of algorithms: those that run first.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { appTexts } from '../../i18n/apps.js';
import { memberText, texts } from '../../i18n/index.js';
import type { Algo } from '../../net/types.js';
import { asked } from '../../state/actions.js';
import { narrow } from '../../state/layout.js';
import { applications, fitsAlgo, isSamePlace, placeKey } from '../../state/strategies.js';
import { sideTone } from '../../ui/column.js';
import { AppList, AppRow, RowButton } from './table.js';
import { placeName, Values, valueText } from './values.js';

const ACTIONS = ['pause', 'resume', 'stop'] as const;

/** 算法 */
export function AlgoTable(): ComponentChild {
  const { algos: words, app, actions } = appTexts.value;
  const { column } = texts.value;
  const found = applications.value?.algos ?? { data: [], apps: [] };
  if (found.apps.length === 0) return null;
  const starting = found.apps.filter((each) => each.actions.includes('start') && each.problem === null);
  const isNarrow = narrow.value;
  const heads = isNarrow
    ? [column.name, column.status, actions]
    : [column.name, app, column.symbol, column.direction, column.price, words.traded, column.status, actions];
  const newest = found.data.toReversed();
  const rows = [...newest.filter((row) => row.is_active), ...newest.filter((row) => !row.is_active)];
  return (
    <AppList
      title={words.title}
      add={words.action.start}
      what="start-algo"
      places={starting}
      none={words.none}
      heads={heads}
      rows={rows}
      draw={(row, key) => <Row key={key} row={row} isNarrow={isNarrow} span={heads.length} />}
    />
  );
}

function Row({ row, isNarrow, span }: { row: Algo; isNarrow: boolean; span: number }): ComponentChild {
  const { algos: words, variables, parameters } = appTexts.value;
  const { enums } = texts.value;
  const status = memberText(words.state, row.status);
  const traded = `${valueText(row.traded)} / ${valueText(row.volume)}`;
  const offset = row.offset === null || row.offset === 'NONE' ? '' : ` ${memberText(enums.offset, row.offset)}`;
  const side = `${memberText(enums.side, row.direction)}${offset}`;
  const nameOf = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [memberText(words.name, name), value]));
  return (
    <AppRow
      id={`${placeKey(row)}/${row.name}`}
      name={row.name}
      second={isNarrow ? `${row.symbol} ${side} ${valueText(row.price)}` : undefined}
      span={span}
      cells={
        <>
          {!isNarrow && (
            <>
              <td>{placeName(row)}</td>
              <td>{row.symbol}</td>
              <td class={sideTone(row.direction)}>{side}</td>
              <td class="number">{valueText(row.price)}</td>
              <td class="number">{traded}</td>
            </>
          )}
          <td>
            {row.is_active ? <strong>{status}</strong> : <span class="muted">{status}</span>}
            {isNarrow && <span class="second">{traded}</span>}
          </td>
          <td>
            <Buttons row={row} />
          </td>
        </>
      }
      more={() => (
        <>
          <Values label={variables} values={{ ...nameOf(row.variables), traded_price: row.traded_price }} />
          <Values label={parameters} values={nameOf(row.parameters)} />
        </>
      )}
    />
  );
}

function Buttons({ row }: { row: Algo }): ComponentChild {
  const { action: words } = appTexts.value.algos;
  const may = applications.value?.algos.apps.find((each) => isSamePlace(each, row))?.actions ?? [];
  const shown = ACTIONS.filter((action) => may.includes(action) && fitsAlgo(row, action));
  if (shown.length === 0) return null;
  return (
    <span class="strategy-actions">
      {shown.map((action) => (
        <RowButton
          key={action}
          text={words[action]}
          name={row.name}
          onClick={() => {
            asked.value = { what: 'algo', algo: row, action };
          }}
        />
      ))}
    </span>
  );
}
