/**
 * Cuts a command line into words as a POSIX shell would, without expanding anything. Undefined when a
 * quote is left open.
 */
export function splitWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  const token = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/gsy;
  let word: string | undefined;
  let at = 0;
  while (at < line.length) {
    token.lastIndex = at;
    const match = token.exec(line);
    if (match === null) return undefined;
    at = token.lastIndex;
    const [whole, single, double, escaped, bare] = match;
    const text = single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? bare;
    if (text !== undefined) word = (word ?? '') + text;
    else if (whole !== '' && word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
