/** Hosts whose URLs carry a credential in their path, or an id that looks like one. */
import type { KindRow } from './detection.ts';
import { kindById } from './kinds.ts';
import { structureKinds } from './kinds-data.ts';

export interface PathRule {
  readonly host: RegExp;
  /** Sticky-free expression over the path; group 1 is the secret. */
  readonly path: RegExp;
  readonly kind: KindRow;
}

const uuid = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';

export const pathRules: readonly PathRule[] = [
  {
    host: /(?:^|\.)zapier\.com$/i,
    path: /^\/(?:api\/mcp\/(?:s|a\/[^/]{1,40}|v1)|api\/v1\/mcp|mcp|s)\/([A-Za-z0-9_=+-]{20,600})(?=[/?#]|$)/,
    kind: kindById('zapier-mcp'),
  },
  {
    host: /(?:^|\.)pipedream\.(?:net|com)$/i,
    path: /^\/(?:[A-Za-z0-9_-]{1,20}\/){0,3}?([A-Za-z0-9_=-]{20,600})(?=[/?#]|$)/,
    kind: kindById('pipedream'),
  },
  {
    host: /(?:^|\.)(?:make\.com|make\.celonis\.com|integromat\.com)$/i,
    path: new RegExp(`/(${uuid}|[A-Za-z0-9]{28,40})(?=[/?#]|$)`),
    kind: kindById('make'),
  },
  {
    host: /(?:^|\.)composio\.dev$/i,
    path: new RegExp(`/(?:partner|customer|u|k)/(${uuid}|[A-Za-z0-9_-]{20,100})(?=[/?#]|$)`),
    kind: kindById('composio'),
  },
  {
    host: /(?:^|\.)webhook\.office\.com$/i,
    path: /\/IncomingWebhook\/([0-9a-f]{32})\//,
    kind: structureKinds.apiKey,
  },
];

/** Path segments after which the next one is a secret, whatever the host. */
export const secretSegments: ReadonlySet<string> = new Set(
  's k key keys token tokens t secret secrets auth access apikey api-key webhook webhooks hook hooks mcp sse u share private connect connector stream s2'.split(
    ' ',
  ),
);

/** Path segments after which the next one is an id. */
export const idSegments: ReadonlySet<string> = new Set(
  'project projects team teams account accounts org orgs organization organizations workspace workspaces database databases db page pages file files design board boards channel channels user users customer customers tenant tenants id ids commit commits tree blob sha rev ref refs repo repos repository repositories issue issues document documents doc docs d space spaces group groups profile profiles app apps instance instances region version versions site sites zone zones collection collections cluster clusters subscription subscriptions resource resources resourcegroups model models dataset datasets deployment deployments environment environments image images package packages download downloads server servers'.split(
    ' ',
  ),
);
