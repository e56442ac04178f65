/**
 * Forms: add a strategy, change its parameters.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { appTexts } from '../../i18n/apps.js';
import { texts } from '../../i18n/index.js';
import { request } from '../../net/http.js';
import type { AlgoTemplateList, Strategy, StrategyClass, StrategyClassList } from '../../net/types.js';
import { addStrategy, editStrategy, formProblem } from '../../state/app-actions.js';
import { problemText } from '../../state/actions.js';
import { contracts } from '../../state/data.js';
import { applications, isSamePlace } from '../../state/strategies.js';
import type { Place } from '../../state/strategies.js';
import { Dialog } from '../../ui/dialog.js';
import { Buttons, close } from '../dialog-buttons.js';
import { FormProblem, nameMistake, PlaceField, SelectField, SymbolField, TextField } from './fields.js';
import { placeName, readSettings, SettingFields } from './values.js';
import type { Drafts } from './values.js';

const asItIs = (name: string): string => name;

/** What forms read. */
interface Answers {
  readonly '/strategy-classes': StrategyClassList;
  readonly '/algo-templates': AlgoTemplateList;
}

/** Reads what a form needs, once. What goes wrong stands in the form. */
export function useAnswer<Path extends keyof Answers>(path: Path): Answers[Path] | undefined {
  const [answer, setAnswer] = useState<Answers[Path] | undefined>(undefined);
  useEffect(() => {
    const end = new AbortController();
    formProblem.value = undefined;
    request<Answers[Path]>(path, { signal: end.signal }).then(setAnswer, (error: unknown) => {
      if (!end.signal.aborted) formProblem.value = problemText(error);
    });
    return () => {
      end.abort();
    };
  }, [path]);
  return answer;
}

/** The names of the spreads at a place. */
export const spreadsAt = (place: Place): readonly string[] =>
  (applications.value?.spreads.data ?? []).filter(({ server }) => server === place.server).map(({ name }) => name);

const strategiesAt = (place: Place): readonly string[] =>
  (applications.value?.strategies.data ?? []).filter((each) => isSamePlace(each, place)).map(({ name }) => name);

/** Before the gateway is connected there are no contracts: then vnpy takes what looks like one. */
function symbolMistake(symbol: string, isSpread: boolean): string | undefined {
  const { form } = appTexts.value;
  if (symbol === '') return isSpread ? form.noSpread : form.missing(form.contract);
  const isKnown = isSpread || contracts.rows.value.length === 0 || contracts.get(symbol) !== undefined;
  return isKnown ? undefined : form.noContract;
}

/** 添加策略 */
export function AddStrategy({ places }: { places: readonly Place[] }): ComponentChild {
  const { strategies: words, form } = appTexts.value;
  const classes = useAnswer('/strategy-classes');
  const [place, setPlace] = useState<Place>(places[0] ?? { app: 'cta', server: null });
  const [className, setClassName] = useState<string | undefined>(undefined);
  const [name, setName] = useState('');
  const [symbol, setSymbol] = useState('');
  const [drafts, setDrafts] = useState<Drafts>({});
  const [mistake, setMistake] = useState<string | undefined>(undefined);
  const here = (classes?.data ?? []).filter((each) => isSamePlace(each, place));
  const chosen: StrategyClass | undefined = here.find((each) => each.class_name === className) ?? here[0];
  const spreads = spreadsAt(place);
  const isSpread = place.app === 'spread';
  const traded = isSpread && symbol === '' ? (spreads[0] ?? '') : symbol;

  const yes = (): void => {
    if (chosen === undefined) return;
    const settings = readSettings(chosen.parameters, drafts, asItIs);
    const wrong =
      nameMistake(name, strategiesAt(place)) ??
      symbolMistake(traded, isSpread) ??
      (typeof settings === 'string' ? settings : undefined);
    setMistake(wrong);
    if (wrong !== undefined || typeof settings === 'string') return;
    const body = { name: name.trim(), class_name: chosen.class_name, symbol: traded, parameters: settings };
    void addStrategy(place, body);
  };
  return (
    <Dialog
      title={words.addTitle}
      onBack={close}
      onEnter={yes}
      footer={
        <Buttons
          yes={words.action.add}
          no={texts.value.review.back}
          disabled={chosen === undefined}
          focus={false}
          onYes={yes}
        />
      }
    >
      <p class="note">{words.addWhat}</p>
      <PlaceField
        places={places}
        place={place}
        onChoose={(next) => {
          setPlace(next);
          setSymbol('');
          setDrafts({});
        }}
      />
      {chosen === undefined ? (
        <p class="note">{classes === undefined ? appTexts.value.loading : words.noClasses}</p>
      ) : (
        <SelectField
          id="strategy-class"
          label={form.className}
          value={chosen.class_name}
          choices={here.map((each) => [each.class_name, each.class_name])}
          onChoose={(next) => {
            setClassName(next);
            setDrafts({});
          }}
        />
      )}
      <TextField id="strategy-name" label={form.name} value={name} isFirst onText={setName} />
      {isSpread ? (
        <SelectField
          id="strategy-spread"
          label={form.spread}
          value={traded}
          choices={spreads.map((each) => [each, each])}
          onChoose={setSymbol}
        />
      ) : (
        <SymbolField id="strategy-symbol" label={form.contract} value={symbol} onText={setSymbol} />
      )}
      {chosen !== undefined && (
        <SettingFields
          values={chosen.parameters}
          drafts={drafts}
          onDraft={(field, draft) => {
            setDrafts({ ...drafts, [field]: draft });
          }}
        />
      )}
      <FormProblem mistake={mistake} />
    </Dialog>
  );
}

/** 修改参数 */
export function EditStrategy({ strategy }: { strategy: Strategy }): ComponentChild {
  const { strategies: words } = appTexts.value;
  const [drafts, setDrafts] = useState<Drafts>({});
  const [mistake, setMistake] = useState<string | undefined>(undefined);
  useEffect(() => {
    formProblem.value = undefined;
  }, []);
  const yes = (): void => {
    const settings = readSettings(strategy.parameters, drafts, asItIs);
    setMistake(typeof settings === 'string' ? settings : undefined);
    if (typeof settings === 'string') return;
    if (Object.keys(settings).length === 0) close();
    else void editStrategy(strategy, settings);
  };
  return (
    <Dialog
      title={words.editTitle}
      tone={strategy.trading ? 'warn' : undefined}
      onBack={close}
      onEnter={yes}
      footer={<Buttons yes={words.save} no={texts.value.review.back} focus={false} onYes={yes} />}
    >
      <p class="sentence">
        {strategy.name} · {strategy.symbol}
      </p>
      <p class="note">
        {placeName(strategy)} · {strategy.class_name}
      </p>
      {strategy.trading && <p class="say warn">{words.editRuns}</p>}
      <SettingFields
        values={strategy.parameters}
        drafts={drafts}
        onDraft={(field, draft) => {
          setDrafts({ ...drafts, [field]: draft });
        }}
      />
      <FormProblem mistake={mistake} />
    </Dialog>
  );
}
