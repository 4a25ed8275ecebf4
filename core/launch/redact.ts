/** Takes a server's secrets out of what the server itself says. */
import type { SecretValues } from './secret-item.ts';

/** Shorter values would blank out half of any text and are no secrets worth the name. */
const shortest = 4;
const shown = '[secret]';

/**
 * A function that replaces every secret by a fixed word: as it is, as JSON and URLs write it, and in
 * base64, also in the middle of a longer encoded text.
 */
export function createRedactor(values: SecretValues): (text: string) => string {
  const forms = [...values.values()]
    .map((secret) => secret.reveal())
    .filter((value) => value.length >= shortest)
    .flatMap(formsOf);
  // The longest first: a form may hold another one.
  const ordered = [...new Set(forms)].sort((left, right) => right.length - left.length);
  return (text) => ordered.reduce((rest, form) => rest.replaceAll(form, shown), text);
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
