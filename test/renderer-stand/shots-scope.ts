/** The pictures of credential scopes. */
import type { Page } from 'playwright-core';
import type { Shot } from './shots.ts';

const narrow = { width: 380, height: 900 } as const;

export const toTrials = async (page: Page) => {
  await page.getByRole('button', { name: /^Try \d+ server/ }).click();
  await page.getByRole('button', { name: /^Confine \d+ server/ }).waitFor();
};

const toScopeReceipts = async (page: Page) => {
  await toTrials(page);
  await page.getByRole('button', { name: /^Confine \d+ server/ }).click();
  await page.getByRole('heading', { name: 'Receipts' }).waitFor();
};

const tryIt = async (page: Page) => {
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.getByText('It works within this scope.').waitFor();
  await page
    .getByText('Files that it looked for')
    .or(page.getByText('/.ssh/'))
    .first()
    .scrollIntoViewIfNeeded();
};

const path = '/servers/view/upgrade';

export const scopeShots: readonly Shot[] = [
  { name: 'scope', scene: 'everyday', path: '/servers/github/scope', height: 2300 },
  {
    name: 'scope-dark',
    scene: 'everyday',
    path: '/servers/github/scope',
    scheme: 'dark',
    height: 2300,
  },
  {
    name: 'scope-narrow',
    scene: 'everyday',
    path: '/servers/slack/scope',
    ...narrow,
    height: 2700,
  },
  { name: 'scope-masked', scene: 'everyday', path: '/servers/slack/scope', height: 2300 },
  {
    name: 'scope-trial',
    scene: 'everyday',
    path: '/servers/github/scope',
    height: 1000,
    prepare: tryIt,
  },
  { name: 'scope-hostile', scene: 'hostile', path: '/servers/github/scope', height: 1500 },
  { name: 'reach', scene: 'everyday', path: '/servers/view/reach', height: 1300 },
  { name: 'reach-dark', scene: 'crowded', path: '/servers/view/reach', scheme: 'dark' },
  { name: 'reach-narrow', scene: 'everyday', path: '/servers/view/reach', ...narrow },
  { name: 'upgrade', scene: 'everyday', path },
  { name: 'upgrade-empty', scene: 'empty', path },
  { name: 'upgrade-failed', scene: 'failed', path },
  {
    name: 'upgrade-running',
    scene: 'everyday',
    path,
    stepTime: 250,
    prepare: async (page) => {
      await page.getByRole('button', { name: /^Try \d+ server/ }).click();
      await page.getByText(/^2 of/).waitFor();
    },
  },
  { name: 'upgrade-trials', scene: 'everyday', path, height: 1400, prepare: toTrials },
  { name: 'upgrade-trials-dark', scene: 'everyday', path, scheme: 'dark', prepare: toTrials },
  { name: 'upgrade-trials-narrow', scene: 'everyday', path, ...narrow, prepare: toTrials },
  { name: 'upgrade-trials-hostile', scene: 'hostile', path, prepare: toTrials },
  { name: 'upgrade-receipts', scene: 'everyday', path, prepare: toScopeReceipts },
];
