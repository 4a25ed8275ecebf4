/** Kinds: databases, observability, identity, and the structural and generic rows. Facts §12. */
import type { ContextShape, KindRow } from './detection.ts';

const uuid = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';
const jwtShape = 'eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{10,}';

function under(shape: string, ...providers: readonly string[]): readonly ContextShape[] {
  return providers.map((provider) => ({ providers: provider.split(' '), shape }));
}

function isIdAndKey(value: string): 'right' | 'reject' {
  const text = Buffer.from(value, 'base64').toString('latin1');
  return /^[\x21-\x7e]{3,80}:[\x21-\x7e]{8,200}$/.test(text) ? 'right' : 'reject';
}

const databases: readonly KindRow[] = [
  { id: 'database-url', family: 'database', label: 'password in a connection string' },
  {
    id: 'supabase-pat',
    family: 'supabase',
    label: 'Supabase personal access token',
    prefixes: ['sbp_', 'sbp_oauth_'],
    body: '[0-9a-f]{40}',
    rotateUrl: 'https://supabase.com/dashboard/account/tokens',
  },
  {
    id: 'supabase-secret',
    family: 'supabase',
    label: 'Supabase secret key',
    prefixes: ['sb_secret_'],
    body: '[A-Za-z0-9_-]{22}_[A-Za-z0-9_-]{8}',
    rotateUrl: 'https://supabase.com/dashboard/project/_/settings/api-keys',
  },
  {
    id: 'supabase-service-jwt',
    family: 'supabase',
    label: 'Supabase service role key',
    rotateUrl: 'https://supabase.com/dashboard/project/_/settings/api-keys',
  },
  {
    id: 'neon',
    family: 'neon',
    label: 'Neon API key',
    prefixes: ['napi_'],
    body: '[A-Za-z0-9]{64}',
    rotateUrl: 'https://console.neon.tech/app/settings/api-keys',
  },
  {
    id: 'pinecone',
    family: 'pinecone',
    label: 'Pinecone API key',
    prefixes: ['pcsk_'],
    body: '[A-Za-z0-9]{4,7}_[A-Za-z0-9]{60,64}',
    rotateUrl: 'https://app.pinecone.io/',
  },
  {
    id: 'planetscale',
    family: 'planetscale',
    label: 'PlanetScale token',
    prefixes: ['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'],
    body: '[A-Za-z0-9_.=-]{32,64}',
    rotateUrl: 'https://app.planetscale.com/',
  },
  {
    id: 'mongodb-atlas',
    family: 'mongodb',
    label: 'MongoDB Atlas service account secret',
    prefixes: ['mdb_sa_sk_'],
    body: '[A-Za-z0-9_-]{40}',
    rotateUrl: 'https://cloud.mongodb.com/',
  },
  {
    id: 'qdrant',
    family: 'qdrant',
    label: 'Qdrant API key',
    context: under(jwtShape, 'qdrant'),
    rotateUrl: 'https://cloud.qdrant.io/',
  },
  {
    id: 'elastic',
    family: 'elastic',
    label: 'Elastic API key',
    context: ['elastic', 'elasticsearch', 'es', 'kibana'].map((provider) => ({
      providers: [provider],
      shape: '[A-Za-z0-9+/_-]{40,120}={0,2}',
    })),
    verify: isIdAndKey,
  },
  {
    id: 'elastic',
    family: 'elastic',
    label: 'Elastic Cloud API key',
    prefixes: ['essu_'],
    body: '[A-Za-z0-9+/_-]{30,}={0,2}',
    rotateUrl: 'https://cloud.elastic.co/account/keys',
  },
  {
    id: 'databricks',
    family: 'databricks',
    label: 'Databricks token',
    prefixes: ['dapi'],
    body: '[0-9a-f]{32}(?:-[0-9])?',
  },
];

const observability: readonly KindRow[] = [
  {
    id: 'sentry',
    family: 'sentry',
    label: 'Sentry user token',
    prefixes: ['sntryu_'],
    body: '[0-9a-f]{64}',
    rotateUrl: 'https://sentry.io/settings/account/api/auth-tokens/',
  },
  {
    id: 'sentry-org',
    family: 'sentry',
    label: 'Sentry organisation token',
    prefixes: ['sntrys_'],
    body: '[A-Za-z0-9+/=_-]{60,}',
    rotateUrl: 'https://sentry.io/orgredirect/organizations/:orgslug/settings/auth-tokens/',
  },
  {
    id: 'datadog-app',
    family: 'datadog',
    label: 'Datadog application key',
    context: under('[0-9a-f]{40}', 'datadog', 'dd'),
    rotateUrl: 'https://app.datadoghq.com/organization-settings/application-keys',
  },
  {
    id: 'datadog-api',
    family: 'datadog',
    label: 'Datadog API key',
    context: under('[0-9a-f]{32}', 'datadog', 'dd'),
    rotateUrl: 'https://app.datadoghq.com/organization-settings/api-keys',
  },
  {
    id: 'grafana',
    family: 'grafana',
    label: 'Grafana service account token',
    prefixes: ['glsa_'],
    body: '[A-Za-z0-9]{32}_[0-9a-fA-F]{8}',
  },
  {
    id: 'grafana',
    family: 'grafana',
    label: 'Grafana Cloud token',
    prefixes: ['glc_'],
    body: '[A-Za-z0-9+/_-]{40,}={0,2}',
    rotateUrl: 'https://grafana.com/profile/api-keys',
  },
  {
    id: 'newrelic',
    family: 'newrelic',
    label: 'New Relic user key',
    prefixes: ['NRAK-'],
    body: '[A-Z0-9]{27}',
    rotateUrl: 'https://one.newrelic.com/api-keys',
  },
  {
    id: 'honeycomb',
    family: 'honeycomb',
    label: 'Honeycomb key',
    context: under('(?:[A-Za-z0-9]{22}|[A-Za-z0-9]{32})', 'honeycomb'),
    rotateUrl: 'https://ui.honeycomb.io/account',
  },
  {
    id: 'posthog',
    family: 'posthog',
    label: 'PostHog personal API key',
    prefixes: ['phx_'],
    body: '[A-Za-z0-9]{41,49}',
    rotateUrl: 'https://app.posthog.com/settings/user-api-keys',
  },
  {
    id: 'axiom',
    family: 'axiom',
    label: 'Axiom token',
    prefixes: ['xaat-', 'xapt-'],
    body: uuid,
    rotateUrl: 'https://app.axiom.co/settings/api-tokens',
  },
];

const identity: readonly KindRow[] = [
  {
    id: 'okta',
    family: 'okta',
    label: 'Okta API token',
    context: under('00[A-Za-z0-9_-]{40}', 'okta'),
  },
  {
    id: 'auth0-secret',
    family: 'auth0',
    label: 'Auth0 client secret',
    context: under('[A-Za-z0-9_-]{64}', 'auth0'),
    rotateUrl: 'https://manage.auth0.com/',
  },
  {
    id: 'spotify-secret',
    family: 'spotify',
    label: 'Spotify client secret',
    context: [{ providers: ['spotify'], shape: '[0-9a-f]{32}', names: ['secret', 'key', 'token'] }],
    rotateUrl: 'https://developer.spotify.com/dashboard',
  },
  {
    id: 'x-bearer',
    family: 'x',
    label: 'X bearer token',
    prefixes: ['AAAAAAAAAAAAAAAAAAAAA'],
    body: '[A-Za-z0-9%_-]{30,}',
    rotateUrl: 'https://developer.x.com/en/portal/dashboard',
  },
  {
    id: 'monday',
    family: 'monday',
    label: 'monday.com API token',
    context: under(jwtShape, 'monday'),
  },
  {
    id: 'home-assistant',
    family: 'home-assistant',
    label: 'Home Assistant token',
    context: under(jwtShape, 'home assistant', 'homeassistant', 'hass', 'ha', 'hassio'),
  },
  {
    id: 'obsidian',
    family: 'obsidian',
    label: 'Obsidian REST API key',
    context: under('[0-9a-f]{64}', 'obsidian'),
  },
];

export const structureKinds = {
  jwt: { id: 'jwt', family: 'jwt', label: 'JSON Web Token' },
  basicAuth: { id: 'basic-auth', family: 'basic-auth', label: 'user name and password in base64' },
  privateKey: { id: 'private-key-pem', family: 'private-key', label: 'private key' },
  apiKey: { id: 'generic-api-key', family: 'generic', label: 'key or token' },
  password: { id: 'generic-password', family: 'generic', label: 'password' },
  bearer: { id: 'generic-bearer', family: 'generic', label: 'bearer token' },
} as const satisfies Record<string, KindRow>;

/** Generic by form: issuers that share it cannot be told apart. */
const sharedForms: readonly KindRow[] = [
  {
    id: 'generic-api-key',
    family: 'generic',
    label: 'key or token',
    prefixes: ['sk-'],
    body: '[A-Za-z0-9]{40,64}',
    mixedOnly: true,
  },
];

export const dataKinds: readonly KindRow[] = [
  ...databases,
  ...observability,
  ...identity,
  ...sharedForms,
  ...Object.values(structureKinds),
];
