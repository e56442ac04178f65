/**
 * Finds contracts by code and name.
 *
 * @module
 */
import type { Contract } from '../net/types.js';

/** What is searched of a contract, made once. */
const haystacks = new WeakMap<Contract, string>();

function haystackOf(contract: Contract): string {
  const known = haystacks.get(contract);
  if (known !== undefined) return known;
  const made = `${contract.vt_symbol} ${contract.name}`.toLowerCase();
  haystacks.set(contract, made);
  return made;
}

/** All contracts that have every word of the text in their code or name. Those whose code begins with it come first. */
export function find(contracts: readonly Contract[], text: string, most = Infinity): readonly Contract[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return most === Infinity ? contracts : contracts.slice(0, most);
  const front: Contract[] = [];
  const others: Contract[] = [];
  for (const contract of contracts) {
    const haystack = haystackOf(contract);
    if (!words.every((word) => haystack.includes(word))) continue;
    if (haystack.startsWith(first)) front.push(contract);
    else if (others.length < most) others.push(contract);
    if (front.length >= most) break;
  }
  return [...front, ...others].slice(0, most);
}
