/** Strategies of an application, without vnpy: they do what they are told, and can be made to take long or to fail. */
import { AppControlError } from 'vnpy-bridge/vnpy/apps';
import type { StrategyApp, StrategyState } from 'vnpy-bridge/web';

/** An application of the tests. */
export class FakeApp implements StrategyApp {
  readonly calls: string[] = [];
  readonly #all = new Map<string, StrategyState>();
  /** What the next action waits for; it fails where that rejects. */
  before: Promise<void> = Promise.resolve();
  /** Whether the server has no functions for it. */
  isMissing = false;

  add(name: string, more: Partial<StrategyState> = {}): void {
    this.#all.set(name, {
      ...{ strategy_name: name, class_name: 'DoubleMaStrategy', author: '用Python的交易员' },
      parameters: { fast_window: 10, slow_window: 20 },
      variables: { inited: false, trading: false, pos: 0 },
      ...more,
    });
  }

  set(name: string, variables: Readonly<Record<string, unknown>>): void {
    const state = this.#known(name);
    this.#all.set(name, { ...state, variables: { ...state.variables, ...variables } });
  }

  remove(name: string): void {
    this.#all.delete(name);
  }

  async strategies(): Promise<readonly StrategyState[]> {
    this.calls.push('list');
    if (this.isMissing) throw new AppControlError('NOT_REGISTERED', 'the server has no such function');
    return Promise.resolve([...this.#all.values()]);
  }

  init(name: string): Promise<void> {
    return this.#act(name, 'init', { inited: true });
  }

  start(name: string): Promise<void> {
    return this.#act(name, 'start', { trading: true });
  }

  stop(name: string): Promise<void> {
    return this.#act(name, 'stop', { trading: false });
  }

  async #act(name: string, action: string, variables: Readonly<Record<string, unknown>>): Promise<void> {
    this.calls.push(`${action} ${name}`);
    const state = this.#known(name);
    await this.before;
    if (action === 'start' && !state.variables.inited) {
      const logs = [`策略${name}启动失败，请先初始化`];
      throw new AppControlError('NOT_DONE', `start of ${name} was not done`, { logs });
    }
    this.set(name, variables);
  }

  #known(name: string): StrategyState {
    const state = this.#all.get(name);
    if (state === undefined) throw new AppControlError('UNKNOWN_NAME', `there is no ${name}`);
    return state;
  }
}
