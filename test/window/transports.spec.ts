/** Both transports of the window, and a browser door that does not know the page. */
import type { Page } from '@playwright/test';
import { openPortDoor } from './port-door.ts';
import { expect, settle, test } from './window-test.ts';

async function callsByHttp(page: Page): Promise<string[]> {
  const calls: string[] = [];
  page.on('request', (request) => {
    if (/\/(rpc|door)\//.test(request.url())) calls.push(request.url());
  });
  return calls;
}

test('over a port: the whole window without one call over HTTP', async ({ page, open }) => {
  const calls = await callsByHttp(page);
  const door = await openPortDoor(page, 'everyday');
  await open('empty');
  await expect(page.getByRole('heading', { name: /lie in plain text/ })).toBeVisible();
  await page.getByRole('navigation').getByRole('link', { name: 'Servers' }).click();
  await expect(page.getByRole('link', { name: /^github/ })).toBeVisible();
  await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('switch', { name: 'Start with the computer' })).toBeChecked();
  await expect(page.getByRole('switch', { name: /^Stay in the tray/ })).toBeChecked();
  await expect(page.getByRole('switch', { name: 'Look for new versions' })).not.toBeChecked();
  expect(calls).toEqual([]);
  expect(door.ports()).toBe(1);
});

test('in a browser there are no switches of an app', async ({ page, open }) => {
  await open('everyday', '/settings');
  await settle(page);
  await expect(page.getByRole('heading', { name: 'Appearance' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'The app on this computer' })).toBeHidden();
});

test('a port that is closed shows itself, and the page asks for another', async ({
  page,
  open,
}) => {
  const door = await openPortDoor(page, 'everyday');
  await open('empty');
  await settle(page);
  await door.cut();
  await expect.poll(door.ports).toBe(2);
  await expect(page.getByText('Portcullis is not answering.')).toBeHidden();
  await page.getByRole('navigation').getByRole('link', { name: 'Clients' }).click();
  await expect(page.getByRole('link', { name: /^Cursor/ })).toBeVisible();
});

test('a message from another window is no port', async ({ page, open }) => {
  const door = await openPortDoor(page, 'everyday');
  await page.addInitScript(`
    window.postMessage('portcullis:port', window.location.origin);
    window.postMessage('another', window.location.origin, [new MessageChannel().port2]);
  `);
  await open('empty');
  await expect(page.getByRole('heading', { name: /lie in plain text/ })).toBeVisible();
  expect(door.ports()).toBe(1);
});

test('the code leaves the address at once and is sent once', async ({ page, open }) => {
  const { stand } = await open('everyday');
  const codes: (string | null)[] = [];
  await page.route('**/door/exchange', async (route) => {
    codes.push(route.request().postData());
    await route.fulfill({ status: 204 });
  });
  await page.goto('about:blank');
  await page.goto(`${stand.url}#code=abcdefghijklmnopqrstuv`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(page.url()).toBe(`${stand.url}#/`);
  expect(codes).toEqual([JSON.stringify({ code: 'abcdefghijklmnopqrstuv' })]);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(codes).toHaveLength(1);
});

test('a key that is void says what to do, before the window is drawn and in the middle', async ({
  page,
  open,
}) => {
  const { stand } = await open('everyday');
  await settle(page);
  const refuse = { status: 401, contentType: 'text/plain', body: 'Run `portcullis open` again.' };
  await page.route('**/rpc/**', (route) => route.fulfill(refuse));
  await page.route('**/door/shell', (route) => route.fulfill(refuse));
  stand.fall();
  stand.rise();
  await expect(page.getByText('Portcullis was started again.')).toBeVisible();
  await page.getByRole('navigation').getByRole('link', { name: 'Secrets' }).click();
  await expect(page.getByRole('alert')).toContainText('This page has no key any more.');
  await expect(page.getByRole('alert')).toContainText('Open the window again');
  await page.reload();
  await expect(page.getByText('This page has no key any more')).toBeVisible();
  await expect(page.getByText('portcullis open')).toBeVisible();

  await page.unroute('**/rpc/**');
  await page.unroute('**/door/shell');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});
