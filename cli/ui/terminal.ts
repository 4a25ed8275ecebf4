/**
 * What this door prints. Every piece of text is escaped here, so that no name from a file or a server
 * can move the cursor, and coloured only on a terminal.
 */
import picocolors from 'picocolors';
import { escapeText } from './escape.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Text, or text in a style. */
export type Span = string | readonly [text: string, style: Style];

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Terminal {
  /** Columns of stdout; infinite where nobody looks at a screen. */
  readonly width: number;
  /** True when a person sees stdout. */
  readonly isScreen: boolean;
  /** One line to stdout. */
  line(...spans: readonly Span[]): void;
  /** One line to stderr: progress and notes that are no result. */
  note(...spans: readonly Span[]): void;
  /** Text of our own to stdout, exactly as it is. */
  raw(text: string): void;
  /** A value as JSON to stdout: one document, or with `inOneLine` one line of a stream. */
  json(value: unknown, inOneLine?: boolean): void;
}

/** `env` decides about colour: `NO_COLOR` and `TERM=dumb` turn it off. */
export function createTerminal(
  out: Output,
  err: Output,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const wantsColour = (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  const forOut = picocolors.createColors(wantsColour && out.isTTY === true);
  const forErr = picocolors.createColors(wantsColour && err.isTTY === true);
  const paint = (span: Span, colors: typeof forOut): string =>
    typeof span === 'string' ? escapeText(span) : colors[span[1]](escapeText(span[0]));
  return {
    width: out.isTTY === true ? columnsOf(out) : Number.POSITIVE_INFINITY,
    isScreen: out.isTTY === true,
    line: (...spans) => void out.write(`${spans.map((span) => paint(span, forOut)).join('')}\n`),
    note: (...spans) => void err.write(`${spans.map((span) => paint(span, forErr)).join('')}\n`),
    raw: (text) => void out.write(text),
    json: (value, inOneLine = false) =>
      void out.write(`${escapeJson(JSON.stringify(value, undefined, inOneLine ? 0 : 2))}\n`),
  };
}

/** JSON leaves the second range of control characters and bidi orders as they are; a terminal obeys them. */
function escapeJson(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A terminal that does not know its size, or says 0, is taken for the usual one. */
export function columnsOf({ columns }: Output): number {
  return columns === undefined || columns < 1 ? 80 : columns;
}

export function textOf(span: Span): string {
  return typeof span === 'string' ? span : span[0];
}
