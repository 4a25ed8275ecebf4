/** Every string of the window, by screen. The words are those of the glossary in STYLE.md. */
import { clients } from './words/clients.ts';
import { common } from './words/common.ts';
import { drift } from './words/drift.ts';
import { exposure } from './words/exposure.ts';
import { overview } from './words/overview.ts';
import { scope } from './words/scope.ts';
import { secrets } from './words/secrets.ts';
import { servers } from './words/servers.ts';
import { settings } from './words/settings.ts';
import { transfer } from './words/transfer.ts';

export const words = {
  ...common,
  overview,
  exposure,
  servers,
  clients,
  secrets,
  settings,
  drift,
  scope,
  transfer,
} as const;
