/** Questions that several commands ask, and what they do where nobody can be asked. */
import { AppError } from '../../shared/errors.ts';
import type { Context } from '../command.ts';
import { words } from '../words.ts';

/** True with `--yes`; asks on a terminal; fails with `consent_needed` elsewhere. */
export async function agree(
  { input, prompt }: Context,
  question: string,
  flag = '--yes',
): Promise<boolean> {
  if (input.has('yes')) return true;
  if (prompt !== undefined) return prompt.confirm(question);
  throw new AppError('consent_needed', words.nobody.message, { hint: words.nobody.hint(flag) });
}

/** A value typed without being shown, or the whole of stdin without its last end of line. */
export async function askSecret({ prompt, readInput }: Context, label: string): Promise<string> {
  const value =
    prompt === undefined
      ? (await readInput()).replace(/\r?\n$/, '')
      : await prompt.ask(label, { hidden: true });
  return requireText(value);
}

/** One value for each label: typed one after the other, or one line each on stdin. */
export async function askSecrets(
  context: Context,
  labels: readonly string[],
): Promise<readonly string[]> {
  if (labels.length === 1 && labels[0] !== undefined) return [await askSecret(context, labels[0])];
  if (context.prompt !== undefined) {
    const values: string[] = [];
    for (const label of labels) values.push(await askSecret(context, label));
    return values;
  }
  const lines = labels.length === 0 ? [] : (await context.readInput()).split(/\r?\n/);
  const values = lines.slice(0, labels.length);
  if (values.length === labels.length) return values.map(requireText);
  throw new AppError('bad_input', `stdin has fewer lines than there are secrets.`, {
    hint: 'Give one value on each line, in the order of the --secret options.',
  });
}

function requireText(value: string): string {
  if (value !== '') return value;
  throw new AppError('bad_input', words.stdin.empty, { hint: words.stdin.hint });
}

export function badInput(message: string, hint: string): AppError {
  return new AppError('bad_input', message, { hint });
}
