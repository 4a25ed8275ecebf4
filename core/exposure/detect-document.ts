/** Detection in a parsed document: every scalar, every comment, and the keys themselves. */
import { Secret } from '../../shared/secret.ts';
import type { ParsedDocument, Path } from '../documents/document.ts';
import { toPointer } from '../documents/pointer.ts';
import { detectInText } from './detect-text.ts';
import type { Detection, Hit } from './detection.ts';
import { countLines } from './lines.ts';
import { maskForms, maskValue } from './mask.ts';
import { toSecretName } from './names.ts';
import { findInTree, type KeyHit, type ScalarHit } from './tree.ts';

/** An entry that the caller knows to be a server. */
export interface KnownServer {
  readonly path: Path;
  readonly name: string;
}

export interface DocumentOptions {
  /** Without them entries are recognised by their shape. */
  readonly servers?: readonly KnownServer[];
}

/**
 * All suspected secrets of a document, in order of place. Pure; never throws. `possible` ones are
 * included: callers that only count them filter.
 */
export function detectInDocument(
  document: ParsedDocument,
  options: DocumentOptions = {},
): readonly Detection[] {
  const lineAt = countLines(document.text);
  const servers = options.servers?.map(({ path, name }) => [path.join('\0'), name] as const);
  const isJson = document.format === 'json' || document.format === 'jsonc';
  const { scalars, keys } = findInTree(document.root, {
    ...(servers === undefined ? {} : { servers: new Map(servers) }),
    ...(isJson ? { json: document.text } : {}),
  });
  const shown = maskKeys();
  const found = scalars.map((scalar) => toDetection(scalar, lineAt, shown));
  const inKeys = keys.map((key) => keyDetection(key, lineAt));
  return unique([...found, ...inKeys, ...detectInComments(document, lineAt)]);
}

type LineAt = (offset: number) => number;

/** Map keys as they may be shown; those of one document come again and again. */
function maskKeys(): (key: string) => string {
  const known = new Map<string, string>();
  return (key) => {
    const shown = known.get(key) ?? maskForms(key);
    known.set(key, shown);
    return shown;
  };
}

function toDetection(
  { path, node, value, hit, place, entry }: ScalarHit,
  lineAt: LineAt,
  shown: (key: string) => string,
): Detection {
  const where = hit.place === 'url' && place === 'setting' ? 'url' : place;
  return {
    ...describe(hit, value.slice(hit.start, hit.end)),
    path,
    pointer: toPointer(path.map((key) => (typeof key === 'string' ? shown(key) : key))),
    start: hit.start,
    end: hit.end,
    where,
    line: lineAt(node.start),
    suggestedName: suggestName(hit, path),
    ...(entry === undefined ? {} : { entry: { name: entry.name, path: entry.path } }),
  };
}

/** The part of a detection that follows from the hit alone. */
export function describe(
  hit: Hit,
  value: string,
): Pick<
  Detection,
  'value' | 'kind' | 'family' | 'label' | 'confidence' | 'reason' | 'preview' | 'rotateUrl'
> {
  const { kind, confidence, reason } = hit;
  return {
    value: new Secret(value),
    kind: kind.id,
    family: kind.family,
    label: kind.label,
    confidence,
    reason,
    preview: maskValue(value, kind),
    ...(kind.rotateUrl === undefined ? {} : { rotateUrl: kind.rotateUrl }),
  };
}

/** The name it stands under, else the nearest key that is no index, else the kind. */
export function suggestName(hit: Hit, path: Path): string {
  const key = path.findLast((part) => typeof part === 'string');
  const name =
    hit.name === undefined || hit.name === ''
      ? undefined
      : maskForms(hit.name) === hit.name
        ? hit.name
        : undefined;
  const named =
    name ??
    (typeof key === 'string' && !/^(?:args|command|url|headers|cmd)$/i.test(key)
      ? maskForms(key)
      : undefined);
  return toSecretName((named ?? hit.kind.id).replaceAll('•', ''), toSecretName(hit.kind.id));
}

/** A map key has no scalar to point at: the line is all that is told. */
function keyDetection({ path, key, keyStart, hit }: KeyHit, lineAt: LineAt): Detection {
  const line = lineAt(keyStart);
  return {
    ...describe(hit, key.slice(hit.start, hit.end)),
    keyPath: path,
    pointer: `#L${line}`,
    start: hit.start,
    end: hit.end,
    where: 'setting',
    line,
    suggestedName: suggestName(hit, []),
  };
}

function detectInComments(document: ParsedDocument, lineAt: LineAt): readonly Detection[] {
  return document.comments.flatMap((comment) => {
    const first = lineAt(comment.start);
    return detectInText(comment.text, 'comment').map((found) => {
      const line = first + found.line - 1;
      return {
        ...found,
        line,
        pointer: `#L${line}`,
        start: found.start + comment.start,
        end: found.end + comment.start,
      };
    });
  });
}

/** One detection per value and place, and no two secrets of one entry under the same name. */
function unique(detections: readonly Detection[]): readonly Detection[] {
  const seen = new Map<string, Detection[]>();
  return detections.filter((found) => {
    const twins = seen.get(found.pointer) ?? [];
    seen.set(found.pointer, [...twins, found]);
    return !twins.some((twin) => twin.start === found.start && twin.value.equals(found.value));
  });
}
