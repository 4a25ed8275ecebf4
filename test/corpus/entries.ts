/** Neutral server entries with secrets planted in every place that facts §11 names. */
import { makeNegative } from './negatives.ts';
import { b62, base64, type Dice, lower, urlSafe, uuid } from './random.ts';
import { type Shape, shapes } from './shapes.ts';

/** Where a value stands in an entry: the start of a pointer, and what to call the place. */
export interface Label {
  readonly at: readonly (string | number)[];
  readonly kind: string;
  readonly family: string;
  readonly place: string;
  readonly value: string;
}

export interface NeutralEntry {
  readonly name: string;
  readonly command?: string;
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly headers: Record<string, string>;
  url?: string;
  readonly labels: Label[];
  /** Pointers of hard negatives. */
  readonly negatives: { readonly at: readonly (string | number)[]; readonly group: string }[];
}

type Place = (
  entry: NeutralEntry,
  shape: Shape,
  value: string,
  dice: Dice,
) => Label['at'] | undefined;

function nameFor(shape: Shape, dice: Dice): string {
  return dice.pick(shape.names);
}

const kebab = (name: string) =>
  name
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
const camel = (name: string) =>
  kebab(name).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

function pushArgs(entry: NeutralEntry, ...args: string[]): Label['at'] {
  entry.args.push(...args);
  return ['args', entry.args.length - 1];
}

const stdioPlaces: Readonly<Record<string, Place>> = {
  env: (entry, shape, value, dice) => {
    const name = nameFor(shape, dice);
    if (entry.env[name] !== undefined) return undefined;
    entry.env[name] = value;
    return ['env', name];
  },
  'args-equals': (entry, shape, value, dice) =>
    pushArgs(entry, `--${kebab(nameFor(shape, dice))}=${value}`),
  'args-space': (entry, shape, value, dice) =>
    pushArgs(entry, `--${kebab(nameFor(shape, dice))}`, value),
  'args-assign': (entry, shape, value, dice) =>
    pushArgs(entry, '-e', `${nameFor(shape, dice)}=${value}`),
  'args-header': (entry, shape, value, dice) =>
    shape.kind === 'generic-password'
      ? undefined
      : pushArgs(
          entry,
          '--header',
          dice.pick([
            `Authorization: Bearer ${value}`,
            `X-Api-Key: ${value}`,
            `Authorization:Bearer ${value}`,
          ]),
        ),
  'args-json': (entry, shape, value, dice) =>
    pushArgs(
      entry,
      '--config',
      JSON.stringify({ region: 'eu', [camel(nameFor(shape, dice))]: value }),
    ),
  'args-base64': (entry, shape, value, dice) =>
    pushArgs(
      entry,
      '--config',
      base64(JSON.stringify({ debug: false, [camel(nameFor(shape, dice))]: value })),
    ),
  shell: (entry, shape, value, dice) => {
    const name = nameFor(shape, dice);
    const text = dice.pick([
      `${name}='${value}' npx -y ${shape.server}`,
      `export ${name}="${value}" && exec npx ${shape.server}`,
      `npx ${shape.server} --${kebab(name)} '${value}'`,
      `$env:${name}='${value}'; npx ${shape.server}`,
    ]);
    return pushArgs(entry, dice.pick(['-c', '-lc']), text);
  },
};

const remotePlaces: Readonly<Record<string, Place>> = {
  header: (entry, shape, value, dice) => {
    const isBare = shape.kind === 'generic-password';
    const [name, text] = dice.pick([
      ['Authorization', `Bearer ${value}`],
      ['X-Api-Key', value],
      ['Authorization', value],
    ] as const);
    if (isBare || entry.headers[name] !== undefined) return undefined;
    entry.headers[name] = text;
    return ['headers', name];
  },
  query: (entry, shape, value, dice) => {
    if (entry.url?.includes('?') === true) return undefined;
    const name = dice.pick([camel(nameFor(shape, dice)), 'api_key', 'token', 'apiKey']);
    entry.url = `https://mcp.${shape.server.replace(/[^a-z]/g, '').slice(0, 14)}.dev/mcp?${name}=${encodeURIComponent(value)}&v=2`;
    return ['url'];
  },
};

/** The kind that can be told in a place: a bearer token without a name is only that. */
function kindIn(
  shape: Shape,
  place: string,
  at: Label['at'],
  entry: NeutralEntry,
): readonly [string, string] {
  if (shape.kind !== 'generic-api-key') return [shape.kind, shape.family];
  const text =
    place === 'header'
      ? (entry.headers[String(at[1])] ?? '')
      : place === 'args-header'
        ? String(entry.args.at(-1))
        : '';
  return /Bearer|^Authorization/.test(text) || (place === 'header' && at[1] === 'Authorization')
    ? ['generic-bearer', 'generic']
    : [shape.kind, shape.family];
}

function plant(
  entry: NeutralEntry,
  shape: Shape,
  dice: Dice,
  places: Readonly<Record<string, Place>>,
): void {
  const place = dice.pick(Object.keys(places));
  if (shape.not?.some((excluded) => place.startsWith(excluded)) === true) return;
  if (shape.kind === 'database-url' && place === 'args-header') return;
  const value = shape.make(dice);
  if (value.startsWith('-') || (place === 'shell' && /['"$`\s]/.test(value))) return;
  const at = places[place]?.(entry, shape, value, dice);
  if (at === undefined) return;
  const [kind, family] = kindIn(shape, place, at, entry);
  entry.labels.push({ at, kind, family, place, value });
}

const hosted: readonly ((dice: Dice) => {
  url: string;
  kind: string;
  family: string;
  value: string;
})[] = [
  (d) => {
    const value = d.text(urlSafe, 90).replace(/^-/, 'a');
    return {
      url: `https://mcp.zapier.com/api/mcp/s/${value}/mcp`,
      kind: 'zapier-mcp',
      family: 'zapier',
      value,
    };
  },
  (d) => {
    const value = d.text(urlSafe, 64).replace(/^-/, 'a');
    return {
      url: `https://mcp.pipedream.net/${value}`,
      kind: 'pipedream',
      family: 'pipedream',
      value,
    };
  },
  (d) => {
    const value = uuid(d);
    return {
      url: `https://eu2.make.com/mcp/api/v1/u/${value}/sse`,
      kind: 'make',
      family: 'make',
      value,
    };
  },
  (d) => {
    const value = `fc-${d.text('0123456789abcdef', 32)}`;
    return {
      url: `https://mcp.firecrawl.dev/${value}/v2/mcp`,
      kind: 'firecrawl',
      family: 'firecrawl',
      value,
    };
  },
  (d) => {
    const value = uuid(d);
    return {
      url: `https://server.smithery.ai/@acme/search/mcp?api_key=${value}&profile=quick-otter-x1y2z3`,
      kind: 'smithery',
      family: 'smithery',
      value,
    };
  },
  (d) => {
    const value = uuid(d);
    return { url: `https://mcp.exa.ai/mcp?exaApiKey=${value}`, kind: 'exa', family: 'exa', value };
  },
  (d) => {
    const value = d.text(b62, 22);
    return {
      url: `https://svc:${value}@mcp.acme.dev/sse`,
      kind: 'generic-password',
      family: 'generic',
      value,
    };
  },
  (d) => {
    const value = d.text(b62, 40);
    return {
      url: `https://mcp-${d.text(lower, 6)}.vercel.app/mcp?x-vercel-protection-bypass=${value}`,
      kind: 'generic-api-key',
      family: 'generic',
      value,
    };
  },
];

function addNegatives(entry: NeutralEntry, dice: Dice, isRemote: boolean): void {
  for (let round = dice.int(0, 3); round > 0; round -= 1) {
    const fragment = makeNegative(dice);
    const { group } = fragment;
    if (fragment.url !== undefined && isRemote && entry.url === undefined) {
      entry.url = fragment.url;
      entry.negatives.push({ at: ['url'], group });
    }
    for (const [key, map] of [
      ['env', fragment.env],
      ['headers', fragment.headers],
    ] as const) {
      for (const [name, value] of Object.entries(map ?? {})) {
        if (entry[key][name] !== undefined || (key === 'headers') !== isRemote) continue;
        entry[key][name] = value;
        entry.negatives.push({ at: [key, name], group });
      }
    }
    if (isRemote) continue;
    for (const arg of fragment.args ?? [])
      entry.negatives.push({ at: pushArgs(entry, arg), group });
  }
}

/** One entry: mostly one or two secrets, some negatives; a third has none but looks as if. */
export function makeEntry(dice: Dice, index: number): NeutralEntry {
  const shape = dice.pick(shapes);
  const isRemote = dice.chance(0.3);
  const base = {
    name: `${shape.server.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '')}-${index}`,
    labels: [],
    negatives: [],
    env: {},
    headers: {},
  };
  const entry: NeutralEntry = isRemote
    ? { ...base, args: [] }
    : { ...base, command: dice.pick(['npx', 'uvx', 'docker']), args: ['-y', shape.server] };
  if (isRemote && dice.chance(0.25)) {
    const { url, ...label } = dice.pick(hosted)(dice);
    entry.url = url;
    entry.labels.push({ ...label, at: ['url'], place: 'hosted-url' });
  } else if (dice.chance(0.72)) {
    plant(entry, shape, dice, isRemote ? remotePlaces : stdioPlaces);
    if (dice.chance(0.3) && !isRemote) plant(entry, dice.pick(shapes), dice, stdioPlaces);
  }
  addNegatives(entry, dice, isRemote);
  if (isRemote) entry.url ??= 'https://mcp.acme.dev/mcp';
  return entry;
}
