/**
 * The other dialogs: cancel one order or all, halt and resume, the sheet of keys.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import { price as priceText, volume as volumeText } from '../format/numbers.js';
import { dateAndTime } from '../format/times.js';
import { memberText, texts } from '../i18n/index.js';
import type { AuditEntry, CancelOutcome, Order } from '../net/types.js';
import { asked, cancelAll, cancelOrder, halt, resume } from '../state/actions.js';
import { isActive, leftOf, orders as allOrders, status, tickOf } from '../state/data.js';
import { rights } from '../state/session.js';
import { sideTone } from '../ui/column.js';
import { Choice } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { LaterDialog } from './apps/later.js';
import { Buttons, close } from './dialog-buttons.js';
import { sentence } from './order-sentence.js';

/** The dialog that is open, when one is. */
export function AskedDialog(): ComponentChild {
  const open = asked.value;
  if (open === undefined) return null;
  switch (open.what) {
    case 'cancel':
      return <Cancel order={open.order} />;
    case 'cancel-all':
      return <CancelAll orders={open.orders} outcomes={open.outcomes} />;
    case 'halt':
      return <Halt />;
    case 'resume':
      return <Resume />;
    case 'audit':
      return <AuditLine entry={open.entry} />;
    case 'keys':
      return <Keys />;
    default:
      return <LaterDialog asked={open} />;
  }
}

function Cancel({ order }: { order: Order }): ComponentChild {
  const { cancel } = texts.value;
  const yes = (): void => void cancelOrder(order);
  const now = allOrders.get(order.vt_orderid) ?? order;
  return (
    <Dialog
      title={cancel.title}
      onBack={close}
      onEnter={yes}
      footer={<Buttons yes={cancel.yes} no={cancel.no} tone="danger" onYes={yes} />}
    >
      <p class="sentence">{sentence(order)}</p>
      <p class="note">
        {memberText(texts.value.enums.status, now.status)} · {cancel.left} {volumeText(leftOf(now))} · {order.orderid}
      </p>
    </Dialog>
  );
}

function CancelAll(props: {
  readonly orders: readonly Order[];
  readonly outcomes: readonly CancelOutcome[] | undefined;
}): ComponentChild {
  const { cancel, dialogClose } = texts.value;
  const { orders, outcomes } = props;
  // What the person sees is cancelled, and nothing that came since.
  const yes = (): void => void cancelAll(orders.filter((order) => isActive(allOrders.get(order.vt_orderid) ?? order)));
  const sent = outcomes?.filter(({ outcome }) => outcome === 'sent').length ?? 0;
  const isEmpty = orders.length === 0;
  const isOver = outcomes !== undefined || isEmpty;
  return (
    <Dialog
      title={isEmpty ? cancel.allNone : cancel.allTitle(orders.length)}
      onBack={close}
      onEnter={isOver ? close : yes}
      footer={
        isOver ? (
          <button type="button" class="main" data-main autofocus onClick={close}>
            {dialogClose}
          </button>
        ) : (
          <Buttons yes={cancel.allYes(orders.length)} no={texts.value.review.back} tone="danger" onYes={yes} />
        )
      }
    >
      {outcomes !== undefined && <p class="note">{cancel.allDone(sent, orders.length)}</p>}
      {!isEmpty && (
        <ul class="cancel-list" tabIndex={0} aria-label={cancel.allTitle(orders.length)}>
          {orders.map((order) => (
            <CancelLine
              key={order.vt_orderid}
              order={order}
              outcome={outcomes?.find((each) => each.vt_orderid === order.vt_orderid)}
            />
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function CancelLine({ order, outcome }: { order: Order; outcome: CancelOutcome | undefined }): ComponentChild {
  const { enums, cancel } = texts.value;
  return (
    <li title={outcome?.detail ?? undefined}>
      <span>{order.symbol}</span>
      <span class={sideTone(order.direction)}>
        {memberText(enums.side, order.direction)} {memberText(enums.offset, order.offset)}
      </span>
      <span class="number">{priceText(order.price, tickOf(order.vt_symbol))}</span>
      <span class="number">{volumeText(leftOf(order))}</span>
      <span class={outcome === undefined || outcome.outcome === 'sent' ? 'muted' : 'warn'}>
        {outcome === undefined ? order.orderid : memberText(cancel.outcome, outcome.outcome)}
      </span>
    </li>
  );
}

function Halt(): ComponentChild {
  const words = texts.value.halt;
  const [level, setLevel] = useState<'halt' | 'reduce'>('halt');
  const [cancel, setCancel] = useState(false);
  const [reason, setReason] = useState('');
  const yes = (): void => {
    if (reason.trim() !== '') void halt({ level, cancel, reason: reason.trim() });
  };
  return (
    <Dialog
      title={words.title}
      tone="warn"
      onBack={close}
      onEnter={yes}
      footer={
        <Buttons
          yes={words.yes}
          no={texts.value.review.back}
          tone="danger"
          disabled={reason.trim() === ''}
          focus={false}
          onYes={yes}
        />
      }
    >
      <p>
        {words.what} {status.value?.trading.halts_kept === true ? words.kept : words.notKept}
      </p>
      <p class="say warn">{words.not}</p>
      <Choice<'halt' | 'reduce'>
        label={words.title}
        value={level}
        choices={[
          ['halt', words.levelHalt],
          ['reduce', words.levelReduce],
        ]}
        onChoose={setLevel}
      />
      <label class="confirm">
        <input
          type="checkbox"
          checked={cancel}
          onChange={(event) => {
            setCancel(event.currentTarget.checked);
          }}
        />
        {words.cancel}
      </label>
      <div class="field wide">
        <label for="reason">{words.reason}</label>
        <input
          id="reason"
          type="text"
          maxLength={500}
          autofocus
          placeholder={words.reasonHint}
          value={reason}
          onInput={(event) => {
            setReason(event.currentTarget.value);
          }}
        />
      </div>
    </Dialog>
  );
}

function Resume(): ComponentChild {
  const words = texts.value.halt;
  const may = rights.value.has('resume');
  const yes = (): void => void (may ? resume() : undefined);
  return (
    <Dialog
      title={words.resumeTitle}
      onBack={close}
      onEnter={yes}
      footer={<Buttons yes={words.resumeYes} no={texts.value.review.back} disabled={!may} onYes={yes} />}
    >
      <p>{may ? words.resumeWhat : words.resumeWho}</p>
    </Dialog>
  );
}

function AuditLine({ entry }: { entry: AuditEntry }): ComponentChild {
  const { audit, dialogClose } = texts.value;
  const rows: readonly (readonly [string, string])[] = [
    [audit.time, dateAndTime(entry.time)],
    [audit.user, entry.user ?? '–'],
    [audit.action, memberText(audit.actions, entry.action)],
    [audit.outcome, entry.outcome],
    [audit.address, entry.address ?? '–'],
    [audit.request, entry.request_id ?? '–'],
  ];
  return (
    <Dialog
      title={audit.line}
      onBack={close}
      onEnter={close}
      footer={
        <button type="button" class="main" data-main autofocus onClick={close}>
          {dialogClose}
        </button>
      }
    >
      <dl class="facts">
        {rows.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <pre class="server-log" tabIndex={0} aria-label={audit.detail}>
        {JSON.stringify(entry.detail, undefined, 2)}
      </pre>
    </Dialog>
  );
}

function Keys(): ComponentChild {
  const { keys, dialogClose } = texts.value;
  const rows: readonly (readonly [string, string])[] = [
    ['/', keys.find],
    ['↑ ↓ Enter', keys.row],
    ['b  s', keys.side],
    ['Ctrl Enter', keys.review],
    ['Enter', keys.send],
    ['Esc', keys.back],
    ['c', keys.cancel],
    ['Shift C', keys.cancelAll],
    ['1 … 7', keys.tabs],
    ['↑', keys.head],
    ['?', keys.sheet],
  ];
  return (
    <Dialog
      title={keys.title}
      onBack={close}
      onEnter={close}
      footer={
        <button type="button" class="main" data-main autofocus onClick={close}>
          {dialogClose}
        </button>
      }
    >
      <dl class="keys">
        {rows.map(([key, text]) => (
          <div key={key}>
            <dt>
              {key.split(/ +/).map((part) => (
                <kbd key={part}>{part}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
