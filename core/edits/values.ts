/**
 * Finds known secret values in text, in every form in which files write them, and masks or removes
 * them. What is a secret has been decided before; here it is only looked for, letter by letter.
 */
import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { escapeTemplate, fillTemplate, secretTemplate } from '../../shared/template.ts';

/** Stands where a copy of a protected value stood. */
export const scrubMark = 'REMOVED-BY-PORTCULLIS';

/** Shorter values stand in text by accident; they are only ever handled at their own place. */
export const shortestSearchable = 8;

export interface Mask {
  readonly value: Secret;
  /** What is shown in its place. */
  readonly shown: string;
}

/** Whether the value itself stands in a text that has been read from its format already. */
export function holdsExactly(text: string, value: Secret): boolean {
  return text.includes(value.reveal());
}

/** The text with every form of every value replaced by what may be shown. */
export function maskValues(text: string, masks: readonly Mask[]): string {
  return replaceForms(text, masks).text;
}

/** Whether any form of the value stands in the text. Short values are never searched for. */
export function holdsValue(text: string, value: Secret): boolean {
  return value.length >= shortestSearchable && formsOf(value).some((form) => text.includes(form));
}

/** Literal text as a template in which the values are references by their names. */
export function referToValues(
  text: string,
  values: readonly { readonly name: string; readonly value: Secret }[],
): string {
  const raw = values
    .map(({ name, value }) => ({ name, value: value.reveal() }))
    .filter(({ value }) => value !== '' && text.includes(value))
    .toSorted((a, b) => b.value.length - a.value.length);
  const [first] = raw;
  if (first === undefined) return escapeTemplate(text);
  return text
    .split(first.value)
    .map((piece) => referToValues(piece, values))
    .join(secretTemplate(first.name));
}

/** The template with every reference filled; `undefined` from `find` fails with `secret_missing`. */
export function fillValues(
  template: string,
  server: string,
  find: (name: string) => Secret | undefined,
): string {
  return fillTemplate(template, (kind, name) => {
    const value = kind === 'secret' ? find(name) : undefined;
    if (value !== undefined) return value.reveal();
    throw new AppError('secret_missing', `The secret ${name} of “${server}” is not stored.`, {
      hint: `Enter it with \`portcullis secrets set ${server} ${name}\`, then try again.`,
      details: { server, name },
    });
  });
}

/** The text with the values replaced by `scrubMark`, and how many places that changed. */
export function scrubValues(
  text: string,
  values: readonly Secret[],
): { readonly text: string; readonly count: number } {
  const searchable = values.filter((value) => value.length >= shortestSearchable);
  return replaceForms(
    text,
    searchable.map((value) => ({ value, shown: scrubMark })),
  );
}

/** Whether the value is written over several lines where a format allows it. */
export function spansLines(value: Secret): boolean {
  return value.reveal().includes('\n');
}

function replaceForms(
  text: string,
  masks: readonly Mask[],
): { readonly text: string; readonly count: number } {
  const forms = masks
    .flatMap((mask) => formsOf(mask.value).map((form) => ({ form, shown: mask.shown })))
    // A value may be part of another one; the longer must go first.
    .toSorted((a, b) => b.form.length - a.form.length);
  let result = text;
  let count = 0;
  for (const { form, shown } of forms) {
    const pieces = result.split(form);
    count += pieces.length - 1;
    result = pieces.join(shown);
  }
  return { text: result, count };
}

/** As it is, escaped for JSON, TOML and YAML, quoted for shells, in a URL, and in base64. */
function formsOf(value: Secret): readonly string[] {
  const raw = value.reveal();
  if (raw === '') return [];
  const json = JSON.stringify(raw).slice(1, -1);
  const forms = [
    raw,
    json,
    json.replaceAll('/', '\\/'),
    // As programs write JSON that keep to ASCII.
    escapeBeyondAscii(json),
    escapeBeyondAscii(json, 'upper'),
    raw.replaceAll("'", "''"),
    raw.replaceAll("'", "'\\''"),
    encodeUri(raw),
    ...(raw.length >= shortestSearchable
      ? [Buffer.from(raw).toString('base64').replace(/=+$/, '')]
      : []),
  ];
  return [...new Set(forms)].filter((form) => form !== '');
}

function escapeBeyondAscii(text: string, digits: 'lower' | 'upper' = 'lower'): string {
  return text.replace(/[\u0080-\uffff]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${digits === 'upper' ? code.toUpperCase() : code}`;
  });
}

function encodeUri(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : text;
}
