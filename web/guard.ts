/**
 * The one guard in front of every route: is this request meant for us, and sent by a page of ours or
 * by no page at all? A function of the request's head; who may do what comes after.
 */

export interface Head {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  readonly version: string;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
}

export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

const names = ['127.0.0.1', 'localhost', '[::1]'] as const;

/** The names under which this door answers. A name that merely resolves to us is not one of them. */
export function hostsOf(port: number): ReadonlySet<string> {
  return new Set(names.map((name) => `${name}:${port}`));
}

/** Undefined when the request may go on to the routes. */
export function judgeHead(head: Head, hosts: ReadonlySet<string>): Refusal | undefined {
  return judgeForm(head) ?? judgeHost(head, hosts) ?? judgeOrigin(head);
}

/** The one value of a header; undefined when it is missing or was sent twice. */
export function readHeader({ rawHeaders }: Head, name: string): string | undefined {
  const values = allOf(rawHeaders, name);
  return values.length === 1 ? values[0] : undefined;
}

/** What two servers on one road could read in two ways is refused by the first. */
function judgeForm({ version, target, rawHeaders }: Head): Refusal | undefined {
  if (version !== '1.1') return { status: 505, reason: 'HTTP/1.1 only.' };
  const has = (name: string) => allOf(rawHeaders, name).length > 0;
  if (has('transfer-encoding') && has('content-length'))
    return { status: 400, reason: 'Two lengths.' };
  if (has('upgrade')) return { status: 400, reason: 'No upgrades.' };
  if (!target.startsWith('/')) return { status: 400, reason: 'Only paths are answered.' };
  return undefined;
}

/** A page that made its own name point at this computer (DNS rebinding) shows that name here. */
function judgeHost({ rawHeaders }: Head, hosts: ReadonlySet<string>): Refusal | undefined {
  const sent = allOf(rawHeaders, 'host');
  const [host] = sent;
  if (host === undefined || sent.length > 1) return { status: 400, reason: 'One Host, please.' };
  return hosts.has(host.toLowerCase()) ? undefined : { status: 421, reason: 'Not this host.' };
}

function judgeOrigin(head: Head): Refusal | undefined {
  const { method, rawHeaders } = head;
  const site = allOf(rawHeaders, 'sec-fetch-site');
  // `same-site` is another port of this computer, which is as foreign as another computer.
  if (site.some((value) => value !== 'same-origin' && value !== 'none'))
    return { status: 403, reason: 'Not from another site.' };
  const origins = allOf(rawHeaders, 'origin');
  // Browsers leave Origin out of reads of their own site; whatever changes something names it.
  if (origins.length === 0)
    return method === 'GET' ? undefined : { status: 403, reason: 'Origin is missing.' };
  const own = `http://${readHeader(head, 'host')?.toLowerCase()}`;
  return origins.length === 1 && origins[0] === own
    ? undefined
    : { status: 403, reason: 'Not from this origin.' };
}

function allOf(rawHeaders: readonly string[], name: string): readonly string[] {
  return rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name,
  );
}
