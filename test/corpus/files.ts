/** Labelled files of the corpus. */

export interface FileLabel {
  readonly pointer: string;
  readonly kind: string;
  readonly family: string;
  readonly place: string;
}

export interface CorpusFile {
  readonly file: string;
  readonly format: string;
  readonly text: string;
  readonly labels: readonly FileLabel[];
  readonly negatives: readonly { readonly pointer: string; readonly group: string }[];
  readonly values: readonly string[];
}

export interface Corpus {
  readonly files: readonly CorpusFile[];
  readonly entries: number;
}
