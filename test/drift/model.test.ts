/**
 * Clients, tools and the person do random things to real files in all five formats while Portcullis
 * looks, repairs, adopts, restores and undoes, by itself or when told, and its process ends now and
 * then. After every step: each state is right against the model, nothing of anyone's is lost, comments
 * and strangers are as they were, and no protected value lies anywhere but where the model's programs
 * put it.
 */
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'vitest';
import { runs } from '../support/runs.ts';
import { open, type Real } from './model.ts';
import { inside, outside } from './model-commands.ts';

test('whatever programs and people do, the states are right and nothing is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands([...outside, ...inside, ...inside], { maxCommands: 14 }),
      async (commands) => {
        let opened: Real | undefined;
        try {
          await fc.asyncModelRun(async () => {
            const { model, real } = await open();
            opened = real;
            return { model, real };
          }, commands);
        } finally {
          if (opened !== undefined) rmSync(opened.base, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: runs(20, 400), endOnFailure: true },
  );
}, 3_600_000);
