/**
 * The review of an order, and what became of it.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { money, percent, volume as volumeText } from '../format/numbers.js';
import { memberText, texts } from '../i18n/index.js';
import type { OrderPreview, Problem } from '../net/types.js';
import { hindrance } from '../state/form.js';
import { closeReview, confirmWarnings, findOut, isSendable, lookedUp, review, send } from '../state/order.js';
import type { Review, Step } from '../state/order.js';
import { Dialog } from '../ui/dialog.js';
import { sentence } from './order-sentence.js';
import { Warnings } from './warnings.js';

/** The dialog of the order that is under way, when there is one. */
export function ReviewDialog(): ComponentChild {
  const open = review.value;
  if (open === undefined) return null;
  const { order, step } = open;
  return (
    // One dialog a key: the next order has a new one.
    <Dialog
      key={order.client_order_id}
      title={titleOf(step)}
      tone={order.direction === 'LONG' ? 'up' : 'down'}
      onBack={closeReview}
      onEnter={() => {
        if (isFinal(step)) closeReview();
        else if (step.name === 'unknown' && !step.asking) void findOut(order);
        else void send();
      }}
      footer={<Footer open={open} />}
    >
      <p class="sentence">{sentence(order)}</p>
      <Story open={open} />
      <p class="key">
        {texts.value.review.id} <code>{order.client_order_id}</code>
      </p>
    </Dialog>
  );
}

const isFinal = ({ name }: Step): boolean =>
  name === 'sent' || name === 'refused' || name === 'not-sent' || name === 'absent';

function titleOf(step: Step): string {
  const { review: words, outcome } = texts.value;
  switch (step.name) {
    case 'checking':
    case 'ready':
      return words.title;
    case 'sending':
      return outcome.sending;
    case 'sent':
      return outcome.sent;
    case 'refused':
      return outcome.refused;
    case 'not-sent':
    case 'absent':
      return outcome.notSent;
    case 'unknown':
      return outcome.unknown;
  }
}

function Story({ open }: { open: Review }): ComponentChild {
  const { review: words, outcome } = texts.value;
  const { step } = open;
  switch (step.name) {
    case 'checking':
      return <p class="note">{words.checking}</p>;
    case 'ready':
      return (
        <>
          {step.preview !== undefined && <Facts preview={step.preview} />}
          <Warnings warnings={step.warnings} confirmed={open.confirmed} onConfirm={confirmWarnings} />
          {hindrance.value !== undefined && <p class="say warn">{hindrance.value}</p>}
        </>
      );
    case 'sending':
      return <p class="note">{outcome.sending}</p>;
    case 'sent':
      return <p class="say good">{outcome.sentWhat(step.vtOrderid)}</p>;
    case 'refused':
      return <Refused what={outcome.refusedWhat} problem={step.problem} />;
    case 'not-sent':
      return <Refused what={outcome.notSentWhat} problem={step.problem} />;
    case 'absent':
      return <p class="say good">{outcome.absent}</p>;
    case 'unknown':
      return <Unknown step={step} />;
  }
}

function Facts({ preview }: { preview: OrderPreview }): ComponentChild {
  const { review: words } = texts.value;
  const { distance, distance_ticks: ticks } = preview;
  const far = distance === null ? '–' : percent(distance);
  const rows: readonly (readonly [string, string])[] = [
    [words.notional, money(preview.notional)],
    [words.distance, ticks === null ? far : `${far} · ${words.ticks(volumeText(ticks))}`],
    [words.after, volumeText(preview.position_after)],
    [words.account, preview.gateway_name],
  ];
  return (
    <>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {preview.refusals.length > 0 && (
        <div class="say warn">
          <strong>{words.refusals}</strong>
          {preview.refusals.map((refusal) => (
            <div key={refusal.rule}>
              <p>{refusal.message}</p>
              <RuleFacts {...refusal} />
            </div>
          ))}
        </div>
      )}
    </>
  );
}

function Refused({ what, problem }: { what: string; problem: Problem | undefined }): ComponentChild {
  const { outcome } = texts.value;
  const kind = problem?.type.split(':').at(-1);
  return (
    <>
      <div class="say bad">
        <strong>{kind === undefined ? what : memberText(texts.value.problem, kind)}</strong>
        {problem !== undefined && <p>{problem.detail}</p>}
      </div>
      {problem?.rule !== undefined && <RuleFacts {...problem} rule={problem.rule} />}
      {problem?.server_log !== undefined && problem.server_log.length > 0 && (
        <>
          <p class="note">{outcome.log}</p>
          <pre class="server-log">{problem.server_log.join('\n')}</pre>
        </>
      )}
    </>
  );
}

/** Which rule it was, and where the rule counts something, its limit and what was asked for. */
function RuleFacts(props: {
  readonly rule: string;
  readonly limit?: number | null | undefined;
  readonly value?: number | null | undefined;
}): ComponentChild {
  const { outcome, rule: names } = texts.value;
  const name = memberText(names, props.rule);
  const rows: readonly (readonly [string, string])[] = [
    [outcome.rule, name === props.rule ? name : `${name} (${props.rule})`],
    ...(typeof props.limit === 'number' ? [[outcome.limit, volumeText(props.limit)] as const] : []),
    ...(typeof props.value === 'number' ? [[outcome.value, volumeText(props.value)] as const] : []),
  ];
  return (
    <dl class="facts">
      {rows.map(([title, text]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Why the question brought no answer. */
function toldText(told: (Step & { name: 'unknown' })['told']): string | undefined {
  const { outcome, link, problem } = texts.value;
  switch (told) {
    case undefined:
      return undefined;
    case 'order-uncertain':
      return outcome.uncertain;
    case 'order-vanished':
      return outcome.vanished;
    case 'offline':
      return link.pageLost;
    case 'not-connected':
      return link.requestLost;
    default:
      return memberText(problem, told in problem ? told : 'other');
  }
}

function Unknown({ step }: { step: Step & { name: 'unknown' } }): ComponentChild {
  const { outcome } = texts.value;
  const told = toldText(step.told);
  return (
    <>
      <p class="say warn">{outcome.unknownWhat}</p>
      {step.asking && <p class="note">{outcome.finding}</p>}
      {told !== undefined && (
        <div class="note told">
          <p>{told}</p>
          {step.detail !== undefined && step.told !== 'order-vanished' && <p>{step.detail}</p>}
        </div>
      )}
      {step.candidates.length > 0 && (
        <>
          <p class="note">{outcome.candidates}</p>
          <pre class="server-log">{step.candidates.join('\n')}</pre>
        </>
      )}
    </>
  );
}

function Footer({ open }: { open: Review }): ComponentChild {
  const { review: words, outcome, enums } = texts.value;
  const { order, step } = open;
  if (isFinal(step)) {
    return (
      <button type="button" class="main" data-main autofocus onClick={closeReview}>
        {outcome.close}
      </button>
    );
  }
  if (step.name === 'unknown') {
    return (
      <>
        {(step.told === 'order-uncertain' || step.told === 'order-vanished') && (
          <button type="button" class="secondary looked" title={outcome.lookedWhy} onClick={lookedUp}>
            {outcome.looked}
          </button>
        )}
        <button type="button" class="secondary" onClick={closeReview}>
          {outcome.keep}
        </button>
        <button
          type="button"
          class="main"
          data-main
          disabled={step.asking}
          onClick={() => {
            void findOut(order);
          }}
        >
          {outcome.findOut}
        </button>
      </>
    );
  }
  return (
    <>
      <span class="hint">{words.hint}</span>
      <button type="button" class="secondary" disabled={step.name === 'sending'} onClick={closeReview}>
        {words.back}
      </button>
      <button
        type="button"
        id="send"
        class={`main ${order.direction === 'LONG' ? 'buy' : 'sell'}`}
        data-main
        autofocus
        // Not `disabled`: the focus would leave a button that waits for the check, and Enter with it.
        aria-disabled={!isSendable(open)}
        onClick={() => {
          void send();
        }}
      >
        {words.sendOf(memberText(enums.side, order.direction))}
      </button>
    </>
  );
}
