/** Splits a shell command into words, each with its place. Reads sh, cmd and PowerShell alike. */

export interface Word {
  /** Without quotes and escapes. */
  readonly text: string;
  /** Range in the command, quotes included. */
  readonly start: number;
  readonly end: number;
}

/** Words in order; operators (`&&`, `;`, `|`) are words of their own. */
export function splitWords(command: string): readonly Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < command.length) {
    const char = command[at] ?? '';
    if (/\s/.test(char)) {
      at += 1;
      continue;
    }
    if (';|&'.includes(char)) {
      words.push({ text: char, start: at, end: at + 1 });
      at += 1;
      continue;
    }
    const word = readWord(command, at);
    words.push(word);
    at = word.end;
  }
  return words;
}

function readWord(command: string, start: number): Word {
  let text = '';
  let at = start;
  let quote = '';
  while (at < command.length) {
    const char = command[at] ?? '';
    if (quote === '' && (/\s/.test(char) || isOperator(command, at))) break;
    if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === '\\' && quote !== "'" && '"\'\\$ `\n'.includes(command[at + 1] ?? '?')) {
      text += command[at + 1] ?? '';
      at += 1;
    } else text += char;
    at += 1;
  }
  return { text, start, end: Math.min(at, command.length) };
}

/** A lone `&` inside a URL query belongs to the URL. */
function isOperator(command: string, at: number): boolean {
  const char = command[at];
  if (char === ';')
    return (
      !/[A-Za-z0-9]/.test(command[at + 1] ?? '') ||
      !/=/.test(command.slice(Math.max(0, at - 40), at))
    );
  if (char === '|') return true;
  return (
    char === '&' && (command[at + 1] === '&' || command[at - 1] === ' ' || command[at + 1] === ' ')
  );
}
