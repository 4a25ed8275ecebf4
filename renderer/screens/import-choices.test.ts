import { expect, test } from 'vitest';
import type { ImportPlan } from '../../shared/models/drift.ts';
import { choicesOf, neededConsents, wishAtFirst } from './import-choices.ts';

const server = (id: string, more: Partial<ImportPlan['servers'][number]>) => ({
  id,
  name: id,
  way: 'new' as const,
  shown: 'npx',
  missing: ['TOKEN'],
  clients: ['amp'],
  consents: [],
  notes: [],
  ...more,
});

const plan: ImportPlan = {
  basis: 'basis',
  sealed: false,
  servers: [
    server('new', {}),
    server('same', { way: 'same' }),
    server('changed', { way: 'changed', consents: ['secondary-evidence'] }),
  ],
};

test('only what is new is ticked at first', () => {
  expect([...wishAtFirst(plan).ticked]).toEqual(['new']);
});

test('values of servers that stay behind do not leave the window, nor empty ones', () => {
  const values = new Map([
    ['new', new Map([['TOKEN', '']])],
    ['same', new Map([['TOKEN', 'typed']])],
    ['changed', new Map([['TOKEN', 'meant']])],
  ]);
  const wishes = { ...wishAtFirst(plan), ticked: new Set(['new', 'changed']), values };
  expect(choicesOf(plan, wishes)).toEqual({
    servers: ['new', 'changed'],
    secrets: { changed: { TOKEN: 'meant' } },
    consents: [],
  });
});

test('a yes counts only while a ticked server needs it', () => {
  const consents = new Set(['secondary-evidence'] as const);
  const first = { ...wishAtFirst(plan), consents };
  expect(neededConsents(plan, first)).toEqual([]);
  expect(choicesOf(plan, first).consents).toEqual([]);
  const both = { ...first, ticked: new Set(['changed']) };
  expect(neededConsents(plan, both)).toEqual(['secondary-evidence']);
  expect(choicesOf(plan, both).consents).toEqual(['secondary-evidence']);
});
