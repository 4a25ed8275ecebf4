/** Opens web pages in the browser. An address that we did not write is shown in full first. */
import type { ElectronParts } from './parts.ts';

/** Longer ones cannot be read by a person, so nobody could agree to them. */
const longest = 2048;

export function createExternal(
  { shell, dialog }: Pick<ElectronParts, 'shell' | 'dialog'>,
  known: ReadonlySet<string>,
): (address: string) => Promise<void> {
  return async (address) => {
    const url = readAddress(address);
    if (url === undefined) return;
    if (known.has(url) || (await isAgreed(dialog, url))) await shell.openExternal(url);
  };
}

/** As the browser would open it; undefined when it is no web page behind TLS, or hides its host. */
export function readAddress(address: string): string | undefined {
  if (address.length > longest || !URL.canParse(address)) return undefined;
  const { protocol, username, password, href } = new URL(address);
  return protocol === 'https:' && username === '' && password === '' ? href : undefined;
}

async function isAgreed(dialog: ElectronParts['dialog'], url: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    title: 'Portcullis',
    message: 'Open this page in your browser?',
    detail: url,
    buttons: ['Open', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}
