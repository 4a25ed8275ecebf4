/**
 * Finds known secret values in text, in every form in which files write them, and masks or removes
 * them. What is a secret has been decided before; here it is only looked for, letter by letter.
 */
import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { fillTemplate } from '../../shared/template.ts';

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

export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/**
 * A search, prepared once for many texts, for every form of a value, also those in which no file of
 * ours writes it: hexadecimal, and base64 with something in front. It answers ranges in order that do
 * not overlap. A value that is too short to be searched for counts where it is the whole text, or a
 * word of its own in it: `--pw=hun7er2`.
 */
export function searchValue(value: Secret): (text: string) => readonly TextRange[] {
  const raw = value.reveal();
  if (value.length < shortestSearchable) {
    return (text) => {
      if (text === raw && raw !== '') return [{ start: 0, end: text.length }];
      return isTellingWord(value) ? placesOf(text, raw).filter((at) => isWordIn(text, at)) : [];
    };
  }
  const forms = [...new Set([...formsOf(value), ...encodedForms(raw)])];
  return (text) => withoutOverlaps(forms.flatMap((form) => placesOf(text, form)));
}

/** A short value that nobody writes by accident: letters and digits, as people mix them in passwords. */
export function isTellingWord(value: Secret): boolean {
  const raw = value.reveal();
  return raw.length >= 5 && /[A-Za-z]/.test(raw) && /[0-9]/.test(raw);
}

function isWordIn(text: string, { start, end }: TextRange): boolean {
  const isInside = (character: string | undefined) =>
    character !== undefined && /[\p{L}\p{N}]/u.test(character);
  return !isInside(text[start - 1]) && !isInside(text[end]);
}

function placesOf(text: string, form: string): readonly TextRange[] {
  const found: TextRange[] = [];
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length))
    found.push({ start: at, end: at + form.length });
  return found;
}

/** Of ranges that overlap the one that begins first, of those the longest. */
export function withoutOverlaps<Range extends TextRange>(
  ranges: readonly Range[],
): readonly Range[] {
  const kept: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (range.start >= (kept.at(-1)?.end ?? 0)) kept.push(range);
  }
  return kept;
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

function encodedForms(raw: string): readonly string[] {
  const bytes = Buffer.from(raw);
  const json = JSON.stringify(raw).slice(1, -1);
  const hex = bytes.toString('hex');
  return [
    JSON.stringify(json).slice(1, -1),
    encodeUri(raw).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap((shift) => [
      encodeShifted(bytes, shift, 'base64'),
      encodeShifted(bytes, shift, 'base64url'),
    ]),
  ];
}

/** The letters that depend on nothing but the value when so many bytes stand before it in a group. */
function encodeShifted(bytes: Buffer, shift: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString(encoding);
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
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
