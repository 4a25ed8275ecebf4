/**
 * Edits in a JSON file of megabytes: the member around them is cut out, edited as a small document
 * of its own and put back, so that nothing else of the file is copied or read for each step.
 */

import { AppError } from '../../shared/errors.ts';
import type { MapNode, NodeEntry, ParsedDocument } from './document.ts';
import { entryOf } from './nodes.ts';
import { parseText, reopenText } from './parse-document.ts';
import { beginsLine, indentAt, largeText } from './text.ts';
import type { ValueEdit } from './writer.ts';

export interface Window {
  readonly map: MapNode;
  readonly entry: NodeEntry;
  /** How many keys of an edit's path lead to the map that holds the entry. */
  readonly depth: number;
}

/** The first member on the edit's path that is small; undefined when the edit needs the whole text. */
export function findWindow(
  document: ParsedDocument,
  { path }: ValueEdit,
  large = largeText,
): Window | undefined {
  if (document.format !== 'json' || document.text.length < large || document.root.kind !== 'map')
    return undefined;
  let map: MapNode = document.root;
  for (const [depth, key] of path.slice(0, -1).entries()) {
    const entry = entryOf(map, key);
    if (entry === undefined) return undefined;
    if (entry.node.end - entry.node.start < large) return { map, entry, depth };
    if (entry.node.kind !== 'map') return undefined;
    map = entry.node;
  }
  return undefined;
}

/** The document after `apply` has edited the member by itself. */
export function editInWindow(
  document: ParsedDocument,
  { map, entry }: Window,
  apply: (small: ParsedDocument) => ParsedDocument,
): ParsedDocument {
  const { text, eol, file, format } = document;
  const { end } = entry.node;
  const outer = indentAt(text, map.start);
  const isOnOwnLine = beginsLine(text, entry.keyStart);
  const lead = isOnOwnLine ? `${outer}{${eol}${indentAt(text, entry.keyStart)}` : '{';
  const tail = isOnOwnLine ? `${eol}${outer}}` : '}';
  const small = parseText({
    text: lead + text.slice(entry.keyStart, end) + tail,
    file,
    format,
    eol,
    bom: false,
  });
  const edited = apply(small);
  const member = edited.text.slice(lead.length, edited.text.length - tail.length);
  if (lead + member + tail !== edited.text || !holdsOnly(edited, entry.key)) {
    throw new AppError('internal', 'An edit left the member it was meant for.');
  }
  return reopenText(document, { start: entry.keyStart, end, text: member });
}

function holdsOnly({ root }: ParsedDocument, key: string): boolean {
  return root.kind === 'map' && root.entries.length === 1 && root.entries[0]?.key === key;
}
