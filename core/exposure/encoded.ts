/** Text hidden in base64: JSON, PEM keys, connection strings, dotenv. */

const envelope =
  /^\s*(?:data:[a-z0-9/+.;=-]{0,80};base64,|base64:|b64:)?([A-Za-z0-9+/_-]{24,65536}={0,2})\s*$/i;
const worthReading =
  /^\s*(?:[{[]|-----BEGIN |[a-z][a-z0-9+.-]{2,20}:\/\/|(?:export )?[A-Z][A-Z0-9_]{2,40}=)/;

export interface Hidden {
  readonly text: string;
  /** Range of the base64 in what was given. */
  readonly start: number;
  readonly end: number;
}

/** The text behind base64, if it begins like something that holds secrets. */
export function decodeHidden(value: string): Hidden | undefined {
  if (value.length < 24 || /[\s.:]/.test(value.slice(24, 60).trimEnd())) return undefined;
  const body = envelope.exec(value)?.[1];
  if (body === undefined) return undefined;
  if (!worthReading.test(Buffer.from(body.slice(0, 64), 'base64').toString('utf8')))
    return undefined;
  const text = Buffer.from(body, 'base64').toString('utf8');
  if (text.includes('\ufffd')) return undefined;
  const start = value.indexOf(body);
  return { text, start, end: start + body.length };
}
