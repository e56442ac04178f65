/**
 * The dialogs of vnpy's applications.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { appTexts } from '../../i18n/apps.js';
import { texts } from '../../i18n/index.js';
import type { Algo, Spread, Strategy } from '../../net/types.js';
import type { Asked } from '../../state/actions.js';
import { actOnAlgo, actOnStrategy, removeSpread } from '../../state/app-actions.js';
import { Dialog } from '../../ui/dialog.js';
import { Buttons, close } from '../dialog-buttons.js';
import { StartAlgo } from './algo-form.js';
import { AddSpread } from './spread-form.js';
import { AddStrategy, EditStrategy } from './strategy-forms.js';
import { placeName } from './values.js';

/** What of the dialogs is of applications. */
export type AppAsked = Extract<Asked, { readonly what: `${string}strategy` | `${string}spread` | `${string}algo` }>;

/** The one that is open. */
export function AppDialog({ asked }: { asked: AppAsked }): ComponentChild {
  switch (asked.what) {
    case 'strategy':
      return <ActOnStrategy strategy={asked.strategy} action={asked.action} />;
    case 'add-strategy':
      return <AddStrategy places={asked.places} />;
    case 'edit-strategy':
      return <EditStrategy strategy={asked.strategy} />;
    case 'add-spread':
      return <AddSpread places={asked.places} />;
    case 'remove-spread':
      return <RemoveSpread spread={asked.spread} />;
    case 'start-algo':
      return <StartAlgo places={asked.places} />;
    case 'algo':
      return <ActOnAlgo algo={asked.algo} action={asked.action} />;
  }
}

function ActOnStrategy(props: {
  readonly strategy: Strategy;
  readonly action: 'init' | 'start' | 'stop' | 'remove';
}): ComponentChild {
  const { strategy, action } = props;
  const { strategies: words } = appTexts.value;
  return (
    <Ask
      title={words.ask[action]}
      yes={words.action[action]}
      isGrave={action === 'start'}
      isPlain={action === 'init'}
      name={`${strategy.name} · ${strategy.symbol}`}
      note={`${placeName(strategy)} · ${strategy.class_name}`}
      what={words.askWhat[action]}
      onYes={() => void actOnStrategy(strategy, action)}
    />
  );
}

function RemoveSpread({ spread }: { spread: Spread }): ComponentChild {
  const { spreads: words } = appTexts.value;
  return (
    <Ask
      title={words.removeTitle}
      yes={words.remove}
      name={spread.name}
      note={`${placeName(spread)} · ${spread.price_formula}`}
      what={words.removeWhat}
      onYes={() => void removeSpread(spread)}
    />
  );
}

function ActOnAlgo({ algo, action }: { algo: Algo; action: 'pause' | 'resume' | 'stop' }): ComponentChild {
  const { algos: words } = appTexts.value;
  return (
    <Ask
      title={words.ask[action]}
      yes={words.action[action]}
      isGrave={action === 'resume'}
      name={`${algo.name} · ${algo.symbol}`}
      note={placeName(algo)}
      what={words.askWhat[action]}
      onYes={() => void actOnAlgo(algo, action)}
    />
  );
}

function Ask(props: {
  readonly title: string;
  readonly yes: string;
  readonly name: string;
  readonly note: string;
  readonly what: string;
  readonly isGrave?: boolean;
  readonly isPlain?: boolean;
  readonly onYes: () => void;
}): ComponentChild {
  const { title, yes, name, note, what, isGrave = false, isPlain = false, onYes } = props;
  return (
    <Dialog
      title={title}
      tone={isGrave ? 'warn' : undefined}
      onBack={close}
      onEnter={onYes}
      footer={<Buttons yes={yes} no={texts.value.review.back} tone={isPlain ? '' : 'danger'} onYes={onYes} />}
    >
      <p class="sentence">{name}</p>
      <p class="note">{note}</p>
      <p class={isGrave ? 'say warn' : ''}>{what}</p>
    </Dialog>
  );
}
