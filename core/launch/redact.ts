/** Takes a server's secrets out of what the server itself says. */
import type { SecretValues } from './secret-item.ts';

/** Shorter values would blank out half of any text and are no secrets worth the name. */
const shortest = 4;
const shown = '[secret]';

export interface RedactOptions {
  /** The text is the end of a longer one: it may begin in the middle of a secret. */
  readonly isEndOnly?: boolean;
}

export type Redactor = (text: string, options?: RedactOptions) => string;

/**
 * A function that replaces every secret by a fixed word: as it is, as JSON and URLs write it, and in
 * base64, also in the middle of a longer encoded text.
 */
export function createRedactor(values: SecretValues): Redactor {
  const forms = [
    ...new Set(
      [...values.values()]
        .map((secret) => secret.reveal())
        .filter((value) => value.length >= shortest)
        .flatMap(formsOf),
    ),
  ];
  return (text, { isEndOnly = false } = {}) => {
    const cut = isEndOnly ? [[0, lengthOfRest(text, forms)] as const] : [];
    return hide(text, [...cut, ...forms.flatMap((form) => findAll(text, form))]);
  };
}

type Range = readonly [start: number, end: number];

/** Where a form stands; places that overlap are one. */
function findAll(text: string, form: string): readonly Range[] {
  const found: Range[] = [];
  for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
    const before = found.at(-1);
    if (before !== undefined && at < before[1])
      found[found.length - 1] = [before[0], at + form.length];
    else found.push([at, at + form.length]);
  }
  return found;
}

/** How much of the start of a text is the rest of a form whose beginning was cut off. */
function lengthOfRest(text: string, forms: readonly string[]): number {
  const rests = forms.map((form) => {
    for (let from = 1; form.length - from >= shortest; from += 1)
      if (text.startsWith(form.slice(from))) return form.length - from;
    return 0;
  });
  return Math.max(0, ...rests);
}

/** Ranges that overlap are hidden as one: where two secrets share characters, none of them remain. */
function hide(text: string, ranges: readonly Range[]): string {
  let out = '';
  let to = 0;
  for (const [start, end] of ranges.toSorted((left, right) => left[0] - right[0])) {
    if (end <= to) continue;
    if (start >= to) out += text.slice(to, start) + shown;
    to = end;
  }
  return out + text.slice(to);
}
function formsOf(value: string): readonly string[] {
  const quoted = JSON.stringify(value).slice(1, -1);
  const encoded = encodeURIComponent(value.toWellFormed());
  const base64 = [0, 1, 2].flatMap((offset) => base64Within(value, offset));
  return [value, quoted, encoded, encoded.replaceAll('%20', '+'), ...base64].filter(
    (form) => form.length >= shortest,
  );
}

/** The characters that the value alone decides when so many bytes stand before it. */
function base64Within(value: string, offset: number): readonly string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const whole = bytes.toString('base64').replace(/=+$/, '');
  const start = offset === 0 ? 0 : offset + 1;
  const rest = bytes.length % 3;
  const inner = whole.slice(start, rest === 0 ? undefined : -1);
  if (inner.length < 6) return [];
  const plain = [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  return offset === 0 ? [whole, ...plain] : plain;
}
