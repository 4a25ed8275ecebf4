/** Kinds: clouds, hosting, vaults. Shapes of facts §12. */
import type { ContextShape, KindRow } from './detection.ts';

const uuid = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';

function under(shape: string, ...providers: readonly string[]): readonly ContextShape[] {
  return providers.map((provider) => ({ providers: provider.split(' '), shape }));
}

const bigClouds: readonly KindRow[] = [
  {
    id: 'aws-secret',
    family: 'aws',
    label: 'AWS secret access key',
    context: [
      { providers: ['aws'], shape: '[A-Za-z0-9/+]{40}', names: ['secret', 'key'] },
      { providers: ['bedrock'], shape: '[A-Za-z0-9/+]{40}', names: ['secret'] },
      { providers: ['s3'], shape: '[A-Za-z0-9/+]{40}', names: ['secret'] },
      {
        providers: [],
        shape: '(?=[A-Za-z0-9/+]{40}$)(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9/+]{40}',
        names: ['secret access'],
      },
    ],
    rotateUrl: 'https://console.aws.amazon.com/iam/home#/security_credentials',
  },
  {
    id: 'aws-session-token',
    family: 'aws',
    label: 'AWS session token',
    prefixes: ['IQoJ', 'FwoG', 'FQoG'],
    body: '[A-Za-z0-9+/=_-]{100,}',
  },
  {
    id: 'aws-bedrock-key',
    family: 'aws',
    label: 'Amazon Bedrock API key',
    prefixes: ['ABSK', 'bedrock-api-key-'],
    body: '[A-Za-z0-9+/]{100,2000}={0,2}',
    rotateUrl: 'https://console.aws.amazon.com/bedrock/home#/api-keys',
  },
  {
    id: 'gcp-sa-key',
    family: 'google',
    label: 'Google service account key',
    rotateUrl: 'https://console.cloud.google.com/iam-admin/serviceaccounts',
  },
  {
    id: 'gcp-oauth-secret',
    family: 'google',
    label: 'Google OAuth client secret',
    prefixes: ['GOCSPX-'],
    body: '[A-Za-z0-9_-]{28}',
    rotateUrl: 'https://console.cloud.google.com/apis/credentials',
  },
  {
    id: 'gcp-refresh-token',
    family: 'google',
    label: 'Google refresh token',
    prefixes: ['1//0'],
    body: '[A-Za-z0-9_-]{40,}',
    rotateUrl: 'https://myaccount.google.com/connections',
  },
  {
    id: 'gcp-access-token',
    family: 'google',
    label: 'Google access token',
    prefixes: ['ya29.'],
    body: '[A-Za-z0-9_.-]{40,}',
  },
  {
    id: 'azure-client-secret',
    family: 'azure',
    label: 'Microsoft Entra client secret',
    infix: { literal: 'Q~', before: '[A-Za-z0-9_~.-]{3}[0-9]', after: '[A-Za-z0-9_~.-]{31,34}' },
    rotateUrl:
      'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
  },
  {
    id: 'azure-storage-key',
    family: 'azure',
    label: 'Azure storage account key',
    context: [
      ...under('[A-Za-z0-9+/]{86}==', 'azure', 'storage', 'blob', 'cosmos', 'account'),
      { providers: [], shape: '[A-Za-z0-9+/]{86}==', names: ['key'] },
    ],
    rotateUrl: 'https://portal.azure.com/#browse/Microsoft.Storage%2FStorageAccounts',
  },
  {
    id: 'azure-storage-conn',
    family: 'azure',
    label: 'Azure connection string key',
    rotateUrl: 'https://portal.azure.com/#browse/Microsoft.Storage%2FStorageAccounts',
  },
  { id: 'azure-sas', family: 'azure', label: 'Azure shared access signature' },
  {
    id: 'azure-devops-pat',
    family: 'azure',
    label: 'Azure DevOps personal access token',
    infix: { literal: 'AZDO', before: '[A-Za-z0-9]{70,80}', after: '[A-Za-z0-9]{4}' },
    context: under('[a-z2-7]{52}', 'devops', 'ado', 'azdo', 'azure', 'vsts', 'tfs'),
    rotateUrl: 'https://dev.azure.com/',
  },
  {
    id: 'azure-openai',
    family: 'azure',
    label: 'Azure OpenAI key',
    infix: { literal: 'JQQJ99', before: '[A-Za-z0-9]{48,56}', after: '[A-Za-z0-9]{20,36}' },
    context: under(
      '(?:[0-9a-f]{32}|[A-Za-z0-9]{84})',
      'azure openai',
      'azure',
      'azureopenai',
      'aoai',
    ),
    rotateUrl: 'https://portal.azure.com/',
  },
];

const hosting: readonly KindRow[] = [
  {
    id: 'cloudflare',
    family: 'cloudflare',
    label: 'Cloudflare token',
    prefixes: ['cfut_', 'cfat_', 'cfk_'],
    body: '[A-Za-z0-9_-]{40}[0-9a-f]{8}',
    context: [
      ...under('(?:[A-Za-z0-9_-]{40}|[0-9a-f]{37})', 'cloudflare', 'cf'),
      { providers: [], shape: 'v1\\.0-[0-9a-f]{24}-[0-9a-f]{100,160}' },
    ],
    rotateUrl: 'https://dash.cloudflare.com/profile/api-tokens',
  },
  {
    id: 'fly',
    family: 'fly',
    label: 'Fly.io token',
    prefixes: ['fo1_'],
    body: '[A-Za-z0-9_-]{43}',
    rotateUrl: 'https://fly.io/dashboard/personal/tokens',
  },
  {
    id: 'fly',
    family: 'fly',
    label: 'Fly.io token',
    prefixes: ['FlyV1 fm2_', 'FlyV1 fm1r_', 'FlyV1 fm1a_', 'fm2_', 'fm1r_', 'fm1a_'],
    body: '[A-Za-z0-9+/=_-]{20,}(?:, ?fm[12][ra]?_[A-Za-z0-9+/=_-]{20,}){0,8}',
    rotateUrl: 'https://fly.io/dashboard/personal/tokens',
  },
  {
    id: 'vercel',
    family: 'vercel',
    label: 'Vercel token',
    prefixes: ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'],
    body: '[A-Za-z0-9_-]{20,60}',
    context: under('[A-Za-z0-9]{24}', 'vercel'),
    rotateUrl: 'https://vercel.com/account/settings/tokens',
  },
  {
    id: 'netlify',
    family: 'netlify',
    label: 'Netlify token',
    prefixes: ['nfp_'],
    body: '[A-Za-z0-9]{36}',
    rotateUrl: 'https://app.netlify.com/user/applications',
  },
  {
    id: 'render',
    family: 'render',
    label: 'Render API key',
    prefixes: ['rnd_'],
    body: '[A-Za-z0-9]{28}',
    rotateUrl: 'https://dashboard.render.com/u/settings#api-keys',
  },
  {
    id: 'digitalocean',
    family: 'digitalocean',
    label: 'DigitalOcean token',
    prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    body: '[0-9a-f]{64}',
    rotateUrl: 'https://cloud.digitalocean.com/account/api/tokens',
  },
  {
    id: 'heroku',
    family: 'heroku',
    label: 'Heroku API key',
    prefixes: ['HRKU-AA'],
    body: '[A-Za-z0-9_-]{58}',
    context: under(uuid, 'heroku'),
    rotateUrl: 'https://dashboard.heroku.com/account',
  },
  {
    id: 'railway',
    family: 'railway',
    label: 'Railway token',
    context: under(uuid, 'railway'),
    rotateUrl: 'https://railway.com/account/tokens',
  },
  {
    id: 'upstash',
    family: 'upstash',
    label: 'Upstash API key',
    context: under(uuid, 'upstash'),
    rotateUrl: 'https://console.upstash.com/account/api',
  },
  {
    id: 'terraform-cloud',
    family: 'terraform',
    label: 'HCP Terraform token',
    infix: { literal: '.atlasv1.', before: '[A-Za-z0-9]{14}', after: '[A-Za-z0-9_-]{60,70}' },
    rotateUrl: 'https://app.terraform.io/app/settings/tokens',
  },
  {
    id: 'vault',
    family: 'vault',
    label: 'HashiCorp Vault token',
    prefixes: ['hvs.', 'hvb.'],
    body: '[A-Za-z0-9_-]{24,}',
  },
  {
    id: 'doppler',
    family: 'doppler',
    label: 'Doppler token',
    prefixes: ['dp.pt.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.', 'dp.st.'],
    body: '(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}',
    rotateUrl: 'https://dashboard.doppler.com/workplace/tokens/personal',
  },
  {
    id: 'onepassword-sa',
    family: 'onepassword',
    label: '1Password service account token',
    prefixes: ['ops_eyJ'],
    body: '[A-Za-z0-9+/_-]{100,}={0,2}',
  },
];

export const cloudKinds: readonly KindRow[] = [...bigClouds, ...hosting];
