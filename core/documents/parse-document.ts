/**
 * The front of reading: bytes of any of the five formats to one tree with places. Editing stands in
 * `edit-document.ts`; what a tree means is left to `core/clients`.
 */

import type { Comment, DocumentFormat, DocumentNode, ParsedDocument } from './document.ts';
import { jsonDialects } from './json-dialect.ts';
import { readJson, rereadTrustedJson } from './json-read.ts';
import { findDuplicates } from './nodes.ts';
import { TextProblem, unparsable } from './problem.ts';
import { decodeText, dominantEol } from './text.ts';
import { readToml } from './toml-read.ts';
import { readYaml } from './yaml-read.ts';

interface ReadText {
  readonly root: DocumentNode;
  readonly comments: readonly Comment[];
}

/** One reader a format; each throws TextProblem where the text breaks the grammar. */
const readers: Readonly<Record<DocumentFormat, (text: string) => ReadText>> = {
  json: (text) => readJson(text, jsonDialects.json),
  jsonc: (text) => readJson(text, jsonDialects.jsonc),
  json5: (text) => readJson(text, jsonDialects.json5),
  toml: readToml,
  yaml: readYaml,
};

/**
 * Reads one file. A file that is empty, blank or only comments is an empty map.
 * @param file its path, for messages
 * @throws AppError `file_unparsable` with file, line and column; `file_unsupported` for text that is not UTF-8
 */
export function parseDocument(
  bytes: Uint8Array,
  format: DocumentFormat,
  file: string,
): ParsedDocument {
  const { text, bom } = decodeText(bytes, file);
  return parseText({ text, bom, format, file });
}

/** Reads text that is already decoded. @throws AppError as `parseDocument` */
export function parseText(source: {
  readonly text: string;
  readonly bom: boolean;
  readonly format: DocumentFormat;
  readonly file: string;
  /** Of the text before an edit, which may have left no line to tell it by. */
  readonly eol?: ParsedDocument['eol'];
}): ParsedDocument {
  const { text, file, format, bom } = source;
  try {
    const { root, comments } = readers[format](text);
    return {
      file,
      format,
      text,
      bom,
      root,
      comments,
      eol: source.eol ?? dominantEol(text),
      get duplicates() {
        return findDuplicates(text, root);
      },
    };
  } catch (thrown) {
    if (thrown instanceof TextProblem) throw unparsable(file, text, thrown);
    throw thrown;
  }
}

/**
 * An edited text whose changed part was read and found right, as a document. The tree is read when
 * it is wanted, and a strict file is not checked a second time.
 * @param change the range before the edit, and by how much it grew
 */
export function reopenText(
  document: ParsedDocument,
  text: string,
  change: { readonly start: number; readonly end: number; readonly by: number },
): ParsedDocument {
  const { file, format, bom, eol } = document;
  let read: ReadText | undefined;
  const tree = (): ReadText => {
    read ??=
      format === 'json'
        ? { root: rereadTrustedJson(text, document.root, change), comments: [] }
        : readers[format](text);
    return read;
  };
  return {
    file,
    format,
    text,
    bom,
    eol,
    get root() {
      return tree().root;
    },
    get comments() {
      return tree().comments;
    },
    get duplicates() {
      return findDuplicates(text, tree().root);
    },
  };
}
