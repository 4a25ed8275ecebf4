/**
 * Reads the outcome of a splice again and compares it with what the edit should have made of the
 * data, so that a wrong splice is refused and never written.
 */

import { AppError } from '../../shared/errors.ts';
import type { DocumentNode, ParsedDocument, Plain, Splice } from './document.ts';
import { equalPlain, plainOf } from './nodes.ts';
import { parseText, reopenText } from './parse-document.ts';
import { applyPlain } from './plain-edit.ts';
import { unwritable } from './problem.ts';
import type { ValueEdit } from './writer.ts';

/** Reads the whole text again. @throws AppError `file_unsupported` when it holds anything else than intended */
export function checkWhole(
  document: ParsedDocument,
  text: string,
  intended: Plain,
): ParsedDocument {
  const edited = reread(document, text);
  if (!equalPlain(plainOf(edited.root), intended)) throw wrong(document);
  return edited;
}

/** A container around an edit, or the node in whose place a value is put. */
export interface Around {
  readonly node: DocumentNode;
  /** How many keys of the edit's path lead to it. */
  readonly depth: number;
}

/**
 * Reads only the value around the splices again. That is enough where a value means the same
 * wherever it stands: the text before and behind it is the old one, and one whole value has taken the
 * place of another. In a file of megabytes this saves reading them all once more.
 */
export function checkPart(
  document: ParsedDocument,
  text: string,
  edit: ValueEdit,
  { node, depth }: Around,
  splices: readonly Splice[],
): ParsedDocument {
  const { start, end } = node;
  if (splices.some((splice) => splice.start < start || splice.end > end)) throw wrong(document);
  const by = text.length - document.text.length;
  const source = text.slice(start, end + by);
  const part = reread(document, source);
  if (part.root.start !== 0 || part.root.end !== source.length) throw wrong(document);
  const rest = edit.path.slice(depth);
  const isMember = rest.length > 0 && node.kind !== 'scalar';
  const isRight = isMember
    ? hasRightMembers(document.text, node, part, rest, edit)
    : equalPlain(plainOf(part.root), applyPlain(null, rest, intendedValue(edit)));
  if (!isRight) throw wrong(document);
  return reopenText(document, { start, end, text: source });
}

/** Whether every other member is the same text in the same order, and the new one has its value. */
function hasRightMembers(
  text: string,
  before: DocumentNode,
  part: ParsedDocument,
  rest: ValueEdit['path'],
  edit: ValueEdit,
): boolean {
  const [key = '', ...deeper] = rest;
  const old = membersOf(text, before);
  const now = membersOf(part.text, part.root);
  if (part.root.kind !== before.kind) return false;
  if (edit.op === 'remove') {
    const kept = old.filter((member) => member.key !== String(key));
    return kept.length === old.length - 1 && sameSources(kept, now);
  }
  const added = now.at(-1);
  const value = applyPlain(null, deeper, edit.value);
  return (
    added !== undefined &&
    added.key === String(key) &&
    sameSources(old, now.slice(0, -1)) &&
    equalPlain(plainOf(added.node), value)
  );
}

interface Member {
  readonly key: string;
  readonly source: string;
  readonly node: DocumentNode;
}

function membersOf(text: string, node: DocumentNode): Member[] {
  if (node.kind === 'scalar') return [];
  if (node.kind === 'map') {
    return node.entries.map((entry) => ({
      key: entry.key,
      source: text.slice(entry.keyStart, entry.node.end),
      node: entry.node,
    }));
  }
  return node.items.map((item, index) => ({
    key: String(index),
    source: text.slice(item.start, item.end),
    node: item,
  }));
}

function sameSources(a: readonly Member[], b: readonly Member[]): boolean {
  return a.length === b.length && a.every((member, index) => member.source === b[index]?.source);
}

function intendedValue(edit: ValueEdit): Plain | undefined {
  return edit.op === 'set' ? edit.value : undefined;
}

function reread(document: ParsedDocument, text: string): ParsedDocument {
  try {
    return parseText({ ...sourceOf(document), text });
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    throw unwritable(document.file, 'the outcome could not be read again');
  }
}

function sourceOf({
  file,
  format,
  bom,
  eol,
}: ParsedDocument): Pick<ParsedDocument, 'file' | 'format' | 'bom' | 'eol'> {
  return { file, format, bom, eol };
}

function wrong(document: ParsedDocument): Error {
  return unwritable(document.file, 'the outcome would say something else');
}
