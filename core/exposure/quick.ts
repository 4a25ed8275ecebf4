/** A glance at a text before anything costly: most of what a client keeps is prose and numbers. */

/** 1: ends a run; 2: may join a name and a value. By code, for ASCII. */
const marks = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code <= 32) return 1;
  return code === 61 || code === 58 ? 2 : 0;
});

/** Shortest run without a space that a value with a form of its own has. */
const shortestRun = 16;

/**
 * False only when no secret can stand in the text by its own form: no long run without a space, no
 * `=` or `:`, no flag. Whether its name makes it one is for the caller to ask.
 */
export function mayHoldSecret(text: string): boolean {
  let run = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const mark = code < 128 ? marks[code] : 0;
    if (mark === 1) run = 0;
    else if (mark === 2) return true;
    else {
      run += 1;
      if (run >= shortestRun) return true;
    }
  }
  return text.includes('--') || text.includes(' -p');
}

const quote = 34;
const colon = 58;

/**
 * The same for a whole map or list as JSON text: false only when no value in it has the form of a
 * secret and `mayName` denies every key. Spares building the nodes of what is never looked at.
 */
export function mayHoldSecretInJson(
  text: string,
  start: number,
  end: number,
  mayName: (key: string) => boolean,
): boolean {
  let run = 0;
  let opened = start;
  let closed = start;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 32) run = 0;
    else if (code === quote) {
      run = 0;
      opened = closed;
      closed = at;
    } else if (code === colon) {
      if (closed !== at - 1 || mayName(text.slice(opened + 1, closed))) return true;
      run = 0;
    } else if (code === 61 || code === 92 || code === 39) return true;
    else if (code === 45 && isFlagAt(text, at)) return true;
    else {
      run += 1;
      if (run >= shortestRun) return true;
    }
  }
  return false;
}

/** `--name`, or `-p` after a space. */
function isFlagAt(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  return next === 45 || (next === 112 && text.charCodeAt(at - 1) === 32);
}
