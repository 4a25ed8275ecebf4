/**
 * Walks a document and judges every scalar in the light of the keys around it. It needs to know no
 * client: entries are recognised by what they hold, values by how their maps are called.
 */
import type { Place } from '../../shared/models/finding.ts';
import type { DocumentNode, ListNode, MapNode, Path } from '../documents/document.ts';
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
  isDeclared,
  itemName,
  nameOf,
  pathOf,
  widen,
} from './frames.ts';
import { judge } from './judge.ts';
import { kindById } from './kinds.ts';
import { mayMeanCredential } from './names.ts';
import { mayHoldSecret } from './quick.ts';

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
  /** Meaning of the root's own keys, for JSON under a known name. */
  readonly place?: Place;
  readonly role?: NameRole;
}

const noWords: ReadonlySet<string> = new Set();

export function findInTree(root: DocumentNode, options: TreeOptions = {}): readonly ScalarHit[] {
  const found: ScalarHit[] = [];
  const frame: Frame = {
    above: undefined,
    step: '',
    key: '',
    place: options.place ?? 'setting',
    role: options.role ?? 'setting',
    entry: undefined,
    hints: options.hints ?? (() => noWords),
  };
  visit(root, frame, { found, servers: options.servers, depth: options.depth ?? 0 });
  return found;
}

interface Walk {
  readonly found: ScalarHit[];
  readonly servers: ReadonlyMap<string, string> | undefined;
  readonly depth: number;
}

function visit(node: DocumentNode, frame: Frame, walk: Walk): void {
  if (node.kind === 'map') visitMap(node, frame, walk);
  else if (node.kind === 'list') visitList(node, frame, walk);
  else if (typeof node.value === 'string') visitScalar(node, node.value, frame, frame.key, walk);
}

function visitMap(node: MapNode, frame: Frame, walk: Walk): void {
  const entry = entryOf(node, frame, walk.servers);
  const hints = widen(frame, node);
  const here = readField(frame.key);
  const place = here?.place ?? frame.place;
  const role = here?.role ?? frame.role;
  for (const { key, node: child } of node.entries) {
    const inner: Frame = {
      above: frame,
      step: key,
      key,
      place,
      role,
      entry,
      hints,
    };
    if (child.kind !== 'scalar') visit(child, inner, walk);
    else if (typeof child.value === 'string')
      visitScalar(
        child,
        child.value,
        inner,
        nameOf(key, node, frame, role),
        walk,
        isDeclared(key, node),
      );
  }
}

function visitList(node: ListNode, frame: Frame, walk: Walk): void {
  const items = node.items;
  const words = items.map((item) =>
    item.kind === 'scalar' && item.value !== null ? String(item.value) : undefined,
  );
  const isCommand =
    readField(frame.key)?.place === 'args' ||
    words.some((word) => word !== undefined && /^--?[A-Za-z]/.test(word));
  const entry = frame.entry;
  if (isCommand && words.some((word) => word !== undefined)) {
    const context: Context = {
      place: 'args',
      role: 'setting',
      hints: frame.hints,
      depth: walk.depth,
    };
    const hits = judgeWords(
      words.map((word) => word ?? ''),
      context,
      judgeInside,
    );
    for (const [index, item] of items.entries()) {
      const value = words[index];
      if (value !== undefined && item.kind === 'scalar') {
        for (const hit of hits[index] ?? [])
          walk.found.push({
            path: [...pathOf(frame), index],
            node: item,
            value,
            hit,
            place: 'args',
            entry,
          });
      }
    }
  }
  for (const [index, item] of items.entries()) {
    const inner: Frame = {
      ...frame,
      above: frame,
      step: index,
      key: String(index),
      ...readField(frame.key),
    };
    if (item.kind !== 'scalar') visit(item, inner, walk);
    else if (!isCommand && typeof item.value === 'string')
      visitScalar(item, item.value, inner, itemName(frame.key), walk);
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
  const place = frame.place === 'setting' ? placeOfScalar(frame.key, value) : frame.place;
  const { entry } = frame;
  const base = {
    place,
    role: frame.role,
    name,
    depth: walk.depth,
    ...(declared ? { declared } : {}),
  };
  const context: Context = { ...base, hints: frame.hints };
  for (const hit of judgeScalar(value, context)) {
    walk.found.push({
      path: pathOf(frame),
      node,
      value,
      hit: inServiceAccount(hit, name),
      place,
      entry,
    });
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
  return inner.map(({ node, value, hit }) =>
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
