/**
 * Form: start an algorithm.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { appTexts } from '../../i18n/apps.js';
import { memberText, texts } from '../../i18n/index.js';
import type { NewAlgoInput, Warning } from '../../net/types.js';
import { startAlgo } from '../../state/app-actions.js';
import { contracts } from '../../state/data.js';
import { newKey } from '../../state/order.js';
import { isSamePlace } from '../../state/strategies.js';
import type { Place } from '../../state/strategies.js';
import { Choice } from '../../ui/controls.js';
import { Dialog } from '../../ui/dialog.js';
import { Buttons, close } from '../dialog-buttons.js';
import { sentence } from '../order-sentence.js';
import { Warnings } from '../warnings.js';
import { FormProblem, numberOrMistake, PlaceField, SelectField, SymbolField, TextField } from './fields.js';
import { spreadsAt, useAnswer } from './strategy-forms.js';
import { readSettings, SettingFields } from './values.js';
import type { Drafts } from './values.js';

type Side = 'LONG' | 'SHORT';
type OffsetName = NonNullable<NewAlgoInput['offset']>;

const OFFSETS: readonly OffsetName[] = ['NONE', 'OPEN', 'CLOSE', 'CLOSETODAY', 'CLOSEYESTERDAY'];

const NOWHERE: Place = { app: 'algo', server: null };

interface Draft {
  readonly place: Place;
  readonly template: string | undefined;
  readonly symbol: string;
  readonly direction: Side;
  readonly offset: OffsetName;
  readonly price: string;
  readonly volume: string;
  readonly settings: Drafts;
}

/** What a person has filled in, with the templates of the servers. */
function useDraft(places: readonly Place[]) {
  const templates = useAnswer('/algo-templates');
  const [draft, setDraft] = useState<Draft>({
    ...{
      place: places.find(({ app }) => app === 'algo') ?? places[0] ?? NOWHERE,
      template: undefined,
      symbol: '',
      direction: 'LONG',
    },
    ...{ offset: 'OPEN', price: '', volume: '', settings: {} },
  });
  const here = (templates?.data ?? []).filter((each) => isSamePlace(each, draft.place));
  const template = here.find((each) => each.template === draft.template) ?? here[0];
  const spreads = spreadsAt(draft.place);
  const isSpread = draft.place.app === 'spread';
  const symbol = isSpread && draft.symbol === '' ? (spreads[0] ?? '') : draft.symbol;
  // A form that has changed is another algorithm: the same one is started once.
  const id = useMemo(newKey, [draft]);
  return { places, draft, setDraft, templates, here, template, spreads, isSpread, symbol, id };
}

/** The request that a form is; a sentence where it is none. */
function bodyOf({ draft, template, isSpread, symbol, id }: ReturnType<typeof useDraft>): NewAlgoInput | string {
  const { form, algos: words } = appTexts.value;
  const { form: names } = texts.value;
  if (symbol === '') return isSpread ? form.noSpread : form.missing(form.contract);
  if (!isSpread && contracts.get(symbol) === undefined) return form.noContract;
  const price = numberOrMistake(draft.price, names.price);
  const volume = numberOrMistake(draft.volume, names.volume, true);
  if (typeof price === 'string') return price;
  if (typeof volume === 'string') return volume;
  const nameOf = (name: string): string => memberText(words.name, name);
  const parameters = readSettings(template?.parameters ?? {}, draft.settings, nameOf);
  if (typeof parameters === 'string') return parameters;
  const { direction, offset } = draft;
  const terms = { symbol, direction, price, volume, parameters, ...(isSpread ? {} : { offset }) };
  return { client_order_id: id, template: template?.template ?? '', ...terms };
}

/** 启动算法 */
export function StartAlgo({ places }: { places: readonly Place[] }): ComponentChild {
  const { algos: words, loading } = appTexts.value;
  const made = useDraft(places);
  const { draft, setDraft, template, templates, isSpread } = made;
  const [mistake, setMistake] = useState<string | undefined>(undefined);
  const [warnings, setWarnings] = useState<readonly Warning[]>([]);
  const [confirmed, setConfirmed] = useState(false);
  const edit = (more: Partial<Draft>): void => {
    setDraft({ ...draft, ...more });
    setWarnings([]);
    setConfirmed(false);
    setMistake(undefined);
  };
  const body = bodyOf(made);
  const yes = (): void => {
    setMistake(typeof body === 'string' ? body : undefined);
    if (typeof body === 'string') return;
    const confirm = confirmed ? warnings.map(({ code }) => code) : [];
    void startAlgo(draft.place, { ...body, confirm }, setWarnings);
  };
  return (
    <Dialog
      title={words.startTitle}
      tone={draft.direction === 'LONG' ? 'up' : 'down'}
      onBack={close}
      footer={
        <Buttons
          yes={words.start}
          no={texts.value.review.back}
          tone={draft.direction === 'LONG' ? 'buy' : 'sell'}
          disabled={template === undefined || (warnings.length > 0 && !confirmed)}
          focus={false}
          onYes={yes}
        />
      }
    >
      {template === undefined && <p class="note">{templates === undefined ? loading : words.none}</p>}
      <Fields made={made} edit={edit} />
      {typeof body !== 'string' && (
        <p class="sentence">
          {memberText(words.templates, body.template)}: {spoken(body)}
        </p>
      )}
      {template?.template === 'BestLimitAlgo' && <p class="say warn">{words.ignoresPrice}</p>}
      <p class="note">{isSpread ? words.startSpread : words.startWhat}</p>
      <Warnings warnings={warnings} confirmed={confirmed} onConfirm={setConfirmed} />
      <FormProblem mistake={mistake} />
    </Dialog>
  );
}

function spoken({ symbol, direction, offset, price, volume }: NewAlgoInput): string {
  return sentence({ vt_symbol: symbol, direction, offset: offset === 'NONE' ? undefined : offset, price, volume });
}

function Fields(props: {
  readonly made: ReturnType<typeof useDraft>;
  readonly edit: (more: Partial<Draft>) => void;
}): ComponentChild {
  const { made, edit } = props;
  const { draft, here, template, spreads, isSpread, symbol } = made;
  const { algos: words, form } = appTexts.value;
  const { enums, form: names } = texts.value;
  return (
    <>
      <PlaceField
        places={made.places}
        place={draft.place}
        onChoose={(place) => {
          edit({ place, template: undefined, symbol: '', settings: {} });
        }}
      />
      <SelectField
        id="algo-template"
        label={words.template}
        value={template?.template ?? ''}
        choices={here.map((each) => [each.template, memberText(words.templates, each.template)])}
        onChoose={(next) => {
          edit({ template: next, settings: {} });
        }}
      />
      {isSpread ? (
        <SelectField
          id="algo-spread"
          label={form.spread}
          value={symbol}
          choices={spreads.map((each) => [each, each])}
          onChoose={(next) => {
            edit({ symbol: next });
          }}
        />
      ) : (
        <SymbolField
          id="algo-symbol"
          label={form.contract}
          value={draft.symbol}
          onText={(next) => {
            edit({ symbol: next });
          }}
        />
      )}
      <Choice<Side>
        class="sides"
        label={names.direction}
        value={draft.direction}
        choices={[
          ['LONG', names.buy],
          ['SHORT', names.sell],
        ]}
        tones={{ LONG: 'buy', SHORT: 'sell' }}
        onChoose={(direction) => {
          edit({ direction });
        }}
      />
      {!isSpread && (
        <SelectField
          id="algo-offset"
          label={names.offset}
          value={draft.offset}
          choices={OFFSETS.map((name) => [name, name === 'NONE' ? form.none : memberText(enums.offset, name)])}
          onChoose={(name) => {
            edit({ offset: OFFSETS.find((each) => each === name) ?? 'NONE' });
          }}
        />
      )}
      <TextField
        id="algo-price"
        label={names.price}
        value={draft.price}
        isNumber
        onText={(price) => {
          edit({ price });
        }}
      />
      <TextField
        id="algo-volume"
        label={names.volume}
        value={draft.volume}
        isNumber
        onText={(volume) => {
          edit({ volume });
        }}
      />
      {template !== undefined && Object.keys(template.parameters).length > 0 && (
        <SettingFields
          values={template.parameters}
          drafts={draft.settings}
          nameOf={(name) => memberText(words.name, name)}
          onDraft={(name, value) => {
            edit({ settings: { ...draft.settings, [name]: value } });
          }}
        />
      )}
    </>
  );
}
