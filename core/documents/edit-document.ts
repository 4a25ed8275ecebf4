/**
 * The front of editing: plain edits become splices of the text, each checked by reading the outcome
 * again, so that a splice which went wrong is refused and never written.
 */

import { AppError } from '../../shared/errors.ts';
import { type Around, checkPart, checkWhole } from './check-edit.ts';
import type {
  DocumentFormat,
  DocumentNode,
  Edit,
  ListNode,
  MapNode,
  ParsedDocument,
  Path,
  Plain,
  Splice,
} from './document.ts';
import { editInWindow, findWindow } from './edit-window.ts';
import { jsonDialects } from './json-dialect.ts';
import { createJsonWriter } from './json-edit.ts';
import {
  childOf,
  equalPlain,
  isPlainMap,
  nodeAt,
  plainAt,
  plainMap,
  plainOf,
  twinsOf,
} from './nodes.ts';
import { applyPlain } from './plain-edit.ts';
import { duplicateKeys, TextProblem, unwritable } from './problem.ts';
import { applySplices, lineOf } from './text.ts';
import { tomlWriter } from './toml-edit.ts';
import type { ValueEdit, Writer } from './writer.ts';
import { yamlWriter } from './yaml-edit.ts';

const writers: Readonly<Record<DocumentFormat, Writer>> = {
  json: createJsonWriter(jsonDialects.json),
  jsonc: createJsonWriter(jsonDialects.jsonc),
  json5: createJsonWriter(jsonDialects.json5),
  toml: tomlWriter,
  yaml: yamlWriter,
};

type SetEdit = Extract<Edit, { op: 'set' }>;

/**
 * The bytes of the document after the edits, in order. Everything that no edit names stays as it is:
 * byte order mark, line endings, indentation, comments, order. Text edits come first, since their
 * offsets belong to the document as it was read. Removing what is not there changes nothing.
 * @throws AppError `file_duplicate_keys` when a map on an edit's path holds a key twice,
 * `file_unsupported` when the edit would touch other text, `bad_input` for a path that cannot be
 */
export function editDocument(document: ParsedDocument, edits: readonly Edit[]): Uint8Array {
  const values = edits.filter((edit) => edit.op !== 'text');
  return applyAll(applyTextEdits(document, edits), values).bytes;
}

function applyAll(document: ParsedDocument, edits: readonly ValueEdit[]): ParsedDocument {
  const [edit, ...others] = edits;
  if (edit === undefined) return document;
  const window = findWindow(document, edit);
  if (window === undefined) return applyAll(applyEdit(document, edit), others);
  // Neighbouring edits of one member share a window.
  const isElsewhere = (other: ValueEdit): boolean =>
    findWindow(document, other)?.entry.keyStart !== window.entry.keyStart;
  const next = others.findIndex(isElsewhere);
  const group = next === -1 ? edits : edits.slice(0, next + 1);
  for (const { path } of group) guardPath(document, path);
  const edited = editInWindow(document, window, (small) =>
    group.map((one) => ({ ...one, path: one.path.slice(window.depth) })).reduce(applyEdit, small),
  );
  return applyAll(edited, next === -1 ? [] : others.slice(next));
}

function applyTextEdits(document: ParsedDocument, edits: readonly Edit[]): ParsedDocument {
  const splices = edits.filter((edit) => edit.op === 'text');
  if (splices.length === 0) return document;
  return checkWhole(document, applySplices(document.text, splices), plainOf(document.root));
}

function applyEdit(document: ParsedDocument, edit: ValueEdit): ParsedDocument {
  const { path } = edit;
  guardPath(document, path);
  const node = nodeAt(document, path);
  if (node !== undefined && edit.op === 'set' && equalPlain(plainOf(node), edit.value))
    return document;
  const parts = divide(document, edit);
  if (parts !== undefined) return applyParts(document, edit, parts);
  if (edit.op === 'remove') {
    if (node === undefined) return document;
    if (path.length === 0) throw new AppError('bad_input', 'The whole document cannot be removed.');
    guardLocked(document, node);
    const depth = path.length - 1;
    const container = nodeAt(document, path.slice(0, depth)) ?? document.root;
    return spliced(document, edit, { node: container, depth }, (writer) =>
      writer.remove(document, path),
    );
  }
  if (node === undefined) return insert(document, edit);
  guardLocked(document, node);
  return spliced(document, edit, { node, depth: path.length }, (writer) =>
    writer.replace(document, path, node, edit.value),
  );
}

/** A map over a map is set key by key, so that comments and keys that stay are not written again. */
function divide(document: ParsedDocument, edit: ValueEdit): readonly ValueEdit[] | undefined {
  const { path } = edit;
  if (edit.op === 'remove') return undefined;
  const writer = writers[document.format];
  const own = writer.divide?.(document, path, edit.value);
  if (own !== undefined) return own;
  const node = nodeAt(document, path);
  const { value } = edit;
  if (node?.kind !== 'map' || !isPlainMap(value) || twinsOf(node).length > 0) return undefined;
  const keys = node.entries.map((entry) => entry.key);
  const isWhole = path.length === 0 || writer.hasPlace?.(document, path) === false;
  if (!isWhole && !keys.some((key) => Object.hasOwn(value, key))) return undefined;
  const kept = Object.entries(value).map(
    ([key, item]): ValueEdit => ({ op: 'set', path: [...path, key], value: item }),
  );
  const gone = keys.filter((key) => !Object.hasOwn(value, key));
  return [...kept, ...gone.map((key): ValueEdit => ({ op: 'remove', path: [...path, key] }))];
}

function applyParts(
  document: ParsedDocument,
  edit: ValueEdit,
  parts: readonly ValueEdit[],
): ParsedDocument {
  const edited = parts.reduce(applyEdit, document);
  const outcome = plainAt(edited, edit.path);
  if (edit.op === 'set' && (outcome === undefined || !equalPlain(outcome, edit.value))) {
    throw unwritable(document.file, 'the format cannot hold it at this place');
  }
  return edited;
}

/** Adds what is missing on the path below the deepest node that exists. */
function insert(document: ParsedDocument, edit: SetEdit): ParsedDocument {
  let container: DocumentNode = document.root;
  let depth = 0;
  for (const key of edit.path) {
    const child = childOf(container, key);
    if (child === undefined) break;
    container = child;
    depth += 1;
  }
  const missing = edit.path.slice(depth + 1);
  const value = missing.reduceRight<Plain>(
    (inner, key) => plainMap([[String(key), inner]]),
    edit.value,
  );
  const key = edit.path[depth];
  const path = edit.path.slice(0, depth);
  if (key === undefined) return document;
  if (container.kind === 'map')
    return addMember(document, edit, path, container, String(key), value);
  if (container.kind === 'list' && Number(key) === container.items.length) {
    return addMember(document, edit, path, container, undefined, value);
  }
  if (container.kind === 'scalar' && container.value === null && typeof key === 'string') {
    const node = container;
    return spliced(document, edit, { node, depth }, (writer) =>
      writer.replace(document, path, node, plainMap([[key, value]])),
    );
  }
  throw new AppError('bad_input', `${document.file} has no map at the place of this edit.`, {
    details: {
      file: document.file,
      path: edit.path.map(String),
    },
  });
}

function addMember(
  document: ParsedDocument,
  edit: SetEdit,
  path: Path,
  container: MapNode | ListNode,
  key: string | undefined,
  value: Plain,
): ParsedDocument {
  return spliced(document, edit, { node: container, depth: path.length }, (writer) =>
    writer.insert(document, path, container, key, value),
  );
}

/** Splices, and checks the outcome: of JSON the value around the splices, of the others all. */
function spliced(
  document: ParsedDocument,
  edit: ValueEdit,
  around: Around,
  splice: (writer: Writer) => Splice[],
): ParsedDocument {
  const writer = writers[document.format];
  const splices = rendered(document, () => splice(writer));
  const text = applySplices(document.text, splices);
  if (writer.valuesStandAlone && around.node.start < around.node.end) {
    return checkPart(document, text, edit, around, splices);
  }
  const gone = edit.op === 'remove' ? writer.alsoRemoved?.(document, edit.path) : undefined;
  const value = edit.op === 'set' ? edit.value : undefined;
  return checkWhole(document, text, applyPlain(plainOf(document.root), gone ?? edit.path, value));
}

function rendered(document: ParsedDocument, splice: () => Splice[]): Splice[] {
  try {
    return splice();
  } catch (thrown) {
    if (!(thrown instanceof TextProblem)) throw thrown;
    throw new AppError(
      'bad_input',
      `This cannot be written to ${document.file}: ${thrown.message}.`,
      {
        details: { file: document.file },
      },
    );
  }
}

function guardPath(document: ParsedDocument, path: Path): void {
  let node: DocumentNode | undefined = document.root;
  for (const [depth, key] of path.entries()) {
    if (node === undefined) return;
    if (node.locked !== undefined)
      throw unwritable(document.file, node.locked, { line: lineOf(document.text, node.start) });
    const twin = node.kind === 'map' ? twinsOf(node)[0] : undefined;
    if (twin !== undefined)
      throw duplicateKeys(
        document.file,
        [...path.slice(0, depth), twin.key],
        lineOf(document.text, twin.keyStart),
      );
    node = childOf(node, key);
  }
}

function guardLocked(document: ParsedDocument, node: DocumentNode): void {
  if (node.locked !== undefined)
    throw unwritable(document.file, node.locked, { line: lineOf(document.text, node.start) });
  if (node.kind === 'map') for (const entry of node.entries) guardLocked(document, entry.node);
  if (node.kind === 'list') for (const item of node.items) guardLocked(document, item);
}
