/**
 * The trading form: it fills an order, and opens its review. It never sends.
 *
 * @module
 */
import { useSignalEffect, signal } from '@preact/signals';
import type { ComponentChild } from 'preact';
import { price as priceText } from '../format/numbers.js';
import { memberText, texts } from '../i18n/index.js';
import { contracts, status } from '../state/data.js';
import {
  choose,
  edit,
  form,
  formContract,
  formTick,
  hasOffsets,
  hindrance,
  mistakes,
  stepPrice,
  stepVolume,
} from '../state/form.js';
import type { OffsetName, Side, TypeName } from '../state/form.js';
import { synced } from '../state/feed.js';
import { startReview } from '../state/order.js';
import { mayTrade, session } from '../state/session.js';
import { Choice, Panel } from '../ui/controls.js';
import { askCancelAll } from './tables.js';
import { ContractField } from './find-contract.js';
import { Depth } from './depth.js';
import { activeOrders } from '../state/data.js';

const TYPES: readonly TypeName[] = ['LIMIT', 'MARKET', 'FAK', 'FOK'];

/** What the person types into the field of the contract, until it names one. */
const code = signal<string | undefined>(undefined);

/** 交易 */
export function TradingForm(): ComponentChild {
  useFollow();
  return (
    <Panel title={texts.value.panel.trade} class="trade">
      <div class="trade-columns">
        {mayTrade.value ? <Fields /> : <Looking />}
        <Depth />
      </div>
    </Panel>
  );
}

/** While the box is ticked the price is the last one, as in VeighNa Trader. */
function useFollow(): void {
  useSignalEffect(() => {
    const { follow, price } = form.value;
    const last = formTick.value?.last_price;
    if (!follow || last === null || last === undefined || last === 0) return;
    const text = priceText(last, formContract.value?.pricetick ?? undefined);
    if (text !== price) edit({ price: text });
  });
}

/** Who may not trade sees the depth, and why there is no form. */
function Looking(): ComponentChild {
  const { trading } = texts.value;
  return (
    <div class="looking">
      <Contract />
      <p class="note">{session.value?.options.trade === true ? trading.viewerWhy : trading.offWhy}</p>
    </div>
  );
}

function Contract(): ComponentChild {
  const words = texts.value.form;
  const contract = formContract.value;
  const { vtSymbol } = form.value;
  return (
    <div class="field contract">
      <label for="contract">{words.contract}</label>
      <ContractField
        id="contract"
        label={words.contract}
        placeholder={words.find}
        text={code.value ?? vtSymbol ?? ''}
        onText={(text) => {
          code.value = text;
          const exact = contracts.get(text.trim());
          if (exact !== undefined) choose(exact.vt_symbol);
        }}
        onTake={(taken) => {
          code.value = undefined;
          choose(taken.vt_symbol);
          document.getElementById('price')?.focus();
        }}
      />
      <output class="contract-name" for="contract">
        {contract?.name ?? ''}
      </output>
    </div>
  );
}

function Fields(): ComponentChild {
  const words = texts.value.form;
  const { enums } = texts.value;
  const { direction, offset, type, gateway } = form.value;
  const contract = formContract.value;
  const offsets = contract === undefined || hasOffsets(contract.product, contract.net_position);
  const off = hindrance.value;
  const gateways = status.value?.gateways ?? [];
  const submit = (event: Event): void => {
    event.preventDefault();
    startReview();
  };
  return (
    <form
      class="fields"
      autoComplete="off"
      onSubmit={submit}
      onKeyDown={(event) => {
        // Enter in a field opens the review once, however long it is held.
        if (event.key === 'Enter' && event.repeat) event.preventDefault();
      }}
      onFocusOut={() => {
        if (document.activeElement?.id !== 'contract') code.value = undefined;
      }}
    >
      <Contract />
      <Choice<Side>
        class="sides"
        label={words.direction}
        value={direction}
        choices={[
          ['LONG', words.buy],
          ['SHORT', words.sell],
        ]}
        tones={{ LONG: 'buy', SHORT: 'sell' }}
        onChoose={(side) => {
          edit({ direction: side });
        }}
      />
      {offsets && (
        <Choice<OffsetName>
          class="offsets"
          label={words.offset}
          value={offset}
          choices={(['OPEN', 'CLOSE', 'CLOSETODAY', 'CLOSEYESTERDAY'] as const).map((name) => [
            name,
            enums.offset[name],
          ])}
          onChoose={(name) => {
            edit({ offset: name });
          }}
        />
      )}
      <Choice<TypeName>
        label={words.type}
        value={type}
        choices={TYPES.map((name) => [name, enums.type[name]])}
        onChoose={(name) => {
          edit({ type: name });
        }}
      />
      <PriceField />
      <VolumeField />
      {gateways.length > 1 && (
        <div class="field">
          <label for="gateway">{words.gateway}</label>
          <select
            id="gateway"
            value={gateway}
            onChange={(event) => {
              edit({ gateway: event.currentTarget.value });
            }}
          >
            {gateways.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </div>
      )}
      <button
        type="submit"
        id="review"
        class={`main ${direction === 'LONG' ? 'buy' : 'sell'}`}
        disabled={off !== undefined}
      >
        {words.reviewOf(direction === 'LONG' ? words.buy : words.sell, memberText(enums.offset, offset))}
      </button>
      <p class="hindrance" role="status">
        {off ?? (contract === undefined ? words.noContract : (mistakes.value.price ?? mistakes.value.volume ?? ''))}
      </p>
      <button
        type="button"
        class="secondary"
        disabled={!synced.value || activeOrders.value.length === 0}
        onClick={askCancelAll}
      >
        {words.cancelAll}
      </button>
    </form>
  );
}

function PriceField(): ComponentChild {
  const words = texts.value.form;
  const { price, type, follow } = form.value;
  const isMarket = type === 'MARKET';
  const mistake = isMarket ? undefined : mistakes.value.price;
  return (
    <div class="field">
      <label for="price">{words.price}</label>
      <Stepper
        id="price"
        value={isMarket ? '' : price}
        placeholder={isMarket ? texts.value.review.market : ''}
        disabled={isMarket}
        wrong={price !== '' && mistake !== undefined}
        label={words.price}
        onText={(text) => {
          edit({ price: text, follow: false });
        }}
        onStep={stepPrice}
      />
      <label class="follow" title={words.followLong}>
        <input
          type="checkbox"
          checked={follow && !isMarket}
          disabled={isMarket}
          onChange={(event) => {
            edit({ follow: event.currentTarget.checked });
          }}
        />
        <span>{words.follow}</span>
      </label>
    </div>
  );
}

function VolumeField(): ComponentChild {
  const words = texts.value.form;
  const { volume } = form.value;
  return (
    <div class="field">
      <label for="volume">{words.volume}</label>
      <Stepper
        id="volume"
        value={volume}
        placeholder=""
        disabled={false}
        wrong={volume !== '' && mistakes.value.volume !== undefined}
        label={words.volume}
        onText={(text) => {
          edit({ volume: text });
        }}
        onStep={stepVolume}
      />
    </div>
  );
}

function Stepper(props: {
  readonly id: string;
  readonly value: string;
  readonly placeholder: string;
  readonly disabled: boolean;
  readonly wrong: boolean;
  readonly label: string;
  readonly onText: (text: string) => void;
  readonly onStep: (steps: number) => void;
}): ComponentChild {
  const { id, value, placeholder, disabled, wrong, label, onText, onStep } = props;
  const words = texts.value.form;
  const step = (steps: number, text: string, sign: string): ComponentChild => (
    <button
      type="button"
      tabIndex={-1}
      aria-label={text}
      disabled={disabled}
      onClick={() => {
        onStep(steps);
      }}
    >
      {sign}
    </button>
  );
  return (
    <div class={`stepper${wrong ? ' wrong' : ''}`}>
      {step(-1, words.down(label), '−')}
      <input
        id={id}
        type="text"
        inputMode="decimal"
        value={value}
        placeholder={placeholder}
        disabled={disabled}
        aria-invalid={wrong}
        onInput={(event) => {
          onText(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
          if (steps === undefined) return;
          event.preventDefault();
          onStep(steps);
        }}
      />
      {step(1, words.up(label), '+')}
    </div>
  );
}
