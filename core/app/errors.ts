/** Our errors as the contract declares them, for every procedure and every stream. */
import { ORPCError, ValidationError } from '@orpc/server';
import * as z from 'zod';
import { AppError, type ErrorCode, isErrorCode, toErrorReport } from '../../shared/errors.ts';

type ContractError = ORPCError<ErrorCode, { hint?: string; details?: Record<string, unknown> }>;

/** Whatever was thrown as an error of the contract. Never carries input, stack or cause. */
export function toContractError(thrown: unknown): ContractError {
  if (isContractError(thrown)) return thrown;
  const { code, message, hint, details } = toErrorReport(asAppError(thrown));
  return new ORPCError(code, {
    defined: true,
    status: statusOf(thrown),
    message,
    data: {
      ...(hint === undefined ? {} : { hint }),
      ...(details === undefined ? {} : { details }),
    },
  });
}

/** One that has passed here already, further in. */
function isContractError(thrown: unknown): thrown is ContractError {
  return thrown instanceof ORPCError && thrown.defined && isErrorCode(thrown.code);
}

function statusOf(thrown: unknown): number {
  const error = asAppError(thrown);
  return error instanceof AppError ? error.status : 500;
}

/** The library's own refusals: input that does not fit the contract. */
function asAppError(thrown: unknown): unknown {
  if (!(thrown instanceof ORPCError)) return thrown;
  if (thrown.code === 'BAD_REQUEST') return badInput(thrown.cause);
  return new AppError('internal', 'The answer did not fit the contract.', {
    hint: 'Report this with the output of `portcullis doctor`.',
  });
}

function badInput(cause: unknown): AppError {
  const issues = cause instanceof ValidationError ? cause.issues : [];
  // The place and the rule only: the value may be a secret.
  const places = issues.map((issue) => {
    const place = (issue.path ?? []).map((key) => String(typeof key === 'object' ? key.key : key));
    return `${place.join('.') || 'input'}: ${sayRule(issue)}`;
  });
  const [first, ...more] = places;
  return new AppError('bad_input', first ?? 'This call does not fit the contract.', {
    hint: more.length === 0 ? 'Correct it and try again.' : `Also: ${more.slice(0, 4).join(' ')}`,
  });
}

/** The library says limits in the words of its own rules; a rule that we named says itself. */
function sayRule(issue: { readonly message: string }): string {
  const limit = limitSchema.safeParse(issue).data;
  if (limit === undefined || !/^Too (?:small|big): /.test(issue.message)) return issue.message;
  const unit = units[limit.origin] ?? '';
  const number = limit.code === 'too_small' ? limit.minimum : limit.maximum;
  const bound = limit.code === 'too_small' ? 'at least' : 'at most';
  return `${bound} ${number}${unit}`;
}

const limitSchema = z.discriminatedUnion('code', [
  z.object({ code: z.literal('too_small'), origin: z.string(), minimum: z.number() }),
  z.object({ code: z.literal('too_big'), origin: z.string(), maximum: z.number() }),
]);

const units: Readonly<Record<string, string>> = { string: ' characters', array: ' of them' };

/** A stream whose errors are errors of the contract too. */
export async function* guardStream<T>(stream: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* stream;
  } catch (thrown) {
    throw toContractError(thrown);
  }
}
