/**
 * The judgement of one message under a policy. Everything that loading would import, call or write is looked at by
 * itself, at its opcode; what nobody allows is refused.
 *
 * @module
 */
import { python3Name } from '../../../pickle/internal.js';
import type { Danger } from '../../lang/en/facts.js';
import { findingKind } from '../findings/codes.js';
import { found, levelOf, quoted } from '../findings/finding.js';
import type { Wrong } from '../machine/machine.js';
import type { Finding, Said } from '../findings/finding.js';
import { PANDAS_CONSTANTS } from '../lens/known/pandas-names.js';
import { CONSTANTS } from '../lens/known/values.js';
import { instanceOf } from '../lens/known/objects.js';
import type { Lens } from '../lens/lens.js';
import { isKnownName, shortName } from '../lens/lens.js';
import type { Viewer } from '../lens/view.js';
import { analyse } from '../machine/analyse.js';
import type { Analysis, AnalyseOptions } from '../machine/analyse.js';
import type { Facts } from '../machine/facts.js';
import type { CallNode, GlobalNode, Node } from '../machine/nodes.js';
import { dangerOf } from './dangerous.js';
import { nestedPickle } from './nested.js';
import { allows, denies, profileAllows } from './policy.js';
import type { PickledName, Policy } from './policy.js';

/** The levels of a verdict. There is no "safe". */
export type Verdict =
  /** Proven: no name, no call, no write. */
  | 'DATA-ONLY'
  /** Names occur, and the policy allows each of them as it is used. */
  | 'ALLOWED TYPES'
  /** Names occur that the policy does not allow. */
  | 'UNKNOWN TYPES'
  /** Something that is known to be dangerous. */
  | 'REFUSE'
  /** Damage or a limit: not all was understood, and what was is allowed. */
  | 'INCONCLUSIVE'
  /** There is no pickle in the input. */
  | 'NO PICKLE';

/** What was counted. */
export interface Counts {
  readonly names: number;
  readonly calls: number;
  readonly attributeWrites: number;
  readonly persistentIds: number;
  readonly extensionCodes: number;
  readonly buffers: number;
  readonly trailingBytes: number;
  /** Pickles inside of values. */
  readonly nested: number;
}

/** A name that loading imports. */
export interface NameUse {
  readonly name: string;
  readonly count: number;
  readonly allowed: boolean;
}

/** The judgement of one message. */
export interface Assessment {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly counts: Counts;
  readonly names: readonly NameUse[];
}

/** Pickles in pickles that are opened. */
const MAX_NESTING = 4;

const DANGEROUS: ReadonlySet<string> = new Set(['P101', 'P102', 'P103', 'P205', 'P206']);

/** Whether a finding is of something that is known to be dangerous. */
export function isDangerous({ code }: Finding): boolean {
  return DANGEROUS.has(code);
}

/** Judges a message. `findings` are those of its container and of reading it. */
export function assess(
  analysis: Analysis | undefined,
  findings: readonly Finding[],
  policy: Policy,
  options: AnalyseOptions,
  viewerFor: (analysis: Analysis) => Viewer,
): Assessment {
  const all: Finding[] = [...findings];
  const uses = new Map<string, { count: number; allowed: boolean }>();
  const counts = { names: 0, calls: 0, attributeWrites: 0, persistentIds: 0, extensionCodes: 0, buffers: 0, nested: 0 };
  const look = (one: Analysis, path: string, depth: number): void => {
    const judge = new Judge(one, policy, viewerFor(one), path);
    judge.all();
    for (const finding of judge.findings) all.push(finding);
    for (const [name, allowed] of judge.names) {
      const use = uses.get(name) ?? { count: 0, allowed: true };
      uses.set(name, { count: use.count + 1, allowed: use.allowed && allowed });
    }
    const { facts } = one;
    counts.names += facts.names.length;
    counts.calls += facts.calls.length;
    counts.attributeWrites += facts.writes.length;
    counts.persistentIds += facts.persids.length;
    counts.extensionCodes += facts.exts.length;
    counts.buffers += facts.buffers.length;
    for (const suspect of facts.suspects) {
      const bytes = nestedPickle(suspect);
      if (bytes === undefined) continue;
      counts.nested++;
      const where = `${path}@${suspect.at}`;
      const { kind, at: offset } = suspect;
      all.push(found('N301', (said) => said.nestedPickle(kind, bytes.length, offset), { offset }));
      if (depth >= MAX_NESTING) {
        all.push(found('I003', (said) => said.nestedPickles(MAX_NESTING), { offset }));
        continue;
      }
      const inner = analyse(bytes, options);
      for (const finding of inner.findings)
        if (levelOf(finding) !== 'lint') all.push({ ...finding, path: `inside ${where}` });

      look(inner, where, depth + 1);
    }
  };
  if (analysis !== undefined) {
    look(analysis, '', 1);
    const hidden = hiddenInArrays(analysis, options);
    if (hidden !== undefined) look(hidden, 'an array, read as opcodes', 1);
  }
  const names = [...uses].map(([name, use]) => ({ name, ...use })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const trailing = analysis === undefined ? 0 : trailingBytes(findings, analysis);
  return {
    verdict: verdictOf(analysis, all, counts),
    findings: all,
    counts: { ...counts, trailingBytes: trailing },
    names,
  };
}

/**
 * What `pickle.load` does of a file of joblib, and joblib does not. It takes the bytes of an array for opcodes, and ends in an
 * error after it has done what they say.
 */
function hiddenInArrays(analysis: Analysis, options: AnalyseOptions): Analysis | undefined {
  const [first] = analysis.facts.raws.keys();
  if (first === undefined) return undefined;
  const plain = analyse(analysis.data, { ...options, passArrays: false });
  const facts: Facts = { ...plain.facts };
  let count = 0;
  for (const kind of ['names', 'calls', 'steps', 'writes', 'persids', 'exts'] as const) {
    const known = new Set(analysis.facts[kind].map(placeOf));
    const left = plain.facts[kind].filter((fact) => placeOf(fact) >= first && !known.has(placeOf(fact)));
    Object.assign(facts, { [kind]: left });
    count += left.length;
  }
  return count === 0 ? undefined : { ...plain, facts };
}

function placeOf(fact: Facts['steps'][number] | { readonly at: number }): number {
  return 'step' in fact ? fact.step.at : fact.at;
}

function trailingBytes(findings: readonly Finding[], analysis: Analysis): number {
  return findings.some((finding) => finding.code === 'E052') ? analysis.data.length - analysis.end : 0;
}

function verdictOf(
  analysis: Analysis | undefined,
  findings: readonly Finding[],
  counts: Omit<Counts, 'trailingBytes'>,
): Verdict {
  let refused = false;
  let unclear = false;
  for (const finding of findings) {
    const { level } = findingKind(finding.code);
    if (isDangerous(finding)) return 'REFUSE';
    if (level === 'refuse') refused = true;
    else if (level === 'error' || level === 'limit') unclear = true;
  }
  if (refused) return 'UNKNOWN TYPES';
  if (unclear) return 'INCONCLUSIVE';
  if (analysis === undefined) return 'NO PICKLE';
  const { names, calls, attributeWrites, persistentIds, extensionCodes } = counts;
  return names + calls + attributeWrites + persistentIds + extensionCodes === 0 ? 'DATA-ONLY' : 'ALLOWED TYPES';
}

const PYTHON_NAME = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u;

/** Looks at one pickle. */
class Judge {
  readonly findings: Finding[] = [];
  /** Each import, and whether it is allowed. */
  readonly names: (readonly [name: string, allowed: boolean])[] = [];
  readonly #analysis: Analysis;
  readonly #policy: Policy;
  readonly #lens: Lens;
  readonly #viewer: Viewer;
  readonly #path: string;
  /** Names that belong to a call which the profile allows. */
  readonly #explained = new Set<GlobalNode>();
  /** Calls that no profile allows, of a name that nothing is said against. */
  readonly #unexplained: (readonly [call: CallNode, callable: GlobalNode, name: string])[] = [];

  constructor(analysis: Analysis, policy: Policy, viewer: Viewer, path: string) {
    this.#analysis = analysis;
    this.#policy = policy;
    this.#viewer = viewer;
    this.#lens = viewer.lens;
    this.#path = path;
  }

  /** Judges everything, in the order: calls (they explain names), names, writes, the rest. */
  all(): void {
    const { calls, names, writes, persids, exts, steps } = this.#analysis.facts;
    for (const call of calls) this.#call(call);
    // A name that one call explains must not let another call of it pass.
    for (const [call, callable, name] of this.#unexplained) {
      // What another profile knows is no other use: of that the name tells.
      const isOther = this.#lens.known(call) === undefined && this.#fullNames(callable).some((one) => isKnownName(one));
      if (!this.#explained.has(callable) && !isOther) continue;
      this.#addAt('P202', call, (said) => said.otherUse(name), name);
    }
    for (const name of names) this.#name(name);
    for (const { target, state, at } of writes) {
      const into = target.kind === 'global' ? `${target.module}.${target.name}` : undefined;
      const keys = this.#stateKeys(state);
      const said: Said = (facts) =>
        facts.opcode('BUILD', at, facts.opcodes.writesInto(keys(facts), into ?? facts.anExtensionCode));
      this.#add('P102', said, at);
    }
    for (const { step } of steps) if (step.kind === 'state') this.#slots(step.state, step.at);
    if (!this.#policy.allow.includes('persid')) {
      for (const { at, id } of persids) {
        const shown = this.#short(id);
        this.#add('P203', (facts) => facts.persistentId(at, shown), at);
      }
    }
    for (const ext of exts) {
      if (!matchesExt(this.#policy.allow, ext.code))
        this.#add('P204', (facts) => facts.extensionCode(ext.code, ext.at), ext.at);
    }
  }

  #add(code: Finding['code'], said: Said, offset: number, name?: string): void {
    const place = { offset, ...(name === undefined ? {} : { name }) };
    this.findings.push(found(code, said, this.#path === '' ? place : { ...place, path: `inside ${this.#path}` }));
  }

  /** A finding that is told of the opcode of a call. */
  #addAt(code: Finding['code'], { how, at }: CallNode, what: Wrong, name?: string): void {
    this.#add(code, (facts) => facts.opcode(how, at, what(facts.opcodes)), at, name);
  }

  /** Module and name as the newest Python would import them, whatever the protocol says: both are judged. */
  #names(node: GlobalNode): readonly PickledName[] {
    const [module, name] = python3Name(node.module, node.name);
    return module === node.module && name === node.name ? [node] : [node, { module, name }];
  }

  #fullNames(node: GlobalNode): readonly string[] {
    return this.#names(node).map(({ module, name }) => `${module}.${name}`);
  }

  #call(call: CallNode): void {
    const { callable } = call;
    const invalid = this.#lens.invalid(call);
    if (invalid !== undefined)
      this.#add('E041', (facts) => facts.invalidCall(call.how, call.at, invalid(facts)), call.at);
    const known = this.#lens.known(call);
    if (known !== undefined && profileAllows(this.#policy.profile, known.profile)) {
      for (const name of known.names) this.#explained.add(name);
      if (known.unknownMember === true)
        this.#add('N304', (facts) => facts.at(known.text ?? known.type, call.at), call.at, known.type);

      return;
    }
    if (this.#explainHelper(call)) return;
    if (callable.kind === 'hole' || callable.kind === 'persid' || callable.kind === 'ext') return;
    if (callable.kind !== 'global') {
      const { kind } = callable;
      this.#addAt('P103', call, (said) => (kind === 'call' ? said.callsResult : said.calls(kind)));
      return;
    }
    const [own = ''] = this.#fullNames(callable);
    if (allows(this.#policy.allow, callable)) return;
    const danger = this.#danger(callable);
    if (danger !== undefined) {
      const shown = `${own}(${this.#arguments(call)})`;
      const { how, at } = call;
      const said: Said = (facts) => facts.opcode(how, at, facts.opcodes.callsDanger(shown, facts.dangers[danger]));
      this.#add('P101', said, at, own);
    } else {
      this.#unexplained.push([call, callable, own]);
    }
  }

  /**
   * The helpers through which Python writes an instance of any class (protocols 0 and 1) and an enum member by name. The helper
   * is explained, and the class is judged by its own name.
   */
  #explainHelper(call: CallNode): boolean {
    if (this.#policy.profile === 'none') return false;
    const instance = instanceOf(call, this.#lens);
    if (instance !== undefined) {
      for (const name of instance.names) if (name !== instance.class) this.#explained.add(name);
      return true;
    }
    const [owner, attribute] = call.args.kind === 'tuple' ? call.args.items : [];
    if (this.#lens.nameOf(call.callable) !== 'builtins.getattr' || call.callable.kind !== 'global') return false;
    if (owner?.kind !== 'global' || attribute?.kind !== 'str' || !/^[A-Za-z]\w*$/.test(attribute.value)) return false;
    // Of an allowed class a public attribute may be fetched; what is fetched so cannot be called (P103).
    if (!allows(this.#policy.allow, owner)) return false;
    this.#explained.add(call.callable);
    return true;
  }

  #danger(node: GlobalNode): Danger | undefined {
    for (const { module, name } of this.#names(node)) {
      const danger = dangerOf(module, name);
      if (danger !== undefined) return danger;
    }
    return undefined;
  }

  #name(node: GlobalNode): void {
    const [own = ''] = this.#fullNames(node);
    const denied = this.#names(node).some((name) => denies(this.#policy.deny, name));
    const explained = this.#explained.has(node);
    const constant = this.#isConstant(this.#lens.nameOf(node) ?? '');
    const allowed = !denied && (explained || constant || allows(this.#policy.allow, node));
    this.names.push([own, allowed]);
    if (allowed) return;
    const { at } = node;
    const danger = this.#danger(node);
    if (denied) this.#add('P205', (facts) => facts.imports(own, at), at, own);
    else if (danger === undefined) this.#add('P201', (facts) => facts.imports(own, at), at, own);
    else this.#add('P101', (facts) => facts.importsDanger(own, at, facts.dangers[danger]), at, own);
    const odd = oddness(node);
    if (odd !== undefined) this.#add('P104', (facts) => facts.oddName(own, at, odd(facts)), at, own);
  }

  #isConstant(name: string): boolean {
    const { profile } = this.#policy;
    if (profileAllows(profile, 'data') && CONSTANTS[name] !== undefined) return true;
    return profileAllows(profile, 'pandas') && PANDAS_CONSTANTS[name] !== undefined;
  }

  /** The second dict of a state of two: BUILD gives its entries to setattr, which `__class__` and the like obey. */
  #slots(state: Node, at: number): void {
    const slots = state.kind === 'tuple' ? state.items[1] : undefined;
    if (slots?.kind !== 'dict') return;
    for (const key of slots.keys) {
      if (key.kind === 'str' && /^__.*__$/.test(key.value))
        this.#add('P102', (facts) => facts.opcode('BUILD', at, facts.opcodes.specialAttribute(key.value)), at);
    }
  }

  #stateKeys(state: Node): Said {
    if (state.kind !== 'dict') return (facts) => facts.aKind(state.kind);
    const names = state.keys.slice(0, 4).map((key) => this.#short(key));
    return quoted(names.join(', ') + (state.keys.length > 4 ? ', …' : ''));
  }

  #arguments(call: CallNode): string {
    if (call.args.kind !== 'tuple') return this.#short(call.args);
    const shown = call.args.items.slice(0, 3).map((item) => this.#short(item));
    return shown.join(', ') + (call.args.items.length > 3 ? ', …' : '');
  }

  #short(node: Node): string {
    const view = this.#viewer.view(node);
    const text = view.text ?? `${view.open}…${view.close}`;
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
  }
}

function oddness(node: GlobalNode): Said | undefined {
  if (!PYTHON_NAME.test(node.module) || !PYTHON_NAME.test(node.name)) return (facts) => facts.noPythonName;
  if (node.name.includes('.')) return (facts) => facts.throughAttributes;
  // The modules of a package that are private are where half of its classes stand.
  const [root = ''] = node.module.split('.');
  const hidden = [root, shortName(node.name)].find((part) => part.startsWith('_'));
  return hidden === undefined ? undefined : (facts) => facts.isPrivate(hidden);
}

function matchesExt(allow: readonly string[], code: number): boolean {
  return allow.includes('ext:*') || allow.includes(`ext:${code}`);
}
