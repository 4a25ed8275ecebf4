/** Where the walk stands in a document: the keys above, the entry around, the name of a value. */
import type { Place } from '../../shared/models/finding.ts';
import type { Key, MapNode, Path } from '../documents/document.ts';
import type { NameRole } from './detection.ts';
import {
  bareKey,
  credentialMaps,
  declaringKeys,
  entryKeys,
  namingKeys,
  plainKeys,
  providerKeys,
  valueKeys,
} from './fields.ts';
import { isHint } from './named.ts';
import { readName, wordsOf } from './names.ts';

export interface Entry {
  readonly name: string;
  readonly path: Path;
}

export interface Frame {
  /** The frame around it; paths are put together only for what is found. */
  readonly above: Frame | undefined;
  readonly step: Key;
  readonly key: string;
  readonly place: Place;
  readonly role: NameRole;
  readonly entry: Entry | undefined;
  /** Lower-case words of what stands around it, those that tell a provider. */
  readonly hints: () => ReadonlySet<string>;
}

/** From the root to where the frame stands. */
export function pathOf(frame: Frame): Path {
  const path: Key[] = [];
  for (let here: Frame = frame; here.above !== undefined; here = here.above)
    path.unshift(here.step);
  return path;
}

/** Of larger maps the neighbours are no description of each other. */
const mostNeighbours = 64;

/** Asks at most once. */
export function once<T>(ask: () => T): () => T {
  let answer: { readonly value: T } | undefined;
  return () => {
    answer ??= { value: ask() };
    return answer.value;
  };
}

/**
 * Hints around the members of a map (or list: without a map), from the root down: keys, and what the
 * maps on the way say of themselves. A member's own key is not among them, so that all share one.
 */
export function hintsWithin(
  frame: Pick<Frame, 'key' | 'hints'>,
  map: MapNode | undefined,
): () => ReadonlySet<string> {
  return once(() => {
    const above = frame.hints();
    const isAlone = map === undefined || map.entries.length > mostNeighbours;
    const own = isAlone ? [] : neighbourWords(map);
    const words = [...wordsOf(frame.key.slice(0, 200)), ...own].filter(isHint);
    return words.length === 0 ? above : new Set([...above, ...words]);
  });
}

function neighbourWords(node: MapNode): readonly string[] {
  return node.entries.flatMap(({ key, node: child }) => {
    const bare = bareKey(key);
    const isTelling = providerKeys.has(bare) || entryKeys.has(key);
    const scalars = child.kind === 'list' ? child.items : [child];
    const texts = scalars.map((scalar) => (scalar.kind === 'scalar' ? scalar.value : undefined));
    const words = texts.flatMap((text) => {
      if (typeof text !== 'string' || text.length > 300) return [];
      return isTelling ? wordsOf(text) : hostWords(text);
    });
    const isPlain =
      child.kind === 'scalar' && key.length < 60 && readName(key, 'variable').strength === 'none';
    return isPlain ? [...words, ...wordsOf(key)] : words;
  });
}

/** `http://homeassistant.local:8123/x` says whose token stands beside it. */
function hostWords(text: string): readonly string[] {
  const host = /^[a-z]{2,10}:\/\/([A-Za-z0-9.-]{3,100})/.exec(text)?.[1];
  return host === undefined ? [] : wordsOf(host);
}

/** The entry a map is or stands in. `servers`: those that the caller knows. */
export function entryOf(
  node: MapNode,
  frame: Frame,
  servers: ReadonlyMap<string, string> | undefined,
): Entry | undefined {
  if (frame.entry !== undefined || frame.above === undefined) return frame.entry;
  if (servers !== undefined) {
    const known = servers.get(pathOf(frame).join('\0'));
    return known === undefined ? undefined : { name: known, path: pathOf(frame) };
  }
  const isEntry = node.entries.some(
    ({ key, node: child }) => child.kind !== 'map' && entryKeys.has(key),
  );
  if (!isEntry) return undefined;
  const named = textOf(node, 'name') ?? textOf(node, 'id');
  return {
    name: /^[0-9]*$/.test(frame.key) ? (named ?? frame.key) : frame.key,
    path: pathOf(frame),
  };
}

function textOf(node: MapNode, key: string): string | undefined {
  const child = node.entries.find((entry) => entry.key === key)?.node;
  return child?.kind === 'scalar' && typeof child.value === 'string' ? child.value : undefined;
}

/** Whether the neighbours of a key name its value. */
export function isValueKey(key: string): boolean {
  return key.length >= 3 && key.length <= 14 && valueKeys.has(bareKey(key));
}

/** The name under which a value is judged: its key, or what its neighbours call it. */
export function nameOf(key: string, node: MapNode, frame: Frame, role: NameRole): string {
  if (isValueKey(key)) {
    for (const naming of namingKeys) {
      const text = naming === key ? undefined : textOf(node, naming);
      if (text !== undefined && text.length < 100) return text;
    }
    return frame.key;
  }
  const credential = frame.key.length > 14 ? undefined : credentialMaps.get(bareKey(frame.key));
  const isPlain =
    credential === undefined || plainKeys.test(key) || readName(key, role).strength !== 'none';
  return isPlain ? key : `${key}_${credential}`;
}

export function isDeclared(key: string, node: MapNode): boolean {
  if (!isValueKey(key)) return false;
  return declaringKeys.some((declaring) => {
    const child = node.entries.find((entry) => entry.key === declaring)?.node;
    return child?.kind === 'scalar' && child.value === true;
  });
}

/** Items of `apiKeys` are each an api key. */
export function itemName(key: string): string {
  return credentialMaps.get(bareKey(key)) ?? key;
}
