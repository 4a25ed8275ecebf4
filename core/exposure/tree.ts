/**
 * Walks a document and judges every scalar in the light of the keys around it. It needs to know no
 * client: entries are recognised by what they hold, values by how their maps are called.
 */
import type { Place } from '../../shared/models/finding.ts';
import type { DocumentNode, ListNode, MapNode, Path, Scalar } from '../documents/document.ts';
import { textOfScalar } from '../documents/nodes.ts';
import { parseText } from '../documents/parse-document.ts';
import { judgeCommand, judgeWords, place as placeIn } from './arguments.ts';
import { findAssignments } from './assignments.ts';
import { findCookies } from './cookies.ts';
import type { Context, Hit, NameRole } from './detection.ts';
import { decodeHidden } from './encoded.ts';
import { placeOfScalar, readField } from './fields.ts';
import {
  type Entry,
  entryOf,
  type Frame,
  hintsWithin,
  isDeclared,
  isValueKey,
  itemName,
  nameOf,
  pathOf,
} from './frames.ts';
import { judge } from './judge.ts';
import { kindById } from './kinds.ts';
import { mayMeanCredential } from './names.ts';
import { findPrefixed } from './prefixed.ts';
import { findTelling, hasPlaceIn, mayHoldSecret } from './quick.ts';

/** A hit together with the scalar that holds it. */
export interface ScalarHit {
  readonly path: Path;
  readonly node: DocumentNode;
  readonly value: string;
  readonly hit: Hit;
  readonly place: Place;
  readonly entry: Entry | undefined;
}

export interface TreeOptions {
  /** Entries that the caller knows, by path joined with NUL; without, they are recognised. */
  readonly servers?: ReadonlyMap<string, string>;
  readonly depth?: number;
  readonly hints?: () => ReadonlySet<string>;
  /** The text of a JSON document: parts of it that hold nothing are passed over unread. */
  readonly json?: string;
  /** Meaning of the root's own keys, for JSON under a known name. */
  readonly place?: Place;
  readonly role?: NameRole;
}

const noWords: ReadonlySet<string> = new Set();

/** A key that has the form of a secret. */
export interface KeyHit {
  /** Ends with the key. */
  readonly path: Path;
  readonly key: string;
  readonly keyStart: number;
  readonly hit: Hit;
}

export interface TreeHits {
  readonly scalars: readonly ScalarHit[];
  readonly keys: readonly KeyHit[];
}

/** Shorter keys are not looked at: no known form is. */
const shortestForm = 16;

export function findInTree(root: DocumentNode, options: TreeOptions = {}): TreeHits {
  const found: ScalarHit[] = [];
  const keys: KeyHit[] = [];
  const frame: Frame = {
    above: undefined,
    step: '',
    key: '',
    place: options.place ?? 'setting',
    role: options.role ?? 'setting',
    entry: undefined,
    hints: options.hints ?? (() => noWords),
  };
  const { servers, depth = 0, json } = options;
  const telling = json === undefined ? undefined : findTelling(json, mayName);
  visit(root, frame, { found, keys, servers, depth, telling });
  return { scalars: found, keys };
}

interface Walk {
  readonly found: ScalarHit[];
  readonly keys: KeyHit[];
  readonly servers: ReadonlyMap<string, string> | undefined;
  readonly depth: number;
  /** Where the JSON text must be looked at; undefined in other formats. */
  readonly telling: readonly number[] | undefined;
}

/** The keys that make `visitMap` look closer. */
function mayName(key: string): boolean {
  return key.length >= shortestForm || mayMeanCredential(key) || isValueKey(key);
}

function isPassedOver(node: DocumentNode, frame: Frame, { telling }: Walk): boolean {
  if (telling === undefined || hasPlaceIn(telling, node.start, node.end)) return false;
  return !mayMeanCredential(frame.key) && readField(frame.key) === undefined;
}

function visit(node: DocumentNode, frame: Frame, walk: Walk): void {
  if (node.kind !== 'scalar' && isPassedOver(node, frame, walk)) return;
  if (node.kind === 'map') visitMap(node, frame, walk);
  else if (node.kind === 'list') visitList(node, frame, walk);
  else if (typeof node.value === 'string') visitScalar(node, node.value, frame, frame.key, walk);
}

function visitMap(node: MapNode, frame: Frame, walk: Walk): void {
  const entry = entryOf(node, frame, walk.servers);
  const here = readField(frame.key);
  const place = here?.place ?? frame.place;
  const role = here?.role ?? frame.role;
  const isPlain = here === undefined && !mayMeanCredential(frame.key);
  const hints = hintsWithin(frame, node);
  for (const { key, keyStart, node: child } of node.entries) {
    if (key.length >= shortestForm) {
      for (const hit of findPrefixed(key))
        walk.keys.push({ path: [...pathOf(frame), key], key, keyStart, hit });
    }
    if (child.kind === 'scalar' && isPlain && isDull(key, child.value)) continue;
    const inner: Frame = { above: frame, step: key, key, place, role, entry, hints };
    if (child.kind !== 'scalar') visit(child, inner, walk);
    else {
      const text = judgedText(child.value, place);
      const name = nameOf(key, node, frame, role);
      if (text !== undefined) visitScalar(child, text, inner, name, walk, isDeclared(key, node));
    }
  }
}

/** A server receives a number as its text; elsewhere numbers count and date. */
function judgedText(value: Scalar, place: Place): string | undefined {
  if (typeof value === 'string') return value;
  const isHandedOn = place === 'env' || place === 'header';
  return isHandedOn ? textOfScalar(value) : undefined;
}

/** Spares most of what a client keeps a closer look: no name and no form of a secret. */
function isDull(key: string, value: Scalar): boolean {
  if (typeof value !== 'string') return true;
  return !mayMeanCredential(key) && !isValueKey(key) && !mayHoldSecret(value);
}

function visitList(node: ListNode, frame: Frame, walk: Walk): void {
  const { items } = node;
  const here = readField(frame.key);
  const isCommand = items.some(isWord) && (here?.place === 'args' || items.some(isFlag));
  if (isCommand) visitWords(items, frame, walk);
  const hints = hintsWithin(frame, undefined);
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (item === undefined || (isCommand && item.kind === 'scalar')) continue;
    const place = here?.place ?? frame.place;
    const role = here?.role ?? frame.role;
    const { entry } = frame;
    const step = { step: index, key: String(index) };
    const inner: Frame = { above: frame, ...step, place, role, entry, hints };
    if (item.kind !== 'scalar') visit(item, inner, walk);
    else if (typeof item.value === 'string') {
      visitScalar(item, item.value, inner, itemName(frame.key), walk);
    }
  }
}

function isWord(node: DocumentNode): boolean {
  return node.kind === 'scalar' && node.value !== null;
}

function isFlag(node: DocumentNode): boolean {
  return (
    node.kind === 'scalar' && typeof node.value === 'string' && /^--?[A-Za-z]/.test(node.value)
  );
}

/** Arguments are judged together: a flag names the word after it. */
function visitWords(items: readonly DocumentNode[], frame: Frame, walk: Walk): void {
  const words = items.map((item) => (item.kind === 'scalar' ? String(item.value ?? '') : ''));
  const { hints } = frame;
  const context: Context = { place: 'args', role: 'setting', hints, depth: walk.depth };
  const hits = judgeWords(words, context, judgeInside);
  for (const [index, node] of items.entries()) {
    const value = words[index] ?? '';
    for (const hit of hits[index] ?? []) {
      const path = [...pathOf(frame), index];
      walk.found.push({ path, node, value, hit, place: 'args', entry: frame.entry });
    }
  }
}

function visitScalar(
  node: DocumentNode,
  value: string,
  frame: Frame,
  name: string,
  walk: Walk,
  declared = false,
): void {
  if (value.length < 6 || (!declared && !mayMeanCredential(name) && !mayHoldSecret(value))) return;
  const { entry, hints, role } = frame;
  const place = frame.place === 'setting' ? placeOfScalar(frame.key, value) : frame.place;
  const context: Context = { place, role, name, depth: walk.depth, declared, hints };
  for (const found of judgeScalar(value, context)) {
    const hit = inServiceAccount(found, name);
    walk.found.push({ path: pathOf(frame), node, value, hit, place, entry });
  }
}

/** Google alone calls the PEM of its key files `private_key`. */
function inServiceAccount(hit: Hit, name: string): Hit {
  if (name !== 'private_key' || hit.kind.id !== 'private-key-pem') return hit;
  return { ...hit, kind: kindById('gcp-sa-key') };
}

function judgeScalar(value: string, context: Context): readonly Hit[] {
  if (context.role === 'header' && /^[0-9]+$/.test(context.name ?? ''))
    return judgeWords(['-H', value], context, judgeInside)[1] ?? [];
  return judgeInside(value, context);
}

/** Judges a value with everything that may be peeled from it. */
export function judgeInside(value: string, context: Context): readonly Hit[] {
  return judge(value, context, peel);
}

function peel(text: string, context: Context): readonly Hit[] {
  const deeper = { ...context, depth: context.depth + 1 };
  const hits: Hit[] = [...peelJson(text, deeper), ...peelEncoded(text, deeper)];
  if (context.place === 'command' && /\s/.test(text))
    hits.push(...judgeCommand(text, { ...deeper, place: 'args', role: 'setting' }, judgeInside));
  if (/cookie/i.test(context.name ?? '')) hits.push(...findCookies(text, deeper, judgeInside));
  if (/[=:\s]/.test(text) && text.length > 12)
    hits.push(...findAssignments(text, deeper, judgeInside));
  return hits;
}

function peelJson(text: string, context: Context): readonly Hit[] {
  const first = text.trimStart()[0];
  if ((first !== '{' && first !== '[') || !text.includes('"')) return [];
  const root = readNested(text);
  if (root === undefined) return [];
  const role = context.role === 'header' || context.place === 'header' ? 'header' : 'setting';
  const isList = root.kind === 'list' && context.place === 'args';
  const inner = findInTree(root, {
    depth: context.depth,
    hints: context.hints,
    place: isList ? 'args' : 'setting',
    role,
  });
  return inner.scalars.map(({ node, value, hit }) =>
    placeIn(text, node.start, node.end, value.slice(hit.start, hit.end), hit),
  );
}

function readNested(text: string): DocumentNode | undefined {
  try {
    return parseText({ text, bom: false, format: 'json5', file: 'nested' }).root;
  } catch {
    // Not JSON after all: what looks like an assignment in it is still judged as text.
    return undefined;
  }
}

function peelEncoded(text: string, context: Context): readonly Hit[] {
  const decoded = decodeHidden(text);
  if (decoded === undefined) return [];
  const inner = judgeInside(decoded.text, context).filter((hit) => hit.confidence !== 'possible');
  const [best] = [...inner].sort((a, b) => b.rank - a.rank);
  if (best === undefined) return [];
  return [
    {
      ...best,
      start: decoded.start,
      end: decoded.end,
      rank: 96,
      reason: `${best.reason} It is encoded in base64.`,
    },
  ];
}
