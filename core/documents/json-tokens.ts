/** The scalars of JSON, JSONC (RFC 8259) and JSON5: each reader answers the value and where it ends. */

import type { Scalar } from './document.ts';
import type { JsonDialect } from './json-dialect.ts';
import { TextProblem } from './problem.ts';

export interface Token<Value> {
  readonly value: Value;
  readonly end: number;
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const extendedNumber =
  /[+-]?(?:0[xX][\da-fA-F]+|Infinity|NaN|(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)/y;
const word = /(?:true|false|null)/y;
/** Made when it is needed: its classes of letters take longer to build than a usual file to read. */
const bareKey = () =>
  /(?:[\p{L}\p{Nl}$_]|\\u[\da-fA-F]{4})(?:[\p{L}\p{Nl}$_\p{Mn}\p{Mc}\p{Nd}\p{Pc}\u200C\u200D]|\\u[\da-fA-F]{4})*/uy;
const words: Readonly<Record<string, Scalar>> = { true: true, false: false, null: null };
const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  0: '\0',
};

export function readString(text: string, start: number, dialect: JsonDialect): Token<string> {
  const quote = text.charCodeAt(start);
  let plain = true;
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = at + 1;
      if (plain) return { value: text.slice(start + 1, at), end };
      return { value: unescapeText(text, start, end, dialect), end };
    }
    if (code === 92) {
      plain = false;
      at += 1;
      if (dialect.extended && text.charCodeAt(at) === 13 && text.charCodeAt(at + 1) === 10) at += 1;
    } else if (code === 10 || code === 13) {
      throw new TextProblem(start, 'a text is not closed on its line');
    } else if (code < 32 && !dialect.extended) {
      throw new TextProblem(
        at,
        'a text holds a control character that must be written as an escape',
      );
    }
  }
  throw new TextProblem(start, 'a text is never closed');
}

export function readScalar(text: string, start: number, dialect: JsonDialect): Token<Scalar> {
  const code = text.charCodeAt(start);
  if (code === 34 || (dialect.extended && code === 39)) return readString(text, start, dialect);
  const literal = matchAt(dialect.extended ? extendedNumber : number, text, start);
  if (literal !== undefined)
    return { value: numberOf(literal), end: endOfWord(text, start + literal.length, start) };
  const name = matchAt(word, text, start);
  if (name !== undefined)
    return { value: words[name] ?? null, end: endOfWord(text, start + name.length, start) };
  throw new TextProblem(
    start,
    start >= text.length ? 'the file ends too early' : 'a value is expected here',
  );
}

export function readKey(text: string, start: number, dialect: JsonDialect): Token<string> {
  const code = text.charCodeAt(start);
  if (code === 34 || (dialect.extended && code === 39)) return readString(text, start, dialect);
  const name = dialect.extended ? matchAt(bareKey(), text, start) : undefined;
  if (name === undefined) {
    throw new TextProblem(
      start,
      start >= text.length ? 'the file ends too early' : 'a key in quotes is expected here',
    );
  }
  const value = name.replace(/\\u([\da-fA-F]{4})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { value, end: start + name.length };
}

/** Whether JSON5 can write this key without quotes. */
export function isBareKey(key: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(key);
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  // A copy, since a sticky pattern carries its position.
  const sticky = new RegExp(pattern);
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0];
}

function endOfWord(text: string, end: number, start: number): number {
  if (/[\w$.+-]/.test(text.charAt(end)))
    throw new TextProblem(start, 'this is not a number, true, false or null');
  return end;
}

/** Integers that a double cannot hold come out exact. */
function numberOf(literal: string): number | bigint {
  const sign = literal.startsWith('-') ? -1 : 1;
  const digits = literal.replace(/^[+-]/, '');
  const value = sign * Number(digits);
  if (Number.isSafeInteger(value) || !/^(\d+|0[xX][\da-fA-F]+)$/.test(digits)) return value;
  return BigInt(sign) * BigInt(digits);
}

function unescapeText(text: string, start: number, end: number, dialect: JsonDialect): string {
  if (dialect.extended) return unescapeExtended(text.slice(start + 1, end - 1), start + 1);
  try {
    return String(JSON.parse(text.slice(start, end)));
  } catch {
    throw new TextProblem(start, 'a text holds an escape that JSON does not know');
  }
}

function unescapeExtended(raw: string, offset: number): string {
  return raw.replace(
    /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|(\r\n|[\n\r\u2028\u2029])|([\s\S]))/g,
    (
      _,
      unicode: string | undefined,
      hex: string | undefined,
      eol: string | undefined,
      char: string | undefined,
      at: number,
    ) => {
      const code = unicode ?? hex;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      if (eol !== undefined || char === undefined) return '';
      if (/[1-9xu]/.test(char) || (char === '0' && /\d/.test(raw.charAt(at + 2)))) {
        throw new TextProblem(offset + at, 'a text holds an escape that JSON5 does not know');
      }
      return Object.hasOwn(escapes, char) ? (escapes[char] ?? '') : char;
    },
  );
}
