/**
 * One row of a table: drawn anew only when its data, its place or its columns are other ones.
 *
 * @module
 */
import { Component, createRef } from 'preact';
import type { ComponentChild } from 'preact';
import { shownDecimals } from '../format/numbers.js';
import type { Column } from './column.js';

/** What a row is drawn from. */
export interface RowProps<Data> {
  readonly id: string;
  readonly data: Data;
  readonly index: number;
  readonly top: number;
  readonly marked: boolean;
  /** It is not there any more, and stays only until the pointer goes. */
  readonly gone: boolean;
  /** Its server is out of reach. */
  readonly stale: boolean;
  readonly columns: readonly Column<Data>[];
  /** The most decimals of each column: what is shorter is filled up. */
  readonly decimals: readonly number[];
  /** Changes with `decimals`, which is changed in place. */
  readonly decimalsKey: string;
}

const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');
const FLASH_MS = 400;

export class Row<Data> extends Component<RowProps<Data>> {
  readonly #element = createRef<HTMLDivElement>();

  override shouldComponentUpdate(next: RowProps<Data>): boolean {
    const now = this.props;
    return (
      next.data !== now.data ||
      next.top !== now.top ||
      next.index !== now.index ||
      next.marked !== now.marked ||
      next.gone !== now.gone ||
      next.stale !== now.stale ||
      next.columns !== now.columns ||
      next.decimalsKey !== now.decimalsKey
    );
  }

  override componentDidUpdate(before: RowProps<Data>): void {
    const { columns, data } = this.props;
    if (before.data === data || reducedMotion.matches || before.columns !== columns) return;
    columns.forEach((column, place) => {
      if (column.flash !== true || column.text(before.data) === column.text(data)) return;
      const shown = this.#element.current?.children[place]?.querySelector('.text');
      const colour = `var(--flash-${wayOf(column, before.data, data)})`;
      shown?.animate([{ backgroundColor: colour }, { backgroundColor: 'transparent' }], FLASH_MS);
    });
  }

  override render(): ComponentChild {
    const { id, data, index, top, marked, gone, stale, columns, decimals } = this.props;
    return (
      <div
        ref={this.#element}
        id={id}
        class={`row${marked ? ' marked' : ''}${gone ? ' gone' : ''}${stale ? ' stale' : ''}`}
        role="row"
        aria-rowindex={index + 2}
        aria-selected={marked}
        data-index={index}
        style={{ transform: `translateY(${top}px)` }}
      >
        {columns.map((column, place) => (
          <Cell key={column.id} column={column} data={data} decimals={decimals[place] ?? 0} />
        ))}
      </div>
    );
  }
}

/** Which way a value went since it was drawn last. */
function wayOf<Data>({ by }: Column<Data>, before: Data, now: Data): 'up' | 'down' | 'none' {
  const [from, to] = [by?.(before), by?.(now)];
  if (typeof from !== 'number' || typeof to !== 'number' || from === to) return 'none';
  return to > from ? 'up' : 'down';
}

function Cell<Data>(props: { column: Column<Data>; data: Data; decimals: number }): ComponentChild {
  const { column, data, decimals } = props;
  const text = column.text(data);
  const tone = column.tone?.(data);
  const second = column.second?.(data);
  const pad = column.number === true ? padding(text, decimals) : undefined;
  return (
    <div
      role="gridcell"
      class={`cell${column.number === undefined ? '' : ' number'}${tone === undefined ? '' : ` ${tone}`}`}
      data-column={column.id}
      {...(column.control === undefined && second === undefined ? { title: text.length > 12 ? text : undefined } : {})}
    >
      {second === undefined ? (
        <span class="text" data-pad={pad}>
          {text}
        </span>
      ) : (
        <span class="two">
          <span class="text">{text}</span>
          <span class="second">{second}</span>
        </span>
      )}
      {column.control?.(data)}
    </div>
  );
}

/** What has to follow a number so that its point stands below those of the others; it is drawn and not seen. */
function padding(text: string, decimals: number): string | undefined {
  const own = shownDecimals(text);
  if (own >= decimals) return undefined;
  return `${own === 0 ? '.' : ''}${'0'.repeat(decimals - own)}`;
}
