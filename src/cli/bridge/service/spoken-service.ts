/**
 * A server that tells its clients in the language of its operator why it refuses: vnpy's log is read by people.
 *
 * @module
 */
import { RpcService } from '../../../vnpy/index.js';
import type { RpcServiceOptions, TradingEngine } from '../../../vnpy/index.js';

/** An RpcService whose lines in vnpy's log are said in a language. */
export class SpokenService extends RpcService {
  readonly #said: (text: string) => string;

  /** @param said - Puts a line into the language. The rule in it, `[orderVolume]`, stays. */
  constructor(engine: TradingEngine, options: RpcServiceOptions, said: (text: string) => string) {
    super(engine, options);
    this.#said = said;
  }

  override log(msg: string, principal?: string): void {
    super.log(this.#said(msg), principal);
  }
}
