/** From the bytes of `records.json` to records, whatever version wrote them, or one clear error. */
import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import { type Records, recordsSchema, recordsSchemaVersion } from './schema.ts';

/** One step from a version to the next. It gets and returns the whole file as parsed JSON. */
export type Migration = (file: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** Row `n` turns a file of version `n` into one of version `n + 1`. */
export const migrations: Readonly<Record<number, Migration>> = {};

const headerSchema = z.looseObject({ schema: z.number().int().positive() });

/**
 * Parses records of this version or an older one.
 * Errors: `records_newer` when a later Portcullis wrote them, `records_unreadable` for all else, with
 * the place in `details`. Nothing of the content is quoted.
 */
export function parseRecords(bytes: Uint8Array, file: string): Records {
  const header = headerSchema.safeParse(parseJson(bytes, file));
  if (!header.success) throw unreadable(file, 'at `schema`: it names no version');
  const migrated = migrateRecords(header.data, file, migrations, recordsSchemaVersion);
  const parsed = recordsSchema.safeParse(migrated);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = `/${(issue?.path ?? []).map(String).join('/')}`;
  throw unreadable(file, `at \`${place}\`: ${issue?.message ?? 'invalid'}`, place);
}

/** The file's text: indented, one final newline. */
export function renderRecords(records: Records): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(records, null, 2)}\n`);
}

/**
 * Takes a file step by step to version `to`. Errors: `records_newer`, `records_unreadable` for a
 * version that no step leads on from.
 */
export function migrateRecords(
  header: Readonly<Record<string, unknown>> & { readonly schema: number },
  file: string,
  steps: Readonly<Record<number, Migration>>,
  to: number,
): Readonly<Record<string, unknown>> {
  if (header.schema > to)
    throw new AppError('records_newer', `${file} was written by a newer Portcullis.`, {
      hint: 'Update this Portcullis, or use the newer one. Nothing was changed.',
      details: { file, found: header.schema, known: to },
    });
  let current: Readonly<Record<string, unknown>> = header;
  for (let version = header.schema; version < to; version += 1) {
    const step = steps[version];
    if (step === undefined) throw unreadable(file, `at \`/schema\`: version ${version} is unknown`);
    current = { ...step(current), schema: version + 1 };
  }
  return current;
}

function parseJson(bytes: Uint8Array, file: string): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unreadable(file, 'it is not UTF-8 text', undefined, cause);
  }
  try {
    return JSON.parse(text);
  } catch (thrown) {
    // The engine's message quotes the text around the fault, so only the place is taken from it.
    const place = /line (\d+) column (\d+)/.exec(thrown instanceof Error ? thrown.message : '');
    const where = place === null ? 'it ends too early' : `at line ${place[1]}, column ${place[2]}`;
    throw unreadable(file, `${where} it is not JSON`);
  }
}

function unreadable(file: string, what: string, pointer?: string, cause?: unknown): AppError {
  return new AppError('records_unreadable', `The records cannot be read, ${what}.`, {
    hint: `Mend ${file} by hand, or replace it with ${file}.previous, the state before the last change.`,
    details: { file, ...(pointer === undefined ? {} : { pointer }) },
    cause,
  });
}
