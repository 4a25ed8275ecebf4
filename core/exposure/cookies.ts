/** Session values in a Cookie header. */
import type { JudgeValue } from './arguments.ts';
import { decodePercent } from './connections.ts';
import type { Context, Hit } from './detection.ts';
import { structureKinds } from './kinds-data.ts';
import { looksRandom } from './values.ts';

const sessionName =
  /sess|sid$|token|auth|jwt|login|secret|^d$|csrf|xsrf|remember|identity|user_?key|access|refresh|credential/i;
const analytics =
  /^_g|^_ga|^_hj|^__cf|^ajs_|^_fbp|^optimizely|^amplitude|^mp_|^intercom|consent|theme|lang|locale|^tz$/i;

export function findCookies(
  text: string,
  context: Context,
  judgeValue: JudgeValue,
): readonly Hit[] {
  let offset = 0;
  return text.split(';').flatMap((pair) => {
    const from = offset;
    offset += pair.length + 1;
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).trim();
    if (equals < 1 || analytics.test(name)) return [];
    const value = pair.slice(equals + 1);
    const start = from + equals + 1;
    const found = judgeValue(value, { ...context, name, role: 'cookie' }).filter(
      (hit) => hit.confidence !== 'possible',
    );
    if (found.length > 0)
      return found.map((hit) => ({ ...hit, start: hit.start + start, end: hit.end + start }));
    return isSession(name, value) ? [cookieHit(start, start + value.length, name)] : [];
  });
}

function isSession(name: string, value: string): boolean {
  return sessionName.test(name) && looksRandom(decodePercent(value).replace(/[:.%=+/]/g, ''));
}

function cookieHit(start: number, end: number, name: string): Hit {
  return {
    start,
    end,
    kind: structureKinds.apiKey,
    confidence: 'likely',
    reason: 'A cookie holds a session.',
    rank: 50,
    name,
  };
}
