/** The reference syntaxes that clients resolve themselves, as rows, and how to find them in a text. */
import type { Platform } from '../ports.ts';

export type FieldPlace =
  | 'command'
  | 'args'
  | 'env'
  | 'header'
  | 'url'
  | 'cwd'
  | 'envFile'
  | 'setting';

export interface ReferencePattern {
  /** Source of a regular expression without groups and flags. */
  readonly pattern: string;
  /** Where the client looks for it; everywhere when missing. */
  readonly places?: readonly FieldPlace[];
  readonly os?: readonly Platform[];
}

const name = '[A-Za-z_][A-Za-z0-9_]*';

/** The known syntaxes, by what they look like. */
export const syntax = {
  /** `${VAR}` */
  braced: `\\$\\{${name}\\}`,
  /** `${VAR:-default}` */
  bracedDefault: `\\$\\{${name}:-[^}]*\\}`,
  /** `$VAR` */
  dollar: `\\$${name}`,
  /** `%VAR%` */
  percent: `%${name}%`,
  /** `${env:VAR}` */
  bracedEnv: `\\$\\{env:[^}]+\\}`,
  /** `${input:id}` */
  input: '\\$\\{input:[^}]+\\}',
  /** `${workspaceFolder}` and its like, with an argument or without. */
  editorVariable: '\\$\\{[A-Za-z]+(?::[^}]*)?\\}',
  /** `{env:VAR}` */
  plainEnv: '\\{env:[^}]+\\}',
  /** `{file:path}` */
  plainFile: '\\{file:[^}]+\\}',
  /** `${file:/path}` */
  bracedFile: '\\$\\{file:[^}]+\\}',
  /** `${cmd: program}` */
  command: '\\$\\{cmd:[^}]*\\}',
  /** `$(program)` */
  shell: '\\$\\([^)]*\\)',
  /** `${{ secrets.NAME }}` */
  hub: '\\$\\{\\{\\s*(?:secrets|inputs)\\.[^}]+\\}\\}',
  /** `$env:VAR` */
  dollarEnv: `\\$env:${name}`,
} as const;

export interface ReferenceContext {
  readonly place?: FieldPlace;
  readonly platform?: Platform;
}

export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reference'; readonly text: string };

interface Referring {
  readonly references: readonly ReferencePattern[];
}

/** Cuts a text into what the client would replace and what it would leave. Always at least one part. */
export function splitClientReferences(
  row: Referring,
  text: string,
  context: ReferenceContext = {},
): readonly TextPart[] {
  const expression = compile(row.references, context);
  if (expression === undefined) return [{ kind: 'text', text }];
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(expression)) {
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    parts.push({ kind: 'reference', text: match[0] });
    from = match.index + match[0].length;
  }
  if (from < text.length || parts.length === 0)
    parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

/** Whether the client would replace something in this text. */
export function hasClientReference(
  row: Referring,
  text: string,
  context: ReferenceContext = {},
): boolean {
  return compile(row.references, context)?.test(text) ?? false;
}

function compile(
  references: readonly ReferencePattern[],
  { place, platform }: ReferenceContext,
): RegExp | undefined {
  const patterns = references
    .filter((row) => place === undefined || (row.places?.includes(place) ?? true))
    .filter((row) => platform === undefined || (row.os?.includes(platform) ?? true))
    .map((row) => row.pattern);
  return patterns.length === 0 ? undefined : new RegExp(patterns.join('|'), 'g');
}
