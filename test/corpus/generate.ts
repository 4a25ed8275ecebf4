/** A labelled corpus from a seed: documents in every dialect, and text files. */
import { makeDocument } from './documents.ts';
import type { Corpus } from './files.ts';
import { makeLines } from './lines.ts';
import { createDice } from './random.ts';

/** About `count` entries in documents, and half as many lines in text files. */
export function generateCorpus(seed: number, count: number): Corpus {
  const dice = createDice(seed);
  const perFile = 5;
  const documents = Array.from({ length: Math.ceil(count / perFile) }, (_, index) =>
    makeDocument(dice, index, perFile),
  );
  const lines = Array.from({ length: Math.ceil(count / 16) }, (_, index) =>
    makeLines(dice, index, 10),
  );
  return { files: [...documents, ...lines], entries: documents.length * perFile };
}
