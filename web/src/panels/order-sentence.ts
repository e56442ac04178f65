/**
 * An order as a sentence: side, volume, contract and price in words.
 *
 * @module
 */
import { price as priceText, volume as volumeText } from '../format/numbers.js';
import { memberText, texts } from '../i18n/index.js';
import { contracts } from '../state/data.js';

/** What an order has that the sentence says. */
interface Spoken {
  readonly vt_symbol: string;
  readonly direction: string | null;
  readonly offset?: string | undefined;
  readonly type?: string | undefined;
  readonly price?: number | null | undefined;
  readonly volume: number | null;
}

const IN_LOTS: ReadonlySet<string> = new Set(['FUTURES', 'OPTION']);

/** The sentence, in the person's language. */
export function sentence({ vt_symbol: vtSymbol, direction, offset, type, price, volume }: Spoken): string {
  const { enums, review } = texts.value;
  const contract = contracts.get(vtSymbol);
  const amount = volumeText(volume);
  const size = IN_LOTS.has(contract?.product ?? '') ? review.lots(amount) : amount;
  const limit = priceText(price, contract?.pricetick ?? undefined);
  const kind = type === undefined || type === 'LIMIT' ? '' : ` ${memberText(enums.type, type)}`;
  const at = type === 'MARKET' ? review.market : `${limit}${kind}`;
  const name = contract?.name ?? '';
  const spoken = name === '' || name === contract?.symbol ? vtSymbol : `${name} (${vtSymbol})`;
  return review.sentence(memberText(enums.side, direction), memberText(enums.offset, offset), size, spoken, at);
}
