/** Certificates that sign themselves: authorities of tests. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** For these names, each `IP:…` or `DNS:…`. Answers the paths of its two files below the folder. */
export function makeCertificate(folder: string, names: readonly string[]) {
  const [key, certificate] = [join(folder, 'tls', 'key.pem'), join(folder, 'tls', 'cert.pem')];
  mkdirSync(join(folder, 'tls'), { recursive: true });
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', '2', '-subj', '/CN=test', '-addext', `subjectAltName=${names.join(',')}`],
      ...['-keyout', key, '-out', certificate],
    ],
    { stdio: 'ignore' },
  );
  return { key, certificate };
}
