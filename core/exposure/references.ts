/**
 * Reference forms: text that stands for a value kept elsewhere. They are blanked (same length), so
 * that what remains is judged by itself: `Bearer ${TOKEN}` is clean, `${X:-realvalue}` is judged on
 * its default.
 */

/** Stands where a reference stood; no shape of a secret contains it. */
export const blank = '\u0000';

const schemes =
  /(?<![A-Za-z0-9])(?:op|secret|secrets|secretref|secret-ref|keyring|keychain|credential|credentials|credstore|vault|aws-sm|awssm|aws-secretsmanager|aws-ssm|ssm|gcp-sm|gcpsm|gcp-secretmanager|sm|azkv|azure-keyvault|akv|doppler|infisical|bws|bitwarden|lastpass|1password|pass|passwordstore|keepass|sops|ref\+[a-z]+|env|environ|dotenv):\/\/[^\s"'`<>,;]+/g;
/** Without slashes only as a whole word at the start: `https:` and passwords with colons stay. */
const wholeSchemes =
  /^\s*(?:(?:bearer|basic|token|apikey)\s+)?(?:keyring|keychain|vault|secret|secrets|op|pass|env|environ|sops|ssm|aws-sm|awssm|gcp-sm|azkv|cmd|command|exec|prompt|input|config|file|key_?ref|secret_?ref|secret[-_]?manager|credential|1password|bitwarden|doppler):(?=[A-Za-z/.$_~{-])[A-Za-z0-9_./@#:~{}$ -]*$/i;
const arns =
  /arn:aws[a-z-]*:(?:secretsmanager|ssm|kms):[A-Za-z0-9-]*:\d*:[^\s"'`,;]+|projects\/[^\s/]+\/secrets\/[^\s/"']+(?:\/versions\/[^\s/"']+)?|https:\/\/[a-z0-9-]+\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)\/[^\s"']+|@Microsoft\.KeyVault\([^)]*\)|ENC\[[A-Z0-9_]+,[^\]]*\]/g;
const secretFiles = /(?:file:\/\/)?\/(?:var\/)?run\/secrets\/[^\s"'`,;]+/g;
const codeForms =
  /(?:process\.env|import\.meta\.env|Deno\.env|os\.environ|os\.getenv|ENV|getenv)(?:\.get)?(?:\.[A-Za-z_][A-Za-z0-9_]*|\/[A-Z_][A-Z0-9_]*|[[(]\s*["']?[A-Za-z_][A-Za-z0-9_]*["']?\s*[\])])/g;
const percent = /%(?![0-9A-F]{2}[^A-Z_%])[A-Z_][A-Z0-9_]{2,}(?:\([A-Z]+\))?%/g;
const wholePercent = /^%[A-Za-z_][A-Za-z0-9_]*%$/;
const wholeDollar = /^\$[A-Za-z_][A-Za-z0-9_]*$/;
const wholeBackticks = /^\s*`[^`]{2,400}`\s*$/;

type Range = readonly [start: number, end: number];

/** Blanks ranges that come in order of their start and may overlap. */
function fillRanges(text: string, ranges: readonly Range[]): string {
  let out = '';
  let from = 0;
  for (const [start, end] of ranges) {
    if (end <= from) continue;
    const first = Math.max(start, from);
    out += text.slice(from, first) + blank.repeat(end - first);
    from = end;
  }
  return out + text.slice(from);
}

function fillMatches(text: string, pattern: RegExp): string {
  return text.replace(pattern, (match) => blank.repeat(match.length));
}

/** A reference ends within so many UTF-16 code units or is none. */
const longestReference = 1024;

/** For the opening bracket at an index the index after the closing one that belongs to it, or -1. */
type Closing = (open: number) => number;

/** Finds all pairs in one pass, at the first question: a search for each would be quadratic. */
export function pairBrackets(text: ArrayLike<string>, left: string, right: string): Closing {
  let ends: Map<number, number> | undefined;
  return (open) => {
    ends ??= findPairs(text, open, left, right);
    const end = ends.get(open) ?? -1;
    return end - open > longestReference ? -1 : end;
  };
}

function findPairs(
  text: ArrayLike<string>,
  from: number,
  left: string,
  right: string,
): Map<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (let index = from; index < text.length; index += 1) {
    const char = text[index];
    if (char === left) open.push(index);
    else if (char === right) {
      const start = open.pop();
      if (start !== undefined) ends.set(start, index + 1);
    }
  }
  return ends;
}

const fallback = /^\$\{[A-Za-z_][A-Za-z0-9_.]*(?::?[-=+])/;
const envFallback = /^\$\{env:[A-Za-z_][A-Za-z0-9_]*:?-/;
const named = /^\$\{\s*[A-Za-z_][A-Za-z0-9_.-]*(?::[^{}]*|\s*\|\|[^{}]*|\?[^{}]*)?\s*\}/;

/** The ranges of `${…}`; of one with a default only the frame. */
function rangesOfBraced(text: string, at: number, closing: Closing): readonly Range[] {
  const end = closing(at + 1);
  if (end < 0) return [];
  const whole = text.slice(at, end);
  const opening = fallback.exec(whole)?.[0] ?? envFallback.exec(whole)?.[0];
  if (opening !== undefined) {
    return [
      [at, at + opening.length],
      [end - 1, end],
    ];
  }
  const isReference = named.test(whole) || whole.startsWith('${{') || whole.includes('(');
  return isReference ? [[at, end]] : [];
}

const bareDollar = /\$[A-Z_][A-Z0-9_]+(?![A-Za-z0-9_])/y;
const powershell = /\$\{?[eE][nN][vV]:[A-Za-z_][A-Za-z0-9_]*(?![A-Za-z0-9_])\}?(?!\}?\s*=(?!=))/y;

function rangesAt(
  text: string,
  at: number,
  closing: { readonly brace: Closing; readonly round: Closing },
): readonly Range[] {
  const next = text[at + 1];
  if (next === '{') return rangesOfBraced(text, at, closing.brace);
  if (next === '(') {
    const end = closing.round(at + 1);
    return end < 0 ? [] : [[at, end]];
  }
  powershell.lastIndex = at;
  const env = powershell.exec(text);
  if (env !== null) return [[at, at + env[0].length]];
  if (at > 0 && /[A-Za-z0-9$]/.test(text[at - 1] ?? '')) return [];
  bareDollar.lastIndex = at;
  const bare = bareDollar.exec(text);
  return bare === null ? [] : [[at, at + bare[0].length]];
}

function blankDollars(text: string): string {
  const ranges: Range[] = [];
  const closing = {
    brace: pairBrackets(text, '{', '}'),
    round: pairBrackets(text, '(', ')'),
  };
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', at + 1)) {
    ranges.push(...rangesAt(text, at, closing));
  }
  ranges.sort((a, b) => a[0] - b[0]);
  return ranges.length === 0 ? text : fillRanges(text, ranges);
}

const braces =
  /\{\{[^{}]{0,400}\}\}|(?<!\$)\{(?:env|file|input|secret|vault|cmd|command|keychain|config):[^{}]{1,400}\}/g;

/** The text with every reference replaced by as many blanks; the same text when it has none. */
export function blankReferences(text: string): string {
  if (wholeDollar.test(text) || wholePercent.test(text) || wholeBackticks.test(text)) {
    return blank.repeat(text.length);
  }
  if (text.length < 1000 && text.includes(':') && wholeSchemes.test(text)) {
    return blank.repeat(text.length);
  }
  let out = text;
  if (out.includes('{')) out = fillMatches(out, braces);
  if (out.includes('$')) out = blankDollars(out);
  if (out.includes('%')) out = fillMatches(out, percent);
  if (out.includes('://')) out = fillMatches(out, schemes);
  if (out.includes('/secrets/')) out = fillMatches(out, secretFiles);
  if (
    out.includes('arn:') ||
    out.includes('/secrets/') ||
    out.includes('ault') ||
    out.includes('ENC[')
  ) {
    out = fillMatches(out, arns);
  }
  if (out.includes('env') || out.includes('ENV')) out = fillMatches(out, codeForms);
  return out;
}
