/**
 * Whether a value has the form of a policy, and every place where it has not.
 *
 * @module
 */
import * as v from 'valibot';
import { shown, suggest, suggestion } from '../../options.js';
import { strangeCharacter } from './characters.js';
import type { IssueList, Path } from './issues.js';
import { policySchemaOfValibot } from './schema.js';
import type { RawPolicy } from './schema.js';
import type { Json } from './source.js';

type Issue = v.BaseIssue<unknown>;
type JsonObject = Readonly<Record<string, Json>>;

/** Members whose names the policy chooses. */
const NAMED = ['roles', 'principals', 'accounts'] as const;

/** valibot passes over them in silence. */
const UNUSABLE: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** How often what is left is looked at again. */
const MOST_ROUNDS = 4;

/** What people write that know other formats. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['allow', '; what a role allows stands in the role itself'],
  ['hard', '; limits stand in "limits", and a warning is "warnAt"'],
  ['day', '; trading days are "days"'],
]);

/**
 * Tells all that is wrong with the form.
 *
 * @returns what of it is right, so that its meaning can be checked in the same run; undefined when there is too little.
 */
export function checkForm(value: Json, issues: IssueList): RawPolicy | undefined {
  if (!isObject(value)) {
    issues.add([], `must be an object, not ${shown(value)}`);
    return undefined;
  }
  const before = issues.length;
  const bad: Path[] = [...checkNames(value, issues), ...checkMembers(policySchemaOfValibot, value, [], issues)];
  const result = v.safeParse(policySchemaOfValibot, value);
  for (const issue of (result.issues ?? []).flatMap(flat)) {
    if (isUnknownMember(issue.issue)) continue; // valibot tells of the first in each object alone.

    issues.add(issue.path, textOf(issue.issue));
    bad.push(issue.path);
  }
  if (issues.length === before) return result.success ? result.output : undefined;

  return salvage(value, bad);
}

/** What is left when the bad places are left out. What lacks something that it needs is left out whole. */
function salvage(value: JsonObject, bad: readonly Path[]): RawPolicy | undefined {
  // Without roles, every role that is named would be called unknown.
  if (!isObject(value['roles'])) return undefined;

  // An object may be empty when its members have gone: then it has to go, too.
  const gone = [...bad];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const rest = { principals: {}, ...without(value, gone), version: 1 };
    const result = v.safeParse(policySchemaOfValibot, rest);
    if (result.success) return result.output;

    gone.push(...result.issues.flatMap(flat).map(({ path }) => path));
  }
  return undefined;
}

function without(value: JsonObject, bad: readonly Path[]): Record<string, unknown> {
  // A member that is missing takes its object with it.
  const gone = new Set(bad.map((path) => placeText(isThere(value, path) ? path : path.slice(0, -1))));
  const copy = (each: Json, path: Path): unknown => {
    if (isList(each)) {
      return each
        .map((item, index) => [item, [...path, index]] as const)
        .filter(isLeft)
        .map(([item, at]) => copy(item, at));
    }

    return isObject(each) ? copyMembers(each, path) : each;
  };
  const isLeft = ([, path]: readonly [Json, Path]): boolean => !gone.has(placeText(path));
  const copyMembers = (object: JsonObject, path: Path): Record<string, unknown> => {
    const members = Object.entries(object).filter(([name]) => !UNUSABLE.includes(name));
    const left = members.map(([name, member]) => [member, [...path, name]] as const).filter(isLeft);
    return Object.fromEntries(left.map(([member, at]) => [String(at.at(-1)), copy(member, at)]));
  };
  return copyMembers(value, []);
}

function placeText(path: Path): string {
  return JSON.stringify(path);
}

function isThere(value: JsonObject, path: Path): boolean {
  let here: Json | undefined = value;
  for (const part of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return false;

    here = (here as JsonObject)[part];
  }
  return true;
}

/** Names of roles, principals and accounts. */
function checkNames(value: JsonObject, issues: IssueList): Path[] {
  const bad: Path[] = [];
  for (const member of NAMED) {
    const named = value[member];
    if (!isObject(named)) continue;

    for (const name of Object.keys(named)) {
      const fault = wrongName(name);
      if (fault === undefined) continue;

      issues.add([member, name], fault);
      bad.push([member, name]);
    }
  }
  return bad;
}

function wrongName(name: string): string | undefined {
  if (name === '') return 'has an empty name';
  if (name.length > 200) return 'has a name of more than 200 characters';
  if (UNUSABLE.includes(name)) return 'has a name that JavaScript uses itself: take another';

  return strangeCharacter(name);
}

/** Members that the schema does not have. */
function checkMembers(schema: v.GenericSchema, value: Json, path: Path, issues: IssueList): Path[] {
  const form = schema as Partial<Form>;
  if (form.wrapped !== undefined) return checkMembers(form.wrapped, value, path, issues);

  if (isList(value) && !takesList(schema)) {
    issues.add(path, `must be an object, not an array`);
    return [path];
  }
  if (form.options !== undefined && form.type === 'union') {
    return form.options.flatMap((option) =>
      takesObject(option, value) ? checkMembers(option, value, path, issues) : [],
    );
  }

  if (form.item !== undefined && isList(value))
    return value.flatMap((item, index) => checkMembers(form.item ?? schema, item, [...path, index], issues));

  if (!isObject(value)) return [];

  if (form.type === 'record') {
    return Object.entries(value).flatMap(([name, each]) =>
      checkMembers(form.value ?? schema, each, [...path, name], issues),
    );
  }

  return form.entries === undefined ? [] : checkEntries(form.entries, value, path, issues);
}

function checkEntries(entries: v.ObjectEntries, value: JsonObject, path: Path, issues: IssueList): Path[] {
  const known = Object.keys(entries).filter((each) => each !== '$schema');
  return Object.entries(value).flatMap(([name, member]) => {
    const here = [...path, name];
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (entry !== undefined) return checkMembers(entry, member, here, issues);

    const hint = suggest(name, known) === undefined ? HINTS.get(name) : undefined;
    issues.add(
      here,
      `is no member of ${path.length === 0 ? 'a policy' : 'this object'}${hint ?? suggestion(name, known)}`,
    );
    return [here];
  });
}

/** What valibot's schemas have, by kind. */
interface Form {
  readonly type: string;
  readonly wrapped: v.GenericSchema;
  readonly options: readonly v.GenericSchema[];
  readonly item: v.GenericSchema;
  readonly value: v.GenericSchema;
  readonly entries: v.ObjectEntries;
}

/** valibot takes a list for an object. */
function takesList(schema: v.GenericSchema): boolean {
  const { type, options = [] } = schema as v.GenericSchema & Partial<Form>;
  const types = type === 'union' ? options.map((option) => option.type) : [type];
  return types.includes('array') || !types.some((each) => each === 'strict_object' || each === 'record');
}

function takesObject(schema: v.GenericSchema, value: Json): boolean {
  const { type } = schema;
  return isList(value) ? type === 'array' : isObject(value) && (type === 'strict_object' || type === 'record');
}

interface FlatIssue {
  readonly path: Path;
  readonly issue: Issue;
}

/** Of a choice between a number and an object, what is wrong inside the object says more than that it is no number. */
function flat(issue: Issue): FlatIssue[] {
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  const inner = (issue.issues ?? []).filter(
    (each) =>
      (each.path ?? []).length > 0 || each.type === 'check' || each.type === 'min_length' || each.type === 'max_length',
  );
  if (issue.type !== 'union' || inner.length === 0) return [{ path, issue }];

  return inner.flatMap((each) => flat(each)).map((each) => ({ path: [...path, ...each.path], issue: each.issue }));
}

function isUnknownMember(issue: Issue): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never';
}

function textOf(issue: Issue): string {
  if (issue.type === 'strict_object' && issue.input === undefined) return 'is missing';

  if (issue.type === 'picklist' && typeof issue.input === 'string') {
    const meant = suggest(issue.input, quoted(issue.expected ?? ''));
    return `${issue.message}, not ${shown(issue.input)}${meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`}`;
  }
  // Sentences of checks tell the value where it matters.
  return /^must (be|not)/.test(issue.message) ? `${issue.message}, not ${shown(issue.input)}` : issue.message;
}

/** The choices in `("own" | "all")`. */
function quoted(expected: string): string[] {
  return Array.from(expected.matchAll(/"([^"]*)"/g), ([, word = '']) => word);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
