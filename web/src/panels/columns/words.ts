/**
 * What the columns of several tables say alike.
 *
 * @module
 */
import { computed } from '@preact/signals';
import { price } from '../../format/numbers.js';
import { memberText, texts } from '../../i18n/index.js';
import type { Order, Position, Trade } from '../../net/types.js';
import { tickOf } from '../../state/data.js';
import { mayTrade } from '../../state/session.js';
import { settings } from '../../state/settings.js';
import type { Column } from '../../ui/column.js';

/** The texts; columns are made anew when the zone of times changes, too. */
export const words = computed(() => ({ ...texts.value, zone: settings.value.zone }));

/** 方向 */
export const direction = (row: Order | Trade | Position): string =>
  memberText(words.value.enums.direction, row.direction);

/** 开平 */
export const offset = (row: Order | Trade): string => memberText(words.value.enums.offset, row.offset);

/** A price as its contract writes it. */
export const rowPrice = (value: number | null, row: { readonly vt_symbol: string }): string =>
  price(value, tickOf(row.vt_symbol));

/** Who may not trade has no column of buttons. */
export function traders<Row>(all: readonly Column<Row>[]): readonly Column<Row>[] {
  return mayTrade.value ? all : all.filter(({ control }) => control === undefined);
}
