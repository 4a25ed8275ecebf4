/** The window's own scheme: packaged files by exact name, with the headers of the browser door. */
import type { Bundle } from '../web/bundle.ts';
import { guardHeaders } from '../web/headers.ts';
import { type ElectronParts, windowOrigin } from './parts.ts';

/** Must run before the app is ready. No `file:`, and no more rights than a secure page has. */
export function registerScheme({ protocol }: Pick<ElectronParts, 'protocol'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

export function serveBundle({ protocol }: Pick<ElectronParts, 'protocol'>, bundle: Bundle): void {
  protocol.handle('app', (request) => answerFile(bundle, request));
}

/** 404 for whatever is not exactly one of the names. */
export function answerFile(
  bundle: Bundle,
  { url, method }: Pick<Request, 'url' | 'method'>,
): Response {
  const [address = ''] = url.split('#');
  const isOurs = address.startsWith(`${windowOrigin}/`);
  const file = isOurs ? bundle.get(address.slice(windowOrigin.length)) : undefined;
  if (method !== 'GET') return new Response('GET only.', { status: 405, headers: guardHeaders });
  if (file === undefined)
    return new Response('Nothing here.', { status: 404, headers: guardHeaders });
  // A copy: a view of a larger buffer is not taken.
  return new Response(new Uint8Array(file.bytes), {
    headers: { ...guardHeaders, 'content-type': file.type },
  });
}
