/** Makes this process, which is ours and holds secrets, connect as the person does and not as its client says. */
import { readFileSync } from 'node:fs';
import {
  chooseNetwork,
  isOverruled,
  type Network,
  networkNames,
} from '../../core/launch/network.ts';
import { say } from './fail.ts';
import { captureLogin, type LoginSource, readLogin } from './login.ts';

/** For a launch whose process stays and sends. What goes to a program that we become is apart. */
export function takeOwnNetwork(source: LoginSource): void {
  const noted = readLogin(source.roots).network ?? captureLogin(source)?.network ?? {};
  const chosen = chooseNetwork(noted, process.env);
  if (isOverruled(chosen, process.env)) {
    say(
      'The proxy that the client names is not used: your login shell does not have it. If it is yours, set it in a start-up file of that shell and run `portcullis doctor`.',
    );
  }
  for (const name of networkNames) delete process.env[name];
  Object.assign(process.env, chosen);
  trust(chosen);
}

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Node itself reads these variables only as it starts. */
function trust({ NODE_EXTRA_CA_CERTS: file, NODE_USE_SYSTEM_CA: system }: Network): void {
  if (file === undefined && system === undefined) return;
  const { getCACertificates, setDefaultCACertificates } = process.getBuiltinModule('node:tls');
  const own = file === undefined ? [] : (readIfThere(file).match(certificate) ?? []);
  const shared = system === undefined ? [] : getCACertificates('system');
  setDefaultCACertificates([...getCACertificates('default'), ...own, ...shared]);
}

/** A connection that needed it says that the other side did not prove who it is. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
