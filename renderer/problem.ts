/** Turns whatever a call threw into what a person reads: what happened and what to do next. */
import { ORPCError } from '@orpc/client';
import { DoorClosed } from './browser-door.ts';
import { words } from './words.ts';

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** File and place, when the error names them. */
  readonly file?: string;
  readonly place?: string;
}

export function describeProblem(thrown: unknown): Problem {
  if (thrown instanceof DoorClosed) return words.problems.closed;
  if (!(thrown instanceof ORPCError)) return words.problems.unreachable;
  const data: unknown = thrown.data;
  const details = readField(data, 'details');
  const hint = readText(data, 'hint');
  const file = readText(details, 'file') ?? readText(details, 'path');
  const place = readText(details, 'place') ?? readText(details, 'pointer');
  return {
    code: String(thrown.code),
    message: thrown.message || words.problems.unforeseen.message,
    ...(hint === undefined ? {} : { hint }),
    ...(file === undefined ? {} : { file }),
    ...(place === undefined ? {} : { place }),
  };
}

export function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof ORPCError && thrown.code === code;
}

function readField(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;
}

function readText(from: unknown, name: string): string | undefined {
  const value = readField(from, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
