/** What the keys of config files mean, in the words of all clients together. */
import type { Place } from '../../shared/models/finding.ts';
import type { NameRole } from './detection.ts';

function set(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

const variableKeys = set(
  'env envs environment envvars envvariables environmentvariables variables vars set',
);
const headerKeys = set(
  'headers httpheaders requestheaders customheaders extraheaders defaultheaders additionalheaders header',
);
const argumentKeys = set(
  'args arguments argv cmd command commandargs runtimeargs runtimearguments packagearguments extraargs cmdargs commandline',
);
const commandKeys = set('command cmd exec commandline headershelper apikeyhelper script run shell');
const urlKeys = set(
  'url uri serverurl httpurl endpoint baseurl apibase href tcp address sseurl mcpurl remoteurl link proxy dsn',
);

/** Keys by which a map is taken for a server entry, as clients spell them. */
export const entryKeys = set(
  'command cmd url serverUrl serverURL server_url httpUrl http_url uri args',
);
/** Keys whose value is named by its neighbours. */
export const valueKeys = set('value default current content secretvalue defaultvalue val text');
/** Neighbours that give the name. */
export const namingKeys = [
  'id',
  'name',
  'key',
  'variable',
  'envVar',
  'env',
  'header',
  'field',
  'label',
] as const;
/** Neighbours that say that the value is secret. */
export const declaringKeys = ['password', 'secret', 'isSecret', 'sensitive', 'is_secret'] as const;
/** Neighbours that name a provider. */
export const providerKeys = set(
  'provider vendor name title model service package image host apibase baseurl url command type id',
);
/** Under these, any key names a credential. */
export const credentialMaps: ReadonlyMap<string, string> = new Map([
  ['tokens', 'token'],
  ['apikeys', 'api_key'],
  ['secrets', 'secret'],
  ['passwords', 'password'],
  ['credentials', 'credential'],
  ['creds', 'credential'],
  ['authtokens', 'token'],
]);
/** Keys that name something else even there. */
export const plainKeys =
  /(?:^|[_-])(?:id|type|user|username|login|email|name|url|uri|host|region|scope|scopes|expires?|expiry|expires_?(?:at|in)|account|issuer|method|limit|max|count|ref|path|file)$|(?:Id|Type|Url|Uri|Name|Path|File|At|Ref)$/;

export interface FieldMeaning {
  readonly place: Place;
  readonly role: NameRole;
}

export function bareKey(key: string): string {
  return key.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
}

/** What the key of a map or list says of what stands under it; undefined when it says nothing. */
export function readField(key: string): FieldMeaning | undefined {
  // Indexes, and what is longer or shorter than any of these.
  if (key.length < 3 || key.length > 24 || key.charCodeAt(0) < 65) return undefined;
  const bare = bareKey(key);
  if (variableKeys.has(bare)) return { place: 'env', role: 'variable' };
  if (headerKeys.has(bare)) return { place: 'header', role: 'header' };
  if (argumentKeys.has(bare)) return { place: 'args', role: 'setting' };
  return undefined;
}

export function placeOfScalar(key: string, value: string): Place {
  const bare = bareKey(key);
  if (commandKeys.has(bare)) return 'command';
  if (urlKeys.has(bare) || /^[a-z][a-z0-9+.-]{1,20}:\/\/\S+$/i.test(value)) return 'url';
  return 'setting';
}
