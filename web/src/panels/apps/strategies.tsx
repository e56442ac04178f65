/**
 * The table of CTA and spread strategies.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { appTexts } from '../../i18n/apps.js';
import { memberText, texts } from '../../i18n/index.js';
import type { Strategy, StrategyAction } from '../../net/types.js';
import { asked } from '../../state/actions.js';
import { narrow } from '../../state/layout.js';
import { applications, fits, isSamePlace, placeKey } from '../../state/strategies.js';
import { AppList, AppRow, RowButton } from './table.js';
import { placeName, Values, valueText } from './values.js';

const ACTIONS = ['init', 'start', 'stop'] as const;

/** 策略 */
export function StrategyTable(): ComponentChild {
  const { strategies: words, app, className, pos, actions } = appTexts.value;
  const { column } = texts.value;
  const found = applications.value?.strategies ?? { data: [], apps: [] };
  const adding = found.apps.filter((each) => each.actions.includes('add') && each.problem === null);
  const isNarrow = narrow.value;
  const heads = isNarrow
    ? [column.name, column.status, actions]
    : [column.name, app, column.symbol, className, column.status, pos, actions];
  return (
    <AppList
      title={words.title}
      add={words.action.add}
      what="add-strategy"
      places={adding}
      none={words.none}
      heads={heads}
      rows={found.data}
      draw={(row, key) => <Row key={key} row={row} isNarrow={isNarrow} span={heads.length} />}
    />
  );
}

function Row({ row, isNarrow, span }: { row: Strategy; isNarrow: boolean; span: number }): ComponentChild {
  const { strategies: words, className, variables, parameters } = appTexts.value;
  const held = 'pos' in row.variables ? valueText(row.variables['pos']) : '';
  const shown = { ...(isNarrow ? { [className]: row.class_name } : {}), ...row.parameters };
  return (
    <AppRow
      id={`${placeKey(row)}/${row.name}`}
      name={row.name}
      second={isNarrow ? row.symbol : undefined}
      span={span}
      cells={
        <>
          {!isNarrow && (
            <>
              <td>{placeName(row)}</td>
              <td>{row.symbol}</td>
              <td>{row.class_name}</td>
            </>
          )}
          <td>
            <State row={row} />
            {isNarrow && <span class="second">{held}</span>}
          </td>
          {!isNarrow && <td class="number">{held}</td>}
          <td>
            <Buttons row={row} actions={ACTIONS} isOnlyFitting={isNarrow} />
          </td>
        </>
      }
      always={
        row.failure === null ? undefined : (
          <p class="say warn">
            {words.failure} {row.failure}
          </p>
        )
      }
      more={() => (
        <>
          <Values label={variables} values={row.variables} />
          <Values label={parameters} values={shown} />
          <Buttons row={row} actions={['edit', 'remove']} isOnlyFitting={false} />
        </>
      )}
    />
  );
}

function State({ row: { inited, trading, running, running_ms: ms } }: { row: Strategy }): ComponentChild {
  const { state, runningOf, seconds } = appTexts.value.strategies;
  if (running !== null) {
    const since = ms === null || ms < 1000 ? '' : ` ${seconds(Math.round(ms / 1000))}`;
    return (
      <span class="warn">
        {memberText(runningOf, running)}
        {since}
      </span>
    );
  }
  // vnpy says that it trades, and gives it nothing more.
  if (trading && !inited) return <strong class="warn">{state.failed}</strong>;
  if (trading) return <strong>{state.trading}</strong>;
  return <span class="muted">{inited ? state.inited : state.fresh}</span>;
}

/** What may be done is what the console says of this user; on a phone only what has a sense now. */
function Buttons(props: {
  readonly row: Strategy;
  readonly actions: readonly Exclude<StrategyAction, 'add'>[];
  readonly isOnlyFitting: boolean;
}): ComponentChild {
  const { row, actions, isOnlyFitting } = props;
  const { action: words } = appTexts.value.strategies;
  const may = applications.value?.strategies.apps.find((each) => isSamePlace(each, row))?.actions ?? [];
  const shown = actions.filter((action) => may.includes(action) && (!isOnlyFitting || fits(row, action)));
  if (shown.length === 0) return null;
  return (
    <span class="strategy-actions">
      {shown.map((action) => (
        <RowButton
          key={action}
          text={words[action]}
          name={row.name}
          disabled={!fits(row, action)}
          onClick={() => {
            asked.value =
              action === 'edit'
                ? { what: 'edit-strategy', strategy: row }
                : { what: 'strategy', strategy: row, action };
          }}
        />
      ))}
    </span>
  );
}
