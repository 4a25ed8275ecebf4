/**
 * Where the containers of a JSON text end: of one that nobody has checked, by its layout and the
 * engine's word; of one known to be valid, by passing over it.
 */

import { deepestNesting, TextProblem, tooDeep } from './problem.ts';
import { indentAt, lineEnd, skipBlanks, skipBlanksBack } from './text.ts';

/**
 * Offset after the container that begins here, in a text that nobody has checked. The layout says
 * where it ends; what the engine takes from bracket to bracket is valid and ends there.
 * @throws TextProblem when the layout says it wrongly, or when the container is no JSON
 */
export function provenEnd(text: string, start: number): number {
  const close = text.charCodeAt(start) === 123 ? '}' : ']';
  const end = endByLayout(text, start, close);
  if (text[end - 1] === close && isValidJson(text.slice(start, end))) return end;
  throw new TextProblem(start, 'the layout does not say where this ends');
}

function endByLayout(text: string, start: number, close: string): number {
  const line = lineEnd(text, start);
  if (skipBlanks(text, start + 1) < line) {
    const last = skipBlanksBack(text, line);
    return text[last - 1] === ',' ? last - 1 : last;
  }
  const lead = `\n${indentAt(text, start)}${close}`;
  const at = text.indexOf(lead, line);
  return at === -1 ? text.length : at + lead.length;
}

/** Smaller containers are skipped over again, in UTF-16 code units. */
const worthNoting = 1024;

/** Offset after the container that begins here, in a text known to be valid. */
export function skipContainer(
  text: string,
  start: number,
  depth: number,
  ends: Map<number, number> | undefined,
): number {
  const open: number[] = [];
  for (let at = start; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) at = closingQuote(text, at);
    else if (code === 123 || code === 91) {
      open.push(at);
      if (open.length + depth > deepestNesting) throw tooDeep(at);
    } else if (code === 125 || code === 93) {
      const begin = open.pop() ?? start;
      if (at - begin >= worthNoting) ends?.set(begin, at + 1);
      if (open.length === 0) return at + 1;
    }
  }
}

function closingQuote(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); ; at = text.indexOf('"', at + 1)) {
    let slashes = at;
    while (text.charCodeAt(slashes - 1) === 92) slashes -= 1;
    if ((at - slashes) % 2 === 0) return at;
  }
}

export function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
