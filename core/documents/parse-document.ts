/**
 * The front of reading: bytes of any of the five formats to one tree with places. Editing stands in
 * `edit-document.ts`; what a tree means is left to `core/clients`.
 */

import type { Comment, DocumentFormat, DocumentNode, ParsedDocument, Splice } from './document.ts';
import { jsonDialects } from './json-dialect.ts';
import { type Refuse, readJson, rereadTrustedJson } from './json-read.ts';
import { findDuplicates } from './nodes.ts';
import { TextProblem, unparsable } from './problem.ts';
import { applySplices, decodeText, dominantEol, encodeText, spliceBytes } from './text.ts';
import { readToml } from './toml-read.ts';
import { readYaml } from './yaml-read.ts';

interface ReadText {
  readonly root: DocumentNode;
  readonly comments: readonly Comment[];
}

/** One reader a format; each throws TextProblem where the text breaks the grammar. */
const readers: Readonly<Record<DocumentFormat, (text: string, refuse: Refuse) => ReadText>> = {
  json: (text, refuse) => readJson(text, jsonDialects.json, refuse),
  jsonc: (text, refuse) => readJson(text, jsonDialects.jsonc, refuse),
  json5: (text, refuse) => readJson(text, jsonDialects.json5, refuse),
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
  return parseText({ text, bom, format, file, bytes });
}

/** Reads text that is already decoded. @throws AppError as `parseDocument` */
export function parseText(source: {
  readonly text: string;
  readonly bom: boolean;
  readonly format: DocumentFormat;
  readonly file: string;
  /** Of the text before an edit, which may have left no line to tell it by. */
  readonly eol?: ParsedDocument['eol'];
  /** What the text was decoded from. */
  readonly bytes?: Uint8Array;
}): ParsedDocument {
  const { text, file, format, bom } = source;
  const refuse: Refuse = (problem) => unparsable(file, text, problem);
  try {
    const { root, comments } = readers[format](text, refuse);
    return {
      file,
      format,
      text,
      bom,
      root,
      comments,
      eol: source.eol ?? dominantEol(text),
      get bytes() {
        return source.bytes ?? encodeText(text, bom, file);
      },
      get duplicates() {
        return findDuplicates(text, root);
      },
    };
  } catch (thrown) {
    throw thrown instanceof TextProblem ? refuse(thrown) : thrown;
  }
}

/**
 * A document after a splice whose outcome was read and found right. The tree is read when it is
 * wanted, and a strict file is not checked a second time.
 */
export function reopenText(document: ParsedDocument, splice: Splice): ParsedDocument {
  const { file, format, bom, eol } = document;
  const text = applySplices(document.text, [splice]);
  let read: ReadText | undefined;
  const refuse: Refuse = (problem) => unparsable(file, text, problem);
  const tree = (): ReadText => {
    read ??=
      format === 'json'
        ? { root: rereadTrustedJson(text, document.root, splice, refuse), comments: [] }
        : readers[format](text, refuse);
    return read;
  };
  return {
    file,
    format,
    text,
    bom,
    eol,
    get bytes() {
      return spliceBytes(document, splice);
    },
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
