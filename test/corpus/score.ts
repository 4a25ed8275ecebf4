/** Scores detection on a fresh corpus: `node test/corpus/score.ts --seed 7 --count 700 [--misses]`. */
import { pathToFileURL } from 'node:url';
import { detectInBytes } from '../../core/exposure/detect-bytes.ts';
import type { Corpus, CorpusFile } from './files.ts';
import { generateCorpus } from './generate.ts';

export interface Tally {
  readonly found: number;
  readonly total: number;
}

export interface Score {
  readonly labels: number;
  readonly recall: number;
  readonly precision: number;
  /** Share of hard negatives that were reported. */
  readonly negativesReported: number;
  readonly kindExact: number;
  readonly kindFamily: number;
  readonly byPlace: Readonly<Record<string, Tally>>;
  readonly byFormat: Readonly<Record<string, Tally>>;
  readonly misses: readonly string[];
  readonly extras: readonly string[];
  readonly wrongKinds: readonly string[];
  readonly milliseconds: number;
}

interface Counts {
  labels: number;
  found: number;
  reported: number;
  negatives: number;
  hits: number;
  exact: number;
  family: number;
}

function add(
  tallies: Record<string, { found: number; total: number }>,
  key: string,
  isFound: boolean,
): void {
  const tally = tallies[key] ?? { found: 0, total: 0 };
  tallies[key] = tally;
  tally.total += 1;
  if (isFound) tally.found += 1;
}

/** Reports as `scan` does: `possible` ones do not count. */
export function scoreCorpus({ files }: Corpus): Score {
  const counts: Counts = {
    labels: 0,
    found: 0,
    reported: 0,
    negatives: 0,
    hits: 0,
    exact: 0,
    family: 0,
  };
  const byPlace: Record<string, { found: number; total: number }> = {};
  const byFormat: Record<string, { found: number; total: number }> = {};
  const lists = { misses: [] as string[], extras: [] as string[], wrongKinds: [] as string[] };
  const start = performance.now();
  for (const file of files) scoreFile(file, counts, byPlace, byFormat, lists);
  return {
    labels: counts.labels,
    recall: counts.found / counts.labels,
    precision: 1 - lists.extras.length / counts.reported,
    negativesReported: counts.hits / Math.max(1, counts.negatives),
    kindExact: counts.exact / counts.found,
    kindFamily: counts.family / counts.found,
    byPlace,
    byFormat,
    ...lists,
    milliseconds: performance.now() - start,
  };
}

type Lists = {
  readonly misses: string[];
  readonly extras: string[];
  readonly wrongKinds: string[];
};

function scoreFile(
  file: CorpusFile,
  counts: Counts,
  byPlace: Record<string, { found: number; total: number }>,
  byFormat: Record<string, { found: number; total: number }>,
  lists: Lists,
): void {
  const detections = detectInBytes(new TextEncoder().encode(file.text), file.file).filter(
    ({ confidence }) => confidence !== 'possible',
  );
  const pointers = new Map(file.labels.map((label) => [label.pointer, label]));
  const hit = new Set(detections.map(({ pointer }) => pointer));
  for (const label of file.labels) {
    const found = detections.find(({ pointer }) => pointer === label.pointer);
    counts.labels += 1;
    add(byPlace, label.place, found !== undefined);
    add(byFormat, file.format, found !== undefined);
    if (found === undefined) {
      lists.misses.push(`${file.file} ${label.pointer} ${label.kind} ${label.place}`);
      continue;
    }
    counts.found += 1;
    if (found.kind === label.kind) counts.exact += 1;
    else
      lists.wrongKinds.push(
        `${label.kind} in ${label.place} taken for ${found.kind} at ${file.file} ${label.pointer}`,
      );
    if (found.family === label.family) counts.family += 1;
  }
  for (const detection of detections) {
    counts.reported += 1;
    if (!pointers.has(detection.pointer))
      lists.extras.push(
        `${file.file} ${detection.pointer} ${detection.kind} (${detection.reason})`,
      );
  }
  for (const negative of file.negatives) {
    if (pointers.has(negative.pointer)) continue;
    counts.negatives += 1;
    if (hit.has(negative.pointer)) counts.hits += 1;
  }
}

function argument(name: string, fallback: number): number {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
}

function print(score: Score): void {
  const share = (value: number) => value.toFixed(4);
  console.log(
    `labels ${score.labels}  recall ${share(score.recall)}  precision ${share(score.precision)}  hard negatives reported ${share(score.negativesReported)}`,
  );
  console.log(
    `kind exact ${share(score.kindExact)}  family ${share(score.kindFamily)}  time ${score.milliseconds.toFixed(0)} ms`,
  );
  for (const [title, tallies] of [
    ['place', score.byPlace],
    ['format', score.byFormat],
  ] as const) {
    for (const [key, { found, total }] of Object.entries(tallies))
      console.log(`  ${title} ${key}: ${found}/${total}`);
  }
  if (!process.argv.includes('--misses')) return;
  for (const line of score.misses) console.log(`missed  ${line}`);
  for (const line of score.extras) console.log(`extra   ${line}`);
  for (const line of score.wrongKinds) console.log(`kind    ${line}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  print(scoreCorpus(generateCorpus(argument('--seed', 1), argument('--count', 700))));
}
