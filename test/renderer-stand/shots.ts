/** The pictures: which screen, in which scene, how wide, in which colours, after which steps. */
import type { Page } from 'playwright-core';
import { standPassphrase } from './fixture-transfer.ts';
import { importFile } from './import-file.ts';
import type { SceneName } from './scenes.ts';
import { everyPage, narrow } from './shot-matrix.ts';
import { scopeShots } from './shots-scope.ts';
import type { Stand } from './stand.ts';

export interface Shot {
  /** The page, a dash, and what is special: `servers-dark`. */
  readonly name: string;
  readonly scene: SceneName;
  readonly path: string;
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** As in a contrast theme of Windows. */
  readonly contrast?: boolean;
  readonly stepTime?: number;
  readonly prepare?: (page: Page, stand: Stand) => Promise<void>;
}

const press = (name: string | RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click();
};

const toPlan = press('See the plan');

const toReceipts = async (page: Page) => {
  await toPlan(page);
  await page.getByRole('button', { name: /^Protect \d+ secret/ }).click();
  await page.getByRole('heading', { name: 'Receipts' }).waitFor();
};

const fillServer = async (page: Page) => {
  await page.getByLabel('Name').fill('weather');
  await page
    .getByLabel('Command', { exact: true })
    .last()
    .fill('npx -y @acme/weather "Bad Homburg"');
  await page.getByRole('button', { name: 'Add a secret' }).click();
  await page.getByLabel('Variable 1').fill('WEATHER_KEY');
  await page.getByRole('textbox', { name: 'Value 1' }).fill('shown as dots');
};

const toConsents = async (page: Page) => {
  await page.getByRole('checkbox', { name: 'Protect ledger-db' }).click();
  await toPlan(page);
  await page.getByText('Needs your explicit yes').waitFor();
};

const openEdited = async (page: Page) => {
  await press(/: (Edited by you|Wiped)/)(page);
  await page.getByRole('region', { name: /^Changes in/ }).waitFor();
};

const fillExport = async (page: Page) => {
  await page.getByText('Take them along').click();
  await page.getByLabel('Passphrase', { exact: true }).fill(standPassphrase);
  await page.getByLabel('Passphrase again').fill(standPassphrase);
};

const toImportPlan = async (page: Page) => {
  await page.getByLabel('Or paste its text').fill(importFile);
  await press('See the plan')(page);
  await page.getByText('Nothing is written before you take them over.').waitFor();
};

const inspect = async (page: Page) => {
  await page.getByRole('button', { name: 'Start and look' }).click();
  await page.getByRole('tab').first().waitFor();
  await page.getByRole('tab').first().scrollIntoViewIfNeeded();
};

/** What is special of each page; every page in every state comes before. */
export const shots: readonly Shot[] = [
  ...everyPage,
  ...scopeShots,
  { name: 'first-run', scene: 'first-run', path: '/' },
  { name: 'first-run-dark', scene: 'first-run', path: '/', scheme: 'dark' },
  { name: 'first-run-narrow', scene: 'first-run', path: '/', ...narrow },
  { name: 'overview-trouble', scene: 'trouble', path: '/' },
  { name: 'overview-calm', scene: 'calm', path: '/' },
  { name: 'overview-locked', scene: 'locked', path: '/' },
  { name: 'overview-interrupted', scene: 'interrupted', path: '/' },
  { name: 'overview-failed-dark', scene: 'failed', path: '/', scheme: 'dark' },
  { name: 'overview-narrow-dark', scene: 'calm', path: '/', scheme: 'dark', ...narrow },
  {
    name: 'overview-lost',
    scene: 'everyday',
    path: '/',
    prepare: async (page, stand) => {
      stand.fall();
      await page.getByText('Portcullis is not answering.').waitFor();
    },
  },
  { name: 'exposure-review', scene: 'first-run', path: '/exposure' },
  {
    name: 'exposure-review-dark',
    scene: 'trouble',
    path: '/exposure',
    scheme: 'dark',
    height: 1300,
  },
  {
    name: 'exposure-by-file',
    scene: 'trouble',
    path: '/exposure',
    prepare: async (page) => page.getByText('By file').click(),
  },
  {
    name: 'exposure-set-aside',
    scene: 'trouble',
    path: '/exposure',
    prepare: async (page) => {
      await page
        .getByRole('button', { name: /^Actions for/ })
        .first()
        .click();
      await page.getByRole('menuitem', { name: 'Not a secret…' }).click();
    },
  },
  { name: 'plan', scene: 'first-run', path: '/exposure', prepare: toPlan },
  {
    name: 'plan-dark',
    scene: 'first-run',
    path: '/exposure',
    scheme: 'dark',
    prepare: toPlan,
  },
  { name: 'plan-narrow', scene: 'first-run', path: '/exposure', ...narrow, prepare: toPlan },
  { name: 'plan-crowded', scene: 'crowded', path: '/exposure', prepare: toPlan },
  {
    name: 'run',
    scene: 'first-run',
    path: '/exposure',
    stepTime: 120,
    prepare: async (page) => {
      await toPlan(page);
      await page.getByRole('button', { name: /^Protect \d+ secret/ }).click();
      await page.getByText(/Storing/).waitFor();
    },
  },
  { name: 'receipts', scene: 'first-run', path: '/exposure', prepare: toReceipts },
  {
    name: 'receipts-dark',
    scene: 'first-run',
    path: '/exposure',
    scheme: 'dark',
    prepare: toReceipts,
  },
  {
    name: 'receipts-partly',
    scene: 'failing',
    path: '/exposure',
    height: 1100,
    prepare: toReceipts,
  },
  { name: 'choices-review', scene: 'choices', path: '/exposure', height: 1700 },
  { name: 'choices-review-narrow', scene: 'choices', path: '/exposure', ...narrow, height: 1500 },
  {
    name: 'choices-plan',
    scene: 'choices',
    path: '/exposure',
    height: 860,
    prepare: toConsents,
  },
  {
    name: 'choices-plan-dark',
    scene: 'choices',
    path: '/exposure',
    scheme: 'dark',
    height: 1000,
    prepare: toConsents,
  },
  {
    name: 'deep-scan',
    scene: 'choices',
    path: '/exposure',
    height: 2100,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Start looking' }).click();
      await page.getByText('3 secrets found.').waitFor();
    },
  },
  {
    name: 'client-by-hand',
    scene: 'everyday',
    path: '/clients/windsurf',
    prepare: async (page, stand) => {
      stand.world.clients = stand.world.clients.map((one) => ({ ...one, access: 'read-only' }));
      stand.tell({ type: 'records-changed', revision: 2 });
      await page.getByRole('button', { name: 'Show lines for github' }).click();
      await page.getByRole('textbox', { name: 'Lines' }).waitFor();
    },
  },
  { name: 'undo', scene: 'everyday', path: '/exposure/undo/run-1' },
  {
    name: 'servers-no-match',
    scene: 'everyday',
    path: '/servers',
    prepare: async (page) => page.getByLabel('Search servers').fill('zzz'),
  },
  { name: 'servers-add', scene: 'everyday', path: '/servers/view/add', prepare: fillServer },
  {
    name: 'servers-add-narrow-dark',
    scene: 'everyday',
    path: '/servers/view/add',
    scheme: 'dark',
    ...narrow,
    prepare: fillServer,
  },
  {
    name: 'server-offers',
    scene: 'everyday',
    path: '/servers/github',
    prepare: inspect,
    height: 1100,
  },
  {
    name: 'server-offers-dark',
    scene: 'everyday',
    path: '/servers/github',
    scheme: 'dark',
    prepare: inspect,
    height: 1000,
  },
  { name: 'server-missing', scene: 'trouble', path: '/servers/github' },
  { name: 'clients-crowded-dark', scene: 'crowded', path: '/clients', scheme: 'dark' },
  { name: 'drift-cell', scene: 'crowded', path: '/clients', height: 1000, prepare: openEdited },
  {
    name: 'drift-cell-dark',
    scene: 'crowded',
    path: '/clients',
    scheme: 'dark',
    height: 1000,
    prepare: openEdited,
  },
  {
    name: 'drift-cell-narrow',
    scene: 'crowded',
    path: '/clients',
    ...narrow,
    height: 1000,
    prepare: openEdited,
  },
  { name: 'client-broken', scene: 'trouble', path: '/clients/windsurf' },
  {
    name: 'client-history',
    scene: 'everyday',
    path: '/clients/cursor',
    prepare: press('History'),
  },
  {
    name: 'secrets-menu',
    scene: 'everyday',
    path: '/secrets',
    prepare: press(/^Actions for/),
  },
  { name: 'settings-locked', scene: 'locked', path: '/settings', scheme: 'dark', height: 1250 },
  { name: 'settings-no-keychain', scene: 'no-keychain', path: '/settings' },
  {
    name: 'export',
    scene: 'everyday',
    path: '/settings/export',
    height: 1200,
    prepare: fillExport,
  },
  {
    name: 'export-dark',
    scene: 'crowded',
    path: '/settings/export',
    scheme: 'dark',
    height: 1200,
    prepare: fillExport,
  },
  { name: 'export-narrow', scene: 'hostile', path: '/settings/export', ...narrow, height: 1500 },
  { name: 'export-empty', scene: 'first-run', path: '/settings/export' },
  {
    name: 'exported',
    scene: 'everyday',
    path: '/settings/export',
    prepare: async (page) => {
      await fillExport(page);
      await press('Make the file')(page);
      await press('Show the text')(page);
      await page.getByText('It was handed to you').waitFor();
    },
  },
  { name: 'import', scene: 'everyday', path: '/settings/import' },
  {
    name: 'import-wrong',
    scene: 'everyday',
    path: '/settings/import',
    prepare: async (page) => {
      await page.getByLabel('Or paste its text').fill('{"mcpServers": {}');
      await press('See the plan')(page);
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'import-plan',
    scene: 'everyday',
    path: '/settings/import',
    height: 1100,
    prepare: toImportPlan,
  },
  {
    name: 'import-plan-dark',
    scene: 'everyday',
    path: '/settings/import',
    scheme: 'dark',
    height: 1100,
    prepare: toImportPlan,
  },
  {
    name: 'import-plan-narrow',
    scene: 'everyday',
    path: '/settings/import',
    ...narrow,
    height: 1300,
    prepare: toImportPlan,
  },
  {
    name: 'import-done',
    scene: 'everyday',
    path: '/settings/import',
    prepare: async (page) => {
      await toImportPlan(page);
      await press(/^Take over \d+ server/)(page);
      await page.getByText('is taken over').first().waitFor();
    },
  },
  {
    name: 'leave',
    scene: 'everyday',
    path: '/settings',
    prepare: press('Plan leaving…'),
  },
  {
    name: 'palette',
    scene: 'everyday',
    path: '/',
    prepare: async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByPlaceholder('Find a screen, server or action').fill('s');
    },
  },
  {
    name: 'palette-dark',
    scene: 'everyday',
    path: '/',
    scheme: 'dark',
    prepare: async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByPlaceholder('Find a screen, server or action').waitFor();
    },
  },
];
