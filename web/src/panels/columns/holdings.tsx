/**
 * The columns of 持仓, 资金 and 日志, and the narrower ones of a phone.
 *
 * @module
 */
import { computed } from '@preact/signals';
import { money, signed, volume } from '../../format/numbers.js';
import { timeOfDay } from '../../format/times.js';
import type { Account, Position } from '../../net/types.js';
import type { NumberedLog } from '../../state/data.js';
import { chooseClose } from '../../state/form.js';
import { mayTrade } from '../../state/session.js';
import { muted, numbers, sideTone, toneOf } from '../../ui/column.js';
import type { Column } from '../../ui/column.js';
import { direction, rowPrice, traders, words } from './words.js';

const gain = (pnl: number | null): string => signed(money(pnl), pnl ?? 0);

function closeButton(position: Position): preact.ComponentChild {
  if (!mayTrade.value || (position.volume ?? 0) === 0) return null;
  const { column } = words.value;
  return (
    <button
      type="button"
      class="small"
      tabIndex={-1}
      aria-label={`${column.close} ${position.symbol}`}
      onClick={() => {
        chooseClose(position);
      }}
    >
      {column.close}
    </button>
  );
}

/** 持仓 */
export const positionColumns = computed((): readonly Column<Position>[] => {
  const { column } = words.value;
  return traders([
    { id: 'close', title: column.close, width: 54, text: () => '', control: closeButton },
    { id: 'symbol', title: column.symbol, width: 70, text: (position) => position.symbol },
    muted('exchange', column.exchange, 58, (position) => position.exchange),
    {
      id: 'direction',
      title: column.direction,
      width: 48,
      text: direction,
      tone: (position) => sideTone(position.direction),
    },
    numbers({ id: 'volume', title: column.volume, width: 50, of: (position) => position.volume, write: volume }),
    numbers({
      id: 'yesterday',
      title: column.yesterday,
      width: 44,
      of: (position) => position.yd_volume,
      write: volume,
    }),
    numbers({ id: 'frozen', title: column.frozen, width: 46, of: (position) => position.frozen, write: volume }),
    numbers({ id: 'price', title: column.average, width: 74, of: (position) => position.price, write: rowPrice }),
    numbers({
      id: 'pnl',
      title: column.pnl,
      width: 84,
      of: (position) => position.pnl,
      write: gain,
      tone: (position) => toneOf(position.pnl),
    }),
    muted('gateway', column.gateway, 50, (position) => position.gateway_name),
  ]);
});

/** 持仓 on a phone. */
export const positionColumnsNarrow = computed((): readonly Column<Position>[] => {
  const { column } = words.value;
  return traders([
    {
      id: 'symbol',
      title: column.contract,
      width: 92,
      text: (position) => position.symbol,
      second: direction,
      tone: (position) => sideTone(position.direction),
    },
    numbers({
      id: 'volume',
      title: column.heldFrozen,
      width: 72,
      second: (position) => volume(position.frozen),
      of: (position) => position.volume,
      write: volume,
    }),
    numbers({
      id: 'pnl',
      title: column.pnlAverage,
      width: 96,
      second: (position) => rowPrice(position.price, position),
      of: (position) => position.pnl,
      write: gain,
      tone: (position) => toneOf(position.pnl),
    }),
    { id: 'close', title: column.close, width: 58, text: () => '', control: closeButton },
  ]);
});

/** 资金 */
export const accountColumns = computed((): readonly Column<Account>[] => {
  const { column } = words.value;
  return [
    { id: 'account', title: column.account, width: 56, text: (account) => account.accountid },
    numbers({ id: 'balance', title: column.balance, width: 104, of: (account) => account.balance, write: money }),
    numbers({ id: 'frozen', title: column.frozen, width: 88, of: (account) => account.frozen, write: money }),
    numbers({ id: 'available', title: column.available, width: 104, of: (account) => account.available, write: money }),
    muted('gateway', column.gateway, 62, (account) => account.gateway_name),
  ];
});

/** 日志 */
export const logColumns = computed((): readonly Column<NumberedLog>[] => {
  const { column } = words.value;
  const tone = (line: NumberedLog): 'warn' | undefined => (line.level >= 30 ? 'warn' : undefined);
  return [
    muted('time', column.time, 108, (line) => timeOfDay(line.time)),
    { id: 'message', title: column.message, width: 480, text: (line) => line.msg, tone },
    muted('gateway', column.gateway, 76, (line) => line.gateway_name),
  ];
});

const NARROW_WIDTHS: readonly number[] = [58, 104, 90, 104];

/** 资金 on a phone. */
export const accountColumnsNarrow = computed((): readonly Column<Account>[] =>
  accountColumns.value
    .slice(0, -1)
    .map((column, place) => ({ ...column, width: NARROW_WIDTHS[place] ?? column.width })),
);
