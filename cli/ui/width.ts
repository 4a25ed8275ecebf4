/** Columns that text takes on a terminal, and names cut to fit them. */
import stringWidth from 'fast-string-width';

export function widthOf(text: string): number {
  return stringWidth(text);
}

export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Cuts in the middle with `…`, between whole characters, so that both ends stay to be told by. */
export function cutMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  // Made here: the first one of a process loads tables for longer than most commands start.
  const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });
  const parts = [...letters.segment(text)].map(({ segment }) => segment);
  const room = Math.max(0, width - 1);
  const head = takeUpTo(parts, Math.ceil(room / 2));
  const tail = takeUpTo(parts.slice(head.length).reverse(), Math.floor(room / 2)).reverse();
  return `${head.join('')}…${tail.join('')}`;
}

function takeUpTo(parts: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const part of parts) {
    used += widthOf(part);
    if (used > width) break;
    taken.push(part);
  }
  return taken;
}

/** Breaks text at its blanks into lines that fit; a longer word keeps a line of its own. */
export function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
