/**
 * What a person confirms before an order or an algorithm leaves.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { volume as volumeText } from '../format/numbers.js';
import { memberText, texts } from '../i18n/index.js';
import type { Warning } from '../net/types.js';

/** The warnings of the console, each with its number and its limit, and one box for all. */
export function Warnings(props: {
  readonly warnings: readonly Warning[];
  readonly confirmed: boolean;
  readonly onConfirm: (confirmed: boolean) => void;
}): ComponentChild {
  const { review: words } = texts.value;
  const { warnings, confirmed, onConfirm } = props;
  if (warnings.length === 0) return null;
  return (
    <div class="say warn" role="alert">
      <strong>{words.warnings}</strong>
      {warnings.map(({ code, message, value, limit }) => (
        <p key={code} title={message}>
          {memberText(words.warning, code)}
          {value !== null && limit !== null && (
            <span class="muted"> {words.beyond(warningNumber(code, value), warningNumber(code, limit))}</span>
          )}
        </p>
      ))}
      <label class="confirm">
        <input
          type="checkbox"
          checked={confirmed}
          onChange={(event) => {
            onConfirm(event.currentTarget.checked);
          }}
        />
        {words.confirmed}
      </label>
    </div>
  );
}

/** A distance is a part of the price; the others are lots, prices and ticks. */
const warningNumber = (code: string, value: number): string =>
  code === 'far-from-last' ? `${volumeText(Number((Math.abs(value) * 100).toFixed(2)))}%` : volumeText(value);
