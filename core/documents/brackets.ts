/**
 * Adding to and removing from a container in brackets: JSON maps and lists, YAML flow collections,
 * TOML arrays and inline tables. Works on offsets only; the syntax says how comments look.
 */

import type { Splice } from './document.ts';
import {
  beginsLine,
  indentAt,
  lineEnd,
  lineStart,
  nextLine,
  skipBlanks,
  skipBlanksBack,
} from './text.ts';

export interface BracketSyntax {
  /** Offset of the next token, past blanks, line endings and comments. */
  readonly skipTrivia: (text: string, from: number) => number;
  /** Offset after a comment that begins here. */
  readonly commentEnd: (text: string, at: number) => number | undefined;
}

/** A container or a member: from its key (or itself) to the end of its value. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** How the new member is laid out. */
export interface Layout {
  /** Undefined: on one line with its siblings. */
  readonly indent: string | undefined;
  /** Whether siblings leave out blanks after colons and commas. */
  readonly compact: boolean;
}

export interface Insertion {
  readonly text: string;
  readonly eol: string;
  readonly container: Range;
  readonly members: readonly Range[];
  /** Layout for a container that has no member yet. */
  readonly whenEmpty: Layout;
  readonly render: (layout: Layout) => string;
}

/** Splices that append a member. A trailing comma is kept where there is one and never introduced. */
export function insertMember(insertion: Insertion, syntax: BracketSyntax): Splice[] {
  const { text, eol, container, members, render } = insertion;
  const last = members.at(-1);
  if (last === undefined) return insertFirst(insertion);
  const comma = commaAfter(text, last, syntax);
  const layout = layoutOf(text, members, insertion.whenEmpty.compact);
  const anchor = comma === undefined ? last.end : comma + 1;
  const { end: after, toLineEnd } = sameLineComments(text, anchor, container.end, syntax);
  const trailing = comma === undefined ? '' : ',';
  // Behind a line comment there is no room on the line.
  const indent = layout.indent ?? (toLineEnd ? indentAt(text, last.start) : undefined);
  const gap = indent === undefined ? gapBetween(text, members, layout.compact) : eol + indent;
  const member: Splice = {
    start: after,
    end: after,
    text: gap + render({ ...layout, indent }) + trailing,
  };
  const separator: Splice = { start: last.end, end: last.end, text: ',' };
  return comma === undefined ? [separator, member] : [member];
}

/** Splices that remove one member with its comma, and a comment behind it on its own line. */
export function removeMember(
  text: string,
  container: Range,
  members: readonly Range[],
  index: number,
  syntax: BracketSyntax,
): Splice[] {
  const member = members[index];
  if (member === undefined) return [];
  const comma = commaAfter(text, member, syntax);
  const previous = members[index - 1];
  if (members.length === 1 && isOnlyContent(text, container, member, comma)) {
    return [{ start: container.start + 1, end: container.end - 1, text: '' }];
  }
  if (comma !== undefined) return removeWithComma(text, member, comma, members[index + 1], syntax);
  const own = removeAlone(text, member, container, syntax);
  if (previous === undefined) return own;
  const previousComma = commaAfter(text, previous, syntax);
  if (previousComma === undefined) return own;
  if (text.slice(previousComma + 1, member.start).trim() === '') {
    const { end } = sameLineComments(text, member.end, container.end, syntax);
    const ends = beginsLine(text, member.start) && skipBlanks(text, end) === lineEnd(text, end);
    return [{ start: previousComma, end: ends ? end : member.end, text: '' }];
  }
  return [{ start: previousComma, end: previousComma + 1, text: '' }, ...own];
}

function insertFirst({ text, eol, container, whenEmpty, render }: Insertion): Splice[] {
  const inside = text.slice(container.start + 1, container.end - 1);
  const { indent } = whenEmpty;
  const outer = indentAt(text, container.start);
  if (inside.trim() === '') {
    const content = render(whenEmpty);
    if (indent === undefined) return fill(container, inside + content + inside);
    const close = inside.includes('\n') ? inside : eol + outer;
    return fill(container, eol + indent + content + close);
  }
  const at = container.start + 1 + inside.trimEnd().length;
  const inner = indent ?? (beginsLine(text, at) ? outer : `${outer}  `);
  const close = text.slice(at, container.end - 1).includes('\n') ? '' : eol + outer;
  return [
    { start: at, end: at, text: eol + inner + render({ ...whenEmpty, indent: inner }) + close },
  ];
}

function fill(container: Range, text: string): Splice[] {
  return [{ start: container.start + 1, end: container.end - 1, text }];
}

/** Multi-line when the last member begins its line. */
function layoutOf(text: string, members: readonly Range[], compact: boolean): Layout {
  const last = members.at(-1);
  if (last === undefined || !beginsLine(text, last.start)) return { indent: undefined, compact };
  return { indent: indentAt(text, last.start), compact };
}

function gapBetween(text: string, members: readonly Range[], compact: boolean): string {
  const [before, last] = [members.at(-2), members.at(-1)];
  const gap =
    before === undefined || last === undefined ? undefined : text.slice(before.end, last.start);
  if (gap !== undefined && /^,[ \t]*$/.test(gap)) return gap.slice(1);
  return compact ? '' : ' ';
}

function commaAfter(text: string, member: Range, syntax: BracketSyntax): number | undefined {
  const at = syntax.skipTrivia(text, member.end);
  return text.charCodeAt(at) === 44 ? at : undefined;
}

/** Past the comments that begin and end on this line. */
function sameLineComments(
  text: string,
  from: number,
  limit: number,
  syntax: BracketSyntax,
): { readonly end: number; readonly toLineEnd: boolean } {
  let end = from;
  for (;;) {
    const at = skipBlanks(text, end);
    const close = at < limit ? syntax.commentEnd(text, at) : undefined;
    if (close === undefined || text.slice(at, close).includes('\n')) break;
    end = close;
  }
  return { end, toLineEnd: end !== from && end === lineEnd(text, end) };
}

function isOnlyContent(
  text: string,
  container: Range,
  member: Range,
  comma: number | undefined,
): boolean {
  const before = text.slice(container.start + 1, member.start);
  const between = comma === undefined ? '' : text.slice(member.end, comma);
  const after = text.slice((comma ?? member.end - 1) + 1, container.end - 1);
  return (before + between + after).trim() === '';
}

function removeWithComma(
  text: string,
  member: Range,
  comma: number,
  next: Range | undefined,
  syntax: BracketSyntax,
): Splice[] {
  const between = text.slice(member.end, comma);
  if (between.trim() !== '' && between.includes('\n')) {
    // A comment stands between the value and a comma on a later line: it is kept.
    return [
      { start: member.start, end: member.end, text: '' },
      { start: comma, end: comma + 1, text: '' },
    ];
  }
  const end = comma + 1;
  const comments = sameLineComments(text, end, text.length, syntax);
  const rest = skipBlanks(text, comments.end);
  const endsLine = rest === lineEnd(text, rest);
  if (beginsLine(text, member.start) && endsLine) {
    return [{ start: lineStart(text, member.start), end: nextLine(text, rest), text: '' }];
  }
  if (next === undefined || skipBlanks(text, end) === lineEnd(text, end)) {
    return [{ start: skipBlanksBack(text, member.start), end, text: '' }];
  }
  return [{ start: member.start, end: skipBlanks(text, end), text: '' }];
}

/** Removes a member that has no comma behind it, with its line when nothing else stands there. */
function removeAlone(
  text: string,
  member: Range,
  container: Range,
  syntax: BracketSyntax,
): Splice[] {
  const { end } = sameLineComments(text, member.end, container.end, syntax);
  const rest = skipBlanks(text, end);
  if (beginsLine(text, member.start) && rest === lineEnd(text, rest)) {
    return [{ start: lineStart(text, member.start), end: nextLine(text, rest), text: '' }];
  }
  return [{ start: member.start, end: member.end, text: '' }];
}
