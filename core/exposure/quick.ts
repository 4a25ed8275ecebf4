/** A glance at a text before anything costly: most of what a client keeps is prose and numbers. */

/** 1: ends a run; 2: may join a name and a value. By code, for ASCII. */
const marks = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code <= 32) return 1;
  return code === 61 || code === 58 ? 2 : 0;
});

/** Shortest run without a space that a value with a form of its own has. */
export const shortestRun = 16;

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
 * The places of a JSON text where a closer look may find something: ends of long runs, `=`, `:`
 * inside a value, escapes, flags, and keys that `mayName` does not deny. A map or list without any
 * holds no secret, which spares building the nodes of what is never looked at. In rising order.
 */
export function findTelling(text: string, mayName: (key: string) => boolean): readonly number[] {
  const places: number[] = [];
  const known = new Map<string, boolean>();
  let run = 0;
  let opened = 0;
  let closed = 0;
  // A quote in a comment turns it round; then more is looked at, never less.
  let isInside = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 32) run = 0;
    else if (code === quote) {
      run = 0;
      isInside = !isInside;
      opened = closed;
      closed = at;
    } else if (code === colon) {
      run = 0;
      const isKey = !isInside && closed === at - 1;
      if (!isKey || isTellingKey(text.slice(opened + 1, closed), known, mayName)) places.push(at);
    } else if (code === 61 || code === 39) places.push(at);
    else if (code === 92) {
      places.push(at);
      // What is escaped is no closing quote.
      at += 1;
    } else if (code === 45 && isFlagAt(text, at)) places.push(at);
    else {
      run += 1;
      // Once per so many characters: any piece of a run that is long enough has one of them.
      if (run % shortestRun === 0) places.push(at);
    }
  }
  return places;
}

/** State files repeat a few keys many thousand times. */
function isTellingKey(
  key: string,
  known: Map<string, boolean>,
  mayName: (key: string) => boolean,
): boolean {
  const before = known.get(key);
  if (before !== undefined) return before;
  const answer = mayName(key);
  known.set(key, answer);
  return answer;
}

/** Whether one of the rising `places` lies from `start` up to but not at `end`. */
export function hasPlaceIn(places: readonly number[], start: number, end: number): boolean {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return (places[low] ?? end) < end;
}

/** `--name`, or `-p` after a space. */
function isFlagAt(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  return next === 45 || (next === 112 && text.charCodeAt(at - 1) === 32);
}
