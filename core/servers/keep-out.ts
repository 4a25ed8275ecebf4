/** The last look before records are written: what the same change stores in the keychain is not in them. */
import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { isTellingWord, searchValue, shortestSearchable } from '../edits/values.ts';
import { isCommonText } from '../exposure/mask.ts';
import type { RecordsGuard } from '../records/records.ts';

/**
 * A guard for `records.change`: throws `unsupported` when any form of one of the values stands in a
 * record or run that is new or changed. Common words are not looked for, nor short values that could
 * be one; they stand in names and paths by accident.
 */
export function keepOut(values: Iterable<Secret>): RecordsGuard {
  const searches = [...values]
    .filter((value) => value.length >= shortestSearchable || isTellingWord(value))
    .filter((value) => !isCommonText(value))
    .map(searchValue);
  return (written) => {
    const texts = textsIn(written);
    if (!texts.some((text) => searches.some((find) => find(text).length > 0))) return;
    throw new AppError('unsupported', 'A secret would stand in plain text in the records.', {
      hint: 'Nothing was written there. Let the command, the arguments, the variables and the names refer to it (`${secret:NAME}`) instead of holding it.',
    });
  };
}

/** Keys count too. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)]);
}
