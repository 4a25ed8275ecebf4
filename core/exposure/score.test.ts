/** The acceptance numbers of facts §13 on fixed seeds, with a margin over what must hold. */
import { describe, expect, test } from 'vitest';
import { generateCorpus } from '../../test/corpus/generate.ts';
import { scoreCorpus } from '../../test/corpus/score.ts';
import { runs } from '../../test/support/runs.ts';

const seeds = Array.from({ length: runs(3, 60) }, (_, index) => 1000 + index * 7);

describe.each(seeds)('seed %i', (seed) => {
  const score = scoreCorpus(generateCorpus(seed, 500));

  test('recall and precision', () => {
    expect(score.labels).toBeGreaterThan(300);
    expect(score.recall, score.misses.join('\n')).toBeGreaterThanOrEqual(0.985);
    expect(score.precision, score.extras.join('\n')).toBeGreaterThanOrEqual(0.99);
    expect(score.negativesReported, score.extras.join('\n')).toBeLessThanOrEqual(0.005);
  });

  test('every place and every format', () => {
    for (const tallies of [score.byPlace, score.byFormat]) {
      for (const [name, { found, total }] of Object.entries(tallies)) {
        if (total >= 10) expect(found / total, name).toBeGreaterThanOrEqual(0.9);
      }
    }
  });

  test('kinds', () => {
    expect(score.kindExact, score.wrongKinds.join('\n')).toBeGreaterThanOrEqual(0.95);
    expect(score.kindFamily).toBeGreaterThanOrEqual(0.95);
  });
});
