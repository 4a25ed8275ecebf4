/** Reads and fills the templates of a record (see `templateSchema`). */

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'secret' | 'client'; readonly name: string };

const reference = /(\$?)\$\{(secret|client):([A-Za-z_][A-Za-z0-9_.-]{0,127})\}/g;

export function parseTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let text = '';
  let from = 0;
  for (const match of template.matchAll(reference)) {
    const [whole, escaped, kind, name] = match;
    text += template.slice(from, match.index);
    from = match.index + whole.length;
    if (escaped === '$') {
      text += whole.slice(1);
      continue;
    }
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
    parts.push({ kind: kind === 'secret' ? 'secret' : 'client', name: name ?? '' });
  }
  text += template.slice(from);
  if (text !== '' || parts.length === 0) parts.push({ kind: 'text', text });
  return parts;
}

/** Literal text as a template: nothing in it is taken for a reference. */
export function escapeTemplate(text: string): string {
  return text.replace(reference, (whole) => `$${whole}`);
}

export function secretTemplate(name: string): string {
  return `\${secret:${name}}`;
}

export function clientTemplate(name: string): string {
  return `\${client:${name}}`;
}

/** Names of the secrets that a template needs, in order of appearance, without repeats. */
export function secretNamesIn(...templates: readonly string[]): readonly string[] {
  const names = templates
    .flatMap(parseTemplate)
    .flatMap((part) => (part.kind === 'secret' ? [part.name] : []));
  return [...new Set(names)];
}

/** Fills a template; `resolve` is asked once per reference and may throw. */
export function fillTemplate(
  template: string,
  resolve: (kind: 'secret' | 'client', name: string) => string,
): string {
  return parseTemplate(template)
    .map((part) => (part.kind === 'text' ? part.text : resolve(part.kind, part.name)))
    .join('');
}
