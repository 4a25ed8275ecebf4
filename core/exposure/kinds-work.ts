/** Kinds: work tracking, design, payments. Shapes of facts §12. */
import type { KindRow } from './detection.ts';

const uuid = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';

const trackingKinds: readonly KindRow[] = [
  {
    id: 'notion',
    family: 'notion',
    label: 'Notion integration secret',
    prefixes: ['ntn_'],
    body: '[0-9]{11}[A-Za-z0-9]{35}',
    rotateUrl: 'https://www.notion.so/profile/integrations',
  },
  {
    id: 'notion',
    family: 'notion',
    label: 'Notion integration secret',
    prefixes: ['secret_'],
    body: '[A-Za-z0-9]{43}',
    mixedOnly: true,
    rotateUrl: 'https://www.notion.so/profile/integrations',
  },
  {
    id: 'linear',
    family: 'linear',
    label: 'Linear API key',
    prefixes: ['lin_api_', 'lin_oauth_'],
    body: '[A-Za-z0-9]{40,64}',
    rotateUrl: 'https://linear.app/settings/account/security',
  },
  {
    id: 'atlassian',
    family: 'atlassian',
    label: 'Atlassian API token',
    prefixes: ['ATATT3', 'ATCTT3'],
    body: '[A-Za-z0-9_=-]{100,260}',
    context: [
      { providers: ['atlassian'], shape: '[A-Za-z0-9]{24}' },
      { providers: ['jira'], shape: '[A-Za-z0-9]{24}' },
      { providers: ['confluence'], shape: '[A-Za-z0-9]{24}' },
    ],
    rotateUrl: 'https://id.atlassian.com/manage-profile/security/api-tokens',
  },
  {
    id: 'figma',
    family: 'figma',
    label: 'Figma personal access token',
    prefixes: ['figd_'],
    body: '[A-Za-z0-9_-]{38,}',
    rotateUrl: 'https://www.figma.com/settings',
  },
  {
    id: 'asana',
    family: 'asana',
    label: 'Asana personal access token',
    prefixes: ['2/', '1/', '0/'],
    body: '(?:[0-9]{12,17}/)?[0-9]{12,17}:[0-9a-f]{32}',
    rotateUrl: 'https://app.asana.com/0/my-apps',
  },
  {
    id: 'clickup',
    family: 'clickup',
    label: 'ClickUp API token',
    prefixes: ['pk_'],
    body: '[0-9]{7,9}_[A-Z0-9]{32}',
    rotateUrl: 'https://app.clickup.com/settings/apps',
  },
  {
    id: 'todoist',
    family: 'todoist',
    label: 'Todoist API token',
    context: [{ providers: ['todoist'], shape: '[0-9a-f]{40}' }],
    rotateUrl: 'https://app.todoist.com/app/settings/integrations/developer',
  },
  {
    id: 'trello',
    family: 'trello',
    label: 'Trello token',
    prefixes: ['ATTA'],
    body: '[A-Za-z0-9]{72}',
    context: [{ providers: ['trello'], shape: '[0-9a-f]{64}', names: ['token', 'secret'] }],
    rotateUrl: 'https://trello.com/power-ups/admin',
  },
  {
    id: 'airtable',
    family: 'airtable',
    label: 'Airtable personal access token',
    prefixes: ['pat'],
    body: '[A-Za-z0-9]{14}\\.[0-9a-f]{64}',
    rotateUrl: 'https://airtable.com/create/tokens',
  },
  {
    id: 'hubspot',
    family: 'hubspot',
    label: 'HubSpot private app token',
    prefixes: ['pat-na1-', 'pat-na2-', 'pat-na3-', 'pat-eu1-', 'pat-ap1-'],
    body: uuid,
  },
];

const moneyKinds: readonly KindRow[] = [
  {
    id: 'stripe-secret',
    family: 'stripe',
    label: 'Stripe secret key',
    prefixes: ['sk_live_', 'sk_test_'],
    body: '[A-Za-z0-9]{24,107}',
    rotateUrl: 'https://dashboard.stripe.com/apikeys',
  },
  {
    id: 'stripe-restricted',
    family: 'stripe',
    label: 'Stripe restricted key',
    prefixes: ['rk_live_', 'rk_test_'],
    body: '[A-Za-z0-9]{24,107}',
    rotateUrl: 'https://dashboard.stripe.com/apikeys',
  },
  {
    id: 'stripe-webhook',
    family: 'stripe',
    label: 'Stripe webhook secret',
    prefixes: ['whsec_'],
    body: '[A-Za-z0-9+/]{32,}={0,2}',
    rotateUrl: 'https://dashboard.stripe.com/webhooks',
  },
  {
    id: 'shopify',
    family: 'shopify',
    label: 'Shopify access token',
    prefixes: ['shpat_', 'shpca_', 'shppa_', 'shpss_'],
    body: '[0-9a-fA-F]{32}',
  },
  {
    id: 'square',
    family: 'square',
    label: 'Square access token',
    prefixes: ['EAAA'],
    body: '[A-Za-z0-9_-]{60}',
    rotateUrl: 'https://developer.squareup.com/apps',
  },
  {
    id: 'paypal-secret',
    family: 'paypal',
    label: 'PayPal client secret',
    context: [
      { providers: ['paypal'], shape: '[A-Za-z0-9_-]{80}', names: ['secret', 'key', 'token'] },
    ],
    rotateUrl: 'https://developer.paypal.com/dashboard/applications',
  },
];

export const workKinds: readonly KindRow[] = [...trackingKinds, ...moneyKinds];
