import { describe, expect, test } from 'vitest';
import type { Finding } from '../../shared/models/finding.ts';
import type { PlanItem, ProtectPlan } from '../../shared/models/protect.ts';
import {
  buildReview,
  changeTicks,
  countSecrets,
  defaultTicks,
  findItems,
  groupItems,
  offeredIn,
} from './review.ts';

const finding = (file: string, fingerprint: string): Finding => ({
  file,
  pointer: '/a',
  kind: 'kind',
  family: 'family',
  label: 'Kind',
  confidence: 'certain',
  where: 'env',
  line: 1,
  reason: 'Because.',
  fingerprint,
  preview: '…',
  fixes: ['protect'],
});

const item = (id: string, file: string, fingerprint: string, more: Partial<PlanItem> = {}) => ({
  id,
  kind: 'entry' as const,
  file,
  pointer: '/a',
  line: 1,
  secrets: [
    {
      name: 'TOKEN',
      kind: 'kind',
      label: 'Kind',
      preview: '…',
      fingerprint,
      where: 'env' as const,
    },
  ],
  ticked: true,
  possible: true,
  note: '',
  ...more,
});

const planOf = (...items: readonly PlanItem[]): ProtectPlan => ({
  basis: 'b',
  items,
  servers: [{ id: 'one', name: 'Server one', isNew: true, shown: '', clients: [], warnings: [] }],
  questions: [],
  files: [],
});

describe('a review', () => {
  test('the same value in another file is another finding', () => {
    const elsewhere = finding('other', 'f1');
    const plan = planOf(item('i1', 'file', 'f1'));
    const review = buildReview([finding('file', 'f1'), elsewhere], plan);
    expect(review.byHand).toEqual([elsewhere]);
    expect(review.items.map(({ secrets }) => secrets[0]?.finding?.file)).toEqual(['file']);
  });

  test('what cannot be done is never offered, and what is only listed starts unticked', () => {
    const plan = planOf(
      item('i1', 'file', 'f1', { possible: false }),
      item('i2', 'file', 'f2', { kind: 'listed', ticked: false }),
      item('i3', 'file', 'f3', { ticked: false }),
    );
    const review = buildReview([], plan);
    expect(review.left.map((one) => one.item.id)).toEqual(['i1']);
    expect(review.extra.map((one) => one.item.id)).toEqual(['i2']);
    expect(offeredIn(review).map((one) => one.item.id)).toEqual(['i3', 'i2']);
    expect([...defaultTicks(offeredIn(review))]).toEqual([]);
  });

  test('a secret of an env file is counted where it stands and not again in its entry', () => {
    const inFile = {
      name: 'A',
      kind: 'k',
      label: 'K',
      preview: '…',
      fingerprint: 'f1',
      where: 'env-file',
    };
    const secrets = [inFile] as PlanItem['secrets'];
    const plan = planOf(
      item('i1', 'client', 'f1', { server: 'one', secrets }),
      item('i2', 'env', 'f1', { server: 'one', kind: 'env-file', secrets }),
    );
    const review = buildReview([finding('env', 'f1')], plan);
    expect(countSecrets(review.items)).toBe(1);
    expect(review.items.map((one) => one.secrets.length)).toEqual([0, 1]);
    expect(review.byHand).toEqual([]);
  });

  test('groups by server under its name, by entry without one, and by file', () => {
    const plan = planOf(
      item('i1', 'a', 'f1', { server: 'one' }),
      item('i2', 'b', 'f2', { server: 'one' }),
      item('i3', 'b', 'f3', { entry: 'loose' }),
    );
    const { items } = buildReview([], plan);
    const titles = (by: 'server' | 'file') =>
      groupItems(items, by, plan).map(({ title, secrets }) => [title, secrets]);
    expect(titles('server')).toEqual([
      ['Server one', 2],
      ['loose', 1],
    ]);
    expect(titles('file')).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(countSecrets(items)).toBe(3);
  });

  test('the search wants every word', () => {
    const { items } = buildReview(
      [],
      planOf(item('i1', '/x/Cursor.json', 'f1', { server: 'one' })),
    );
    expect(findItems(items, ' cursor  ONE ')).toEqual(items);
    expect(findItems(items, 'cursor two')).toEqual([]);
  });

  test('ticking leaves the old set as it was', () => {
    const before = new Set(['a']);
    expect([...changeTicks(before, ['a', 'b'], true)]).toEqual(['a', 'b']);
    expect([...changeTicks(before, ['a'], false)]).toEqual([]);
    expect([...before]).toEqual(['a']);
  });
});
