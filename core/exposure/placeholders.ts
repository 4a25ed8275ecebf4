/**
 * What stands where a secret would stand and is none: placeholders, masks, samples. Only the secret
 * part is looked at: a host called `db.example.com` does not make its password a placeholder.
 */
import { blank } from './references.ts';
import { isDocumentedSample } from './samples.ts';

/** A value made of nothing but these (and digits) was written by a person as a stand-in. */
const dullWords = new Set(
  (
    'a an the my our your yours this that is it of for from to in on with as and or not no real fake actual some any ' +
    'super very secret secrets password passwd pass pwd passphrase token tokens key keys api apikey auth access refresh bearer basic ' +
    'credential credentials creds login user username name value values string text here goes put add set enter paste type fill get use ' +
    'insert replace change changeme me demo test tests testing tester tested example examples sample dummy mock stub placeholder ' +
    'foo bar baz qux foobar abc abcd xyz qwerty asdf hello world default none null nil undefined empty unset missing todo tbd fixme na ' +
    'dev development prod production staging stage local localhost sandbox live client server app application service id oauth jwt pat ' +
    'personal private public admin root guest postgres postgresql mysql mongo mongodb redis mariadb mssql sa rabbitmq minio master main primary ' +
    'new old temp tmp xxx xx x redacted removed hidden masked secure insecure required optional enabled disabled true false yes ' +
    'do only just at least characters long needed changeit automatic prompt keychain keyring vault environment env variable var config settings setting header headers ' +
    'mcp bot webhook session cookie code openai anthropic claude gpt gemini google github gitlab slack notion linear stripe brave figma ' +
    'jira atlassian confluence supabase aws azure gcp cloudflare vercel discord telegram twilio sendgrid tavily exa firecrawl perplexity groq ' +
    'mistral cohere hf huggingface replicate sentry datadog grafana npm pypi docker letmein welcome monkey dragon provided supplied stored see above below'
  ).split(' '),
);

/** Longest word that is taken apart: `mysecretpassword`. */
const longestJoined = 40;

/** A dull word, or several of them written together. */
function isDull(word: string): boolean {
  if (dullWords.has(word)) return true;
  if (word.length < 8 || word.length > longestJoined) return false;
  const reached = new Array<boolean>(word.length + 1).fill(false);
  reached[0] = true;
  for (let end = 2; end <= word.length; end += 1) {
    for (let start = Math.max(0, end - 12); start <= end - 2; start += 1) {
      const piece = word.slice(start, end);
      const isWord = piece.length > 2 ? dullWords.has(piece) : piece === 'my' || piece === 'me';
      if (reached[start] === true && isWord) reached[end] = true;
    }
  }
  return reached[word.length] === true;
}

/** Whole segments that mark a stand-in wherever they stand. */
const strongSegments = new Set(
  'your yours yourapikey yourtoken replace replaceme changeme change-me insert inserthere todo fixme example examples placeholder redacted removed dummy sample fake masked hidden goes snip censored'.split(
    ' ',
  ),
);

const weakSegments = new Set('demo test testing none null foo bar foobar mock dev'.split(' '));

/** Long enough that chance does not spell them; only in one case, as chance would not write them. */
const strongInside =
  /changeme|change[-_]me|CHANGEME|CHANGE[-_]ME|placeholder|PLACEHOLDER|Placeholder|replace[-_ ]?(?:me|with|this)|REPLACE[-_ ]?(?:ME|WITH|THIS)|example|EXAMPLE|Example|redacted|REDACTED|Redacted|insert[-_ ]|INSERT[-_ ]|your[-_ ]|YOUR[-_ ]|(?<![A-Za-z])(?:your|Your|YOUR)(?=[A-Za-z]{2})|[-_ ]here$|[-_ ]HERE$|goes[-_ ]?here|KeyHere|TokenHere|SecretHere|PasswordHere|not-?a-?real|notreal|NOTREAL|fake[-_]|FAKE[-_]|dummy|DUMMY|sample[-_]|SAMPLE[-_]/;

const masked =
  /\*{3}|\u2022{2}|\u25cf{2}|\u2026|\.{3}|x{4}|X{4}|#{4}|_{6}|-{6}|\?{4}|<[A-Za-z][A-Za-z0-9 ,:'\u2019|./_-]{1,60}>|\[(?:[A-Z][A-Z0-9 _-]{2,40}|[a-z]+(?:[ _-][a-z]+)+)\]|^[[({<].{0,60}[\])}>]$|%\(|@@[A-Z_]+@@|^__[A-Za-z0-9_]+__$/;

function segmentsOf(value: string): readonly string[] {
  return value
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z]+/)
    .filter((part) => part !== '')
    .map((part) => part.toLowerCase());
}

/** Length of the longest run in which each character follows the one before (`3456`, `cdef`). */
function longestRun(value: string, step: 0 | 1): number {
  let best = 1;
  let run = 1;
  for (let index = 1; index < value.length; index += 1) {
    const previous = value.charCodeAt(index - 1);
    const current = value.charCodeAt(index);
    const follows =
      current - previous === step || (step === 1 && previous === 57 && current === 48);
    run = follows ? run + 1 : 1;
    if (run > best) best = run;
  }
  return best;
}

/** `abcabcabc`, `deadbeefdeadbeef`: one short piece over and over. */
function isPeriodic(value: string): boolean {
  if (value.length < 12) return false;
  const fewest = /^[0-9a-f]+$/.test(value) ? 2 : 3;
  for (let period = 1; period <= 10 && period * fewest <= value.length; period += 1) {
    if (repeats(value, period)) return true;
  }
  return false;
}

function repeats(value: string, period: number): boolean {
  for (let at = period; at < value.length; at += 1) {
    if (value.charCodeAt(at) !== value.charCodeAt(at - period)) return false;
  }
  return true;
}

/** Of a text of digits and small letters. */
function countDistinct(value: string): number {
  let low = 0;
  let high = 0;
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code < 58) low |= 1 << (code - 48);
    else high |= 1 << (code - 97);
  }
  return countBits(low) + countBits(high);
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits >>> 0; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

function isMonotonous(value: string): boolean {
  const bare = value.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
  if (bare.length < 6) return false;
  const distinct = countDistinct(bare);
  if (distinct <= 2 || (bare.length >= 20 && distinct <= 5)) return true;
  const run = longestRun(bare, 1);
  if (run >= 8 && run * 4 >= bare.length) return true;
  if (run >= 6 && run * 2 >= bare.length) return true;
  const same = longestRun(bare, 0);
  if (same >= 6 && same * 3 >= bare.length) return true;
  return (distinct <= 10 && isPeriodic(bare)) || isInterleaved(bare);
}

/** `a1b2c3d4e5f6`: letters and digits ascend in turn. */
function isInterleaved(bare: string): boolean {
  let letters = 0;
  for (let at = 0; at < bare.length; at += 1) if (bare.charCodeAt(at) > 57) letters += 1;
  if (letters < 5 || bare.length - letters < 5) return false;
  letters = longestRun(bare.replace(/[0-9]/g, ''), 1);
  if (letters < 5) return false;
  const digits = longestRun(bare.replace(/[a-z]/g, ''), 1);
  return digits >= 5 && (letters + digits) * 3 >= bare.length * 2;
}

/** A piece that chance made: enough of it is a secret even beside the word `test`. */
function hasRandomPiece(value: string): boolean {
  return value
    .split(/[^A-Za-z0-9]+/)
    .some(
      (piece) =>
        piece.length >= 12 && /[0-9]/.test(piece) && /[A-Za-z]/.test(piece) && !isMonotonous(piece),
    );
}

/** True when the value is a stand-in. `value` is the secret part alone. */
export function isPlaceholder(value: string): boolean {
  const text = value.replaceAll(blank, '').trim();
  if (isAllBlank(text)) return true;
  if (masked.test(text) || strongInside.test(text)) return true;
  if (isMonotonous(text) || isDocumentedSample(text)) return true;
  const segments = segmentsOf(text);
  if (segments.length > 0 && segments.every(isDull)) return true;
  const pieces = text.toLowerCase().split(/[^a-z0-9]+/);
  if (pieces.length > 1 && pieces.some((piece) => strongSegments.has(piece))) return true;
  return pieces.some((piece) => weakSegments.has(piece)) && !hasRandomPiece(text);
}

/** Nothing but references, brackets and separators. */
export function isAllBlank(text: string): boolean {
  for (const char of text) {
    if (char !== blank && /[A-Za-z0-9]/.test(char)) return false;
  }
  return true;
}

/** For the long random body of a known kind: only what chance cannot write counts. */
export function isPlaceholderBody(body: string, whole: string): boolean {
  return (
    masked.test(body) || strongInside.test(body) || isMonotonous(body) || isDocumentedSample(whole)
  );
}
