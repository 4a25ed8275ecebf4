/**
 * Entering by the browser: the one-time code in the address is exchanged for a cookie that scripts
 * cannot read, and leaves the address at once.
 */
import type { ShellCan } from './shell.ts';

const header = { 'x-portcullis': '1' } as const;
const codeInHash = /^#code=([A-Za-z0-9_-]{16,256})$/;

/** The door answered that this page has no right to talk to it. */
export class DoorClosed extends Error {}

export async function openBrowserDoor(view: Window): Promise<Omit<ShellCan, 'switches'>> {
  const code = codeInHash.exec(view.location.hash)?.[1];
  if (code !== undefined) {
    view.history.replaceState(null, '', '#/');
    await ask('/door/exchange', {
      method: 'POST',
      headers: { ...header, 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    }).catch(ignoreClosed);
  }
  const answer: unknown = await (await ask('/door/shell', { headers: header })).json();
  const says = (name: string) =>
    typeof answer === 'object' && answer !== null && Reflect.get(answer, name) === true;
  return { clipboard: says('clipboard'), openExternal: says('openExternal') };
}

/** A link that was used before opens a page that has its key already; the next question decides. */
function ignoreClosed(error: unknown): void {
  if (!(error instanceof DoorClosed)) throw error;
}

/** `fetch` for calls of the contract: no key is not an answer of the contract. */
export async function fetchThroughDoor(request: Request, init: RequestInit): Promise<Response> {
  const response = await fetch(request, init);
  if (response.status === 401) throw new DoorClosed('The door does not know this page.');
  return response;
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, { ...init, credentials: 'same-origin', cache: 'no-store' });
  if (!response.ok) throw new DoorClosed(`The door answered ${response.status}.`);
  return response;
}

/** By a link of the page's own, which is the one way a page has; where it goes is the browser's to ask. */
export function downloadText(page: Document, name: string, text: string): true {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  const link = page.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Some browsers fetch it only after they have asked where it shall go.
  setTimeout(() => URL.revokeObjectURL(address), 10 * 60_000);
  return true;
}
