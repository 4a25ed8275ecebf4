/** Copies of protected values outside the entries: what may be done about each kind, and with what price. */
import type { Secret } from '../../shared/secret.ts';
import { holdsValue } from '../edits/values.ts';
import { itemId } from './draft.ts';

/** What a file is to the person; decides whether a copy in it goes by default. */
export type CopyKind = 'comment' | 'old-copy' | 'env-file' | 'history' | 'log';

interface CopyPolicy {
  readonly ticked: boolean;
  readonly note: string;
}

export const copyPolicies = {
  comment: { ticked: true, note: 'Takes the value out of a comment.' },
  'old-copy': { ticked: true, note: 'Takes the value out of an old copy that no client reads.' },
  'env-file': {
    ticked: false,
    note: 'Other programs may read this file; they would no longer find the value in it.',
  },
  history: {
    ticked: false,
    note: 'Changes your shell history; a shell that is open now may write the line back.',
  },
  log: {
    ticked: false,
    note: 'Changes a log or transcript of a client; it no longer shows what really happened.',
  },
} as const satisfies Record<CopyKind, CopyPolicy>;

/** A file in which copies are looked for. */
export interface CopyTarget {
  readonly file: string;
  readonly kind: CopyKind;
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** A value that a run protects. */
export interface ProtectedValue {
  readonly server: string;
  readonly name: string;
  readonly value: Secret;
}

export interface Copy {
  readonly id: string;
  readonly target: CopyTarget;
  readonly values: readonly ProtectedValue[];
  /** 1-based line of the first copy. */
  readonly line: number;
}

export function findCopies(
  targets: readonly CopyTarget[],
  values: readonly ProtectedValue[],
): readonly Copy[] {
  return targets.flatMap((target): readonly Copy[] => {
    const held = values.filter(({ value }) => holdsValue(target.text, value));
    if (held.length === 0) return [];
    const id = itemId('copy', target.kind, target.file);
    return [{ id, target, values: held, line: firstLine(target.text, held) }];
  });
}

function firstLine(text: string, held: readonly ProtectedValue[]): number {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => held.some(({ value }) => holdsValue(line, value)));
  return at === -1 ? 1 : at + 1;
}
