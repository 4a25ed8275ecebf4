/** The pictures: which screen, in which scene, how wide, in which colours, after which steps. */
import type { Page } from 'playwright-core';
import type { SceneName } from './scenes.ts';
import { scopeShots } from './shots-scope.ts';
import type { Stand } from './stand.ts';

export interface Shot {
  readonly name: string;
  readonly scene: SceneName;
  readonly path: string;
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  readonly stepTime?: number;
  /** Stands in the repository. */
  readonly keep?: boolean;
  readonly prepare?: (page: Page, stand: Stand) => Promise<void>;
}

const narrow = { width: 380, height: 640 } as const;
const wide = { width: 1600, height: 950 } as const;

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

const inspect = async (page: Page) => {
  await page.getByRole('button', { name: 'Start and look' }).click();
  await page.getByRole('tab').first().waitFor();
  await page.getByRole('tab').first().scrollIntoViewIfNeeded();
};

export const shots: readonly Shot[] = [
  ...scopeShots,
  { name: 'first-run', scene: 'first-run', path: '/', keep: true },
  { name: 'first-run-dark', scene: 'first-run', path: '/', scheme: 'dark' },
  { name: 'first-run-narrow', scene: 'first-run', path: '/', ...narrow, keep: true },
  { name: 'overview-empty', scene: 'empty', path: '/' },
  { name: 'overview-everyday', scene: 'everyday', path: '/' },
  { name: 'overview-trouble', scene: 'trouble', path: '/' },
  { name: 'overview-trouble-dark', scene: 'trouble', path: '/', scheme: 'dark', keep: true },
  { name: 'overview-calm', scene: 'calm', path: '/', keep: true },
  { name: 'overview-locked', scene: 'locked', path: '/' },
  { name: 'overview-interrupted', scene: 'interrupted', path: '/' },
  { name: 'overview-failed', scene: 'failed', path: '/' },
  { name: 'overview-failed-dark', scene: 'failed', path: '/', scheme: 'dark' },
  { name: 'overview-loading', scene: 'loading', path: '/' },
  { name: 'overview-hostile', scene: 'hostile', path: '/' },
  { name: 'overview-narrow', scene: 'trouble', path: '/', ...narrow },
  { name: 'overview-narrow-dark', scene: 'calm', path: '/', scheme: 'dark', ...narrow, keep: true },
  { name: 'overview-wide', scene: 'crowded', path: '/', ...wide },
  {
    name: 'overview-lost',
    scene: 'everyday',
    path: '/',
    prepare: async (page, stand) => {
      stand.fall();
      await page.getByText('Portcullis is not answering.').waitFor();
    },
  },
  { name: 'exposure-review', scene: 'first-run', path: '/exposure', keep: true },
  {
    name: 'exposure-review-dark',
    scene: 'trouble',
    path: '/exposure',
    scheme: 'dark',
    height: 1300,
  },
  { name: 'exposure-narrow', scene: 'trouble', path: '/exposure', ...narrow },
  { name: 'exposure-crowded', scene: 'crowded', path: '/exposure' },
  {
    name: 'exposure-by-file',
    scene: 'trouble',
    path: '/exposure',
    prepare: async (page) => page.getByText('By file').click(),
  },
  { name: 'exposure-hostile', scene: 'hostile', path: '/exposure', height: 1100 },
  { name: 'exposure-empty', scene: 'calm', path: '/exposure' },
  { name: 'exposure-loading', scene: 'loading', path: '/exposure' },
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
    keep: true,
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
  { name: 'receipts', scene: 'first-run', path: '/exposure', prepare: toReceipts, keep: true },
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
    keep: true,
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
      await page.getByRole('button', { name: 'Look deeper' }).click();
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
  { name: 'servers', scene: 'crowded', path: '/servers', keep: true },
  { name: 'servers-dark', scene: 'trouble', path: '/servers', scheme: 'dark' },
  { name: 'servers-narrow', scene: 'crowded', path: '/servers', ...narrow },
  { name: 'servers-wide', scene: 'crowded', path: '/servers', ...wide },
  { name: 'servers-empty', scene: 'first-run', path: '/servers' },
  { name: 'servers-hostile', scene: 'hostile', path: '/servers' },
  { name: 'servers-loading', scene: 'loading', path: '/servers' },
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
  { name: 'server', scene: 'everyday', path: '/servers/github' },
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
    keep: true,
  },
  { name: 'server-missing', scene: 'trouble', path: '/servers/github' },
  {
    name: 'server-narrow',
    scene: 'everyday',
    path: '/servers/github',
    ...narrow,
    prepare: inspect,
  },
  { name: 'server-hostile', scene: 'hostile', path: '/servers/filesystem' },
  { name: 'clients', scene: 'trouble', path: '/clients' },
  { name: 'clients-crowded-dark', scene: 'crowded', path: '/clients', scheme: 'dark' },
  { name: 'clients-narrow', scene: 'crowded', path: '/clients', ...narrow },
  { name: 'clients-empty', scene: 'empty', path: '/clients' },
  { name: 'client', scene: 'trouble', path: '/clients/cursor' },
  { name: 'client-broken', scene: 'trouble', path: '/clients/windsurf' },
  { name: 'client-narrow', scene: 'crowded', path: '/clients/cline', ...narrow },
  {
    name: 'client-history',
    scene: 'everyday',
    path: '/clients/cursor',
    prepare: press('History'),
  },
  { name: 'secrets', scene: 'trouble', path: '/secrets', keep: true },
  { name: 'secrets-dark', scene: 'crowded', path: '/secrets', scheme: 'dark' },
  { name: 'secrets-narrow', scene: 'crowded', path: '/secrets', ...narrow },
  { name: 'secrets-hostile', scene: 'hostile', path: '/secrets' },
  { name: 'secrets-empty', scene: 'first-run', path: '/secrets' },
  {
    name: 'secrets-menu',
    scene: 'everyday',
    path: '/secrets',
    prepare: press(/^Actions for/),
  },
  { name: 'settings', scene: 'everyday', path: '/settings', height: 1250 },
  { name: 'settings-dark', scene: 'locked', path: '/settings', scheme: 'dark', height: 1250 },
  { name: 'settings-narrow', scene: 'everyday', path: '/settings', ...narrow },
  { name: 'settings-no-keychain', scene: 'no-keychain', path: '/settings' },
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
