/**
 * `.env` files: lines of `NAME=value`. Every dotenv reader differs, so this one is tolerant: what it
 * cannot read it passes over and leaves as it is.
 */

import {
  applySplices,
  lineEnd,
  lineOf,
  lineStart,
  nextLine,
  skipBlanks,
  skipBlanksBack,
} from './text.ts';

export interface DotenvEntry {
  readonly name: string;
  readonly value: string;
  /** Range of the value as written, quotes included. */
  readonly start: number;
  readonly end: number;
  /** Range of the entry's whole lines, without the last line ending. */
  readonly lineStart: number;
  readonly lineEnd: number;
  /** 1-based. */
  readonly line: number;
  /** Whether `export` stands before the name. */
  readonly exported: boolean;
}

export interface DotenvComment {
  readonly start: number;
  readonly end: number;
  /** With its `#`. */
  readonly text: string;
}

export interface Dotenv {
  readonly entries: readonly DotenvEntry[];
  readonly comments: readonly DotenvComment[];
}

const assignment = /[ \t]*(export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:=|:[ \t])[ \t]*/y;
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  $: '$',
};

/** Reads a `.env` text. Never throws; a byte order mark is passed over. */
export function parseDotenv(text: string): Dotenv {
  const entries: DotenvEntry[] = [];
  const comments: DotenvComment[] = [];
  const addComment = (start: number, end: number): void => {
    comments.push({ start, end, text: text.slice(start, end) });
  };
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length; ) {
    const first = skipBlanks(text, at);
    const ends = lineEnd(text, at);
    if (text.charAt(first) === '#') addComment(first, ends);
    const entry = first < ends ? readEntry(text, at) : undefined;
    if (entry === undefined) {
      at = nextLine(text, at);
      continue;
    }
    entries.push(entry);
    const rest = skipBlanks(text, entry.end);
    if (rest < entry.lineEnd && text.charAt(rest) === '#') addComment(rest, entry.lineEnd);
    at = nextLine(text, entry.end);
  }
  return { entries, comments };
}

export interface DotenvChange {
  /** Names whose lines go, each as often as it stands there. */
  readonly remove?: readonly string[];
}

/** The text without the lines of these names; all other lines, comments among them, stay as they are. */
export function editDotenv(text: string, change: DotenvChange): string {
  const gone = new Set(change.remove ?? []);
  const splices = parseDotenv(text)
    .entries.filter((entry) => gone.has(entry.name))
    .map((entry) => ({ start: entry.lineStart, end: nextLine(text, entry.end), text: '' }));
  return applySplices(text, splices);
}

function readEntry(text: string, at: number): DotenvEntry | undefined {
  const pattern = new RegExp(assignment);
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  const name = match?.[2];
  if (match === null || name === undefined) return undefined;
  const start = pattern.lastIndex;
  const { value, end } = readQuoted(text, start) ?? readBare(text, start);
  return {
    name,
    value,
    start,
    end,
    lineStart: Math.max(lineStart(text, at), at),
    lineEnd: lineEnd(text, end),
    line: lineOf(text, at),
    exported: match[1] !== undefined,
  };
}

interface Value {
  readonly value: string;
  readonly end: number;
}

/** A value in quotes, which may run over lines; undefined when the quotes are no pair. */
function readQuoted(text: string, start: number): Value | undefined {
  const quote = text.charAt(start);
  if (quote !== '"' && quote !== "'" && quote !== '`') return undefined;
  const close = closingQuote(text, start, quote);
  if (close === undefined) return undefined;
  const rest = skipBlanks(text, close + 1);
  const after = text.charAt(rest);
  if (rest < lineEnd(text, rest) && after !== '#') return undefined;
  const inside = text.slice(start + 1, close);
  return { value: quote === '"' ? unescapeValue(inside) : inside, end: close + 1 };
}

function closingQuote(text: string, start: number, quote: string): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\' && quote === '"') at += 1;
    else if (char === quote) return at;
  }
  return undefined;
}

function unescapeValue(inside: string): string {
  return inside.replace(/\\([nrt"\\$])/g, (whole, char: string) => escapes[char] ?? whole);
}

/** Up to the end of the line or a `#` behind a blank. */
function readBare(text: string, start: number): Value {
  const ends = lineEnd(text, start);
  let end = ends;
  for (let at = text.indexOf('#', start); at !== -1 && at < ends; at = text.indexOf('#', at + 1)) {
    if (at === start || skipBlanksBack(text, at) < at) {
      end = at;
      break;
    }
  }
  const trimmed = Math.max(start, skipBlanksBack(text, end));
  return { value: text.slice(start, trimmed), end: trimmed };
}
