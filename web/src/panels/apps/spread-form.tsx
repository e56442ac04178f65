/**
 * Form: add a spread.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { appTexts } from '../../i18n/apps.js';
import { texts } from '../../i18n/index.js';
import { addSpread, formProblem } from '../../state/app-actions.js';
import type { Place } from '../../state/strategies.js';
import { Dialog } from '../../ui/dialog.js';
import { Buttons, close } from '../dialog-buttons.js';
import {
  FormProblem,
  nameMistake,
  numberOrMistake,
  PlaceField,
  SelectField,
  SymbolField,
  TextField,
} from './fields.js';
import { spreadsAt } from './strategy-forms.js';

interface LegDraft {
  readonly symbol: string;
  readonly direction: 1 | -1;
  readonly lots: string;
}

const LETTERS = ['A', 'B', 'C', 'D', 'E'] as const;
const FIRST: readonly LegDraft[] = [
  { symbol: '', direction: 1, lots: '1' },
  { symbol: '', direction: -1, lots: '-1' },
];

/** 创建价差 */
export function AddSpread({ places }: { places: readonly Place[] }): ComponentChild {
  const { spreads: words, form } = appTexts.value;
  const [place, setPlace] = useState<Place>(places[0] ?? { app: 'spread', server: null });
  const [name, setName] = useState('');
  const [formula, setFormula] = useState('A-B');
  const [least, setLeast] = useState('1');
  const [active, setActive] = useState<(typeof LETTERS)[number]>('A');
  const [legs, setLegs] = useState<readonly LegDraft[]>(FIRST);
  const [mistake, setMistake] = useState<string | undefined>(undefined);
  useEffect(() => {
    formProblem.value = undefined;
  }, []);
  const letters = LETTERS.slice(0, legs.length);
  const change = (at: number, more: Partial<LegDraft>): void => {
    setLegs(legs.map((leg, place) => (place === at ? { ...leg, ...more } : leg)));
  };

  const yes = (): void => {
    const lots = legs.map((leg, at) => numberOrMistake(leg.lots, `${LETTERS[at] ?? ''} ${words.lots}`));
    const minVolume = numberOrMistake(least, words.least, true);
    const empty = legs.findIndex((leg) => leg.symbol === '');
    const wrong =
      nameMistake(name, spreadsAt(place)) ??
      (empty >= 0 ? form.missing(`${LETTERS[empty] ?? ''} ${form.contract}`) : undefined) ??
      [...lots, minVolume].find((each) => typeof each === 'string');
    setMistake(typeof wrong === 'string' ? wrong : undefined);
    if (wrong !== undefined || typeof minVolume === 'string') return;
    void addSpread(place, {
      name: name.trim(),
      legs: legs.map(({ symbol, direction }, at) => ({
        ...{ variable: LETTERS[at] ?? '', vt_symbol: symbol, direction, multiplier: Number(lots[at]) },
      })),
      price_formula: formula,
      active_symbol: legs[LETTERS.indexOf(active)]?.symbol ?? '',
      min_volume: minVolume,
    });
  };
  return (
    <Dialog
      title={words.addTitle}
      onBack={close}
      onEnter={yes}
      footer={<Buttons yes={words.add} no={texts.value.review.back} focus={false} onYes={yes} />}
    >
      <PlaceField places={places} place={place} onChoose={setPlace} />
      <TextField id="spread-name" label={form.name} value={name} isFirst onText={setName} />
      {legs.map((leg, at) => (
        <Leg key={letters[at]} letter={letters[at] ?? ''} leg={leg} onChange={(more) => change(at, more)} />
      ))}
      <div class="strategy-actions">
        <button
          type="button"
          class="secondary"
          disabled={legs.length >= LETTERS.length}
          onClick={() => {
            setLegs([...legs, { symbol: '', direction: -1, lots: '-1' }]);
          }}
        >
          {words.moreLegs}
        </button>
        <button
          type="button"
          class="secondary"
          disabled={legs.length <= 2}
          onClick={() => {
            setLegs(legs.slice(0, -1));
            setActive('A');
          }}
        >
          {words.fewerLegs}
        </button>
      </div>
      <TextField id="spread-formula" label={words.formula} value={formula} onText={setFormula} />
      <SelectField
        id="spread-active"
        label={words.active}
        value={active}
        choices={letters.map((letter) => [letter, letter])}
        onChoose={(letter) => {
          setActive(letters.find((each) => each === letter) ?? 'A');
        }}
      />
      <TextField id="spread-least" label={words.least} value={least} isNumber onText={setLeast} />
      <FormProblem mistake={mistake} />
    </Dialog>
  );
}

function Leg(props: {
  readonly letter: string;
  readonly leg: LegDraft;
  readonly onChange: (more: Partial<LegDraft>) => void;
}): ComponentChild {
  const { letter, leg, onChange } = props;
  const { spreads: words, form } = appTexts.value;
  return (
    <fieldset class="leg">
      <legend>
        {words.leg} {letter}
      </legend>
      <SymbolField
        id={`leg-${letter}`}
        label={form.contract}
        value={leg.symbol}
        onText={(symbol) => {
          onChange({ symbol });
        }}
      />
      <SelectField
        id={`leg-${letter}-direction`}
        label={words.rises}
        value={String(leg.direction)}
        choices={[
          ['1', words.dearer],
          ['-1', words.cheaper],
        ]}
        onChoose={(value) => {
          onChange({ direction: value === '1' ? 1 : -1 });
        }}
      />
      <TextField
        id={`leg-${letter}-lots`}
        label={words.lots}
        value={leg.lots}
        hint={words.lotsHint}
        isNumber
        onText={(lots) => {
          onChange({ lots });
        }}
      />
    </fieldset>
  );
}
