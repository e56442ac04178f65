/**
 * Two parts of a screen with a line between them, which is moved by the pointer or by keys, and stays where it was left.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { texts } from '../i18n/index.js';
import { set, settings } from '../state/settings.js';

/** Of one line: where it is at first, and the least that either part keeps. */
interface Line {
  /** Of the first part: px, or parts of 100 of both. */
  readonly unit: 'px' | '%';
  readonly initial: number;
  /** Of the first part, in its unit. */
  readonly least: number;
  readonly most: number;
  /** By so much an arrow key moves it. */
  readonly step: number;
}

const LINES = {
  trade: { unit: 'px', initial: 292, least: 250, most: 460, step: 10 },
  chart: { unit: '%', initial: 59.5, least: 25, most: 80, step: 2 },
  market: { unit: '%', initial: 43.5, least: 15, most: 75, step: 2 },
  orders: { unit: '%', initial: 55.5, least: 20, most: 80, step: 2 },
  holdings: { unit: '%', initial: 59.5, least: 25, most: 80, step: 2 },
} as const satisfies Readonly<Record<string, Line>>;

/** The lines, by their names. */
export type LineName = keyof typeof LINES;

/** Two parts beside each other, or one above the other. */
export function Split(props: {
  readonly name: LineName;
  readonly direction: 'columns' | 'rows';
  readonly first: ComponentChild;
  readonly second: ComponentChild;
}): ComponentChild {
  const { name, direction, first, second } = props;
  const line: Line = LINES[name];
  const box = useRef<HTMLDivElement>(null);
  const [moving, setMoving] = useState(false);
  const size = within(line, settings.value.sizes[name] ?? line.initial);
  const { splitter: words } = texts.value;

  const onPointerDown = (event: PointerEvent): void => {
    const handle = event.currentTarget;
    if (!(handle instanceof HTMLElement) || box.current === null || event.button !== 0) return;
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    setMoving(true);
    const whole = box.current.getBoundingClientRect();
    const move = ({ clientX, clientY }: PointerEvent): void => {
      const at = direction === 'columns' ? clientX - whole.left : clientY - whole.top;
      const all = direction === 'columns' ? whole.width : whole.height;
      keep(name, line.unit === 'px' ? Math.round(at) : Math.round((at / all) * 1000) / 10);
    };
    const end = (): void => {
      setMoving(false);
      handle.removeEventListener('pointermove', move);
      handle.removeEventListener('pointerup', end);
      handle.removeEventListener('pointercancel', end);
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('pointerup', end);
    handle.addEventListener('pointercancel', end);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const [less, more] = direction === 'columns' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    const sizes: Readonly<Record<string, number | undefined>> = {
      [less]: size - line.step,
      [more]: size + line.step,
      Home: line.least,
      End: line.most,
      Enter: line.initial,
    };
    const wanted = sizes[event.key];
    if (wanted === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    keep(name, wanted);
  };

  return (
    <div ref={box} class={`split ${direction}`}>
      <div class="part" style={{ flex: `0 0 ${size}${line.unit}` }}>
        {first}
      </div>
      <div
        class={`splitter ${direction}${moving ? ' moving' : ''}`}
        role="separator"
        tabIndex={0}
        aria-orientation={direction === 'columns' ? 'vertical' : 'horizontal'}
        aria-label={words[name]}
        aria-valuenow={Math.round(size)}
        aria-valuemin={line.least}
        aria-valuemax={line.most}
        title={words.hint}
        data-line={name}
        onPointerDown={onPointerDown}
        onDblClick={() => {
          keep(name, line.initial);
        }}
        onKeyDown={onKeyDown}
      />
      <div class="part">{second}</div>
    </div>
  );
}

const within = ({ least, most }: Line, size: number): number => Math.min(most, Math.max(least, size));

function keep(name: LineName, size: number): void {
  set({ sizes: { ...settings.value.sizes, [name]: within(LINES[name], size) } });
}
