/** Text without a tree: histories of four shells, logs, dotenv, comments, broken files. */
import { describe, expect, test } from 'vitest';
import {
  b62,
  createDice,
  digits,
  hex,
  lower,
  pem,
  urlSafe,
  uuid,
  withChecksum,
} from '../../test/corpus/random.ts';
import { detectInText, type TextFlavour } from './detect-text.ts';

const d = createDice(77);
const key = () => d.text(b62, 28);
const ghp = () => `ghp_${withChecksum(d.text(b62, 30))}`;

function found(text: string, flavour: TextFlavour): readonly (readonly [string, string])[] {
  const sure = detectInText(text, flavour).filter(({ confidence }) => confidence !== 'possible');
  return sure.map(({ pointer, kind }) => [pointer, kind] as const);
}

type Row = readonly [flavour: TextFlavour, text: string, kind: string | undefined];

const rows: readonly Row[] = [
  ['history', `export ACME_API_KEY=${key()}`, 'generic-api-key'],
  ['history', `ACME_API_KEY='${key()}' npx -y acme`, 'generic-api-key'],
  ['history', `curl -H "Authorization: Bearer ${key()}" https://x.acme.dev`, 'generic-bearer'],
  ['history', `curl -u kim:${key()} https://x.acme.dev`, 'generic-password'],
  ['history', `curl https://kim:${key()}@x.acme.dev/a`, 'generic-password'],
  ['history', `mysql -u root -p${d.text(b62, 10)}7aQ shop`, 'generic-password'],
  ['history', `psql postgres://app:${d.text(b62, 10)}@db.example.com/x`, 'database-url'],
  ['history', `PGPASSWORD=${d.text(b62, 12)} psql -h db`, 'generic-password'],
  ['history', `claude mcp add github -e GITHUB_TOKEN=${ghp()} -- npx gh-mcp`, 'github-pat-classic'],
  [
    'history',
    `claude mcp add --transport http x https://x.acme.dev --header "X-Api-Key: ${key()}"`,
    'generic-api-key',
  ],
  ['history', `docker run -e API_TOKEN=${key()} acme`, 'generic-api-key'],
  ['history', `: 1700000000:0;export TOKEN=${key()}`, 'generic-api-key'],
  ['history', `- cmd: set -gx OPENAI_API_KEY sk-${d.text(hex, 32)}`, 'deepseek'],
  ['history', `- cmd: set -Ux ACME_TOKEN ${key()}`, 'generic-api-key'],
  ['history', `$env:ACME_TOKEN = "${key()}"`, 'generic-api-key'],
  [
    'history',
    `[Environment]::SetEnvironmentVariable("ACME_TOKEN","${key()}","User")`,
    'generic-api-key',
  ],
  ['history', `setx ACME_TOKEN "${key()}"`, 'generic-api-key'],
  ['history', `gh auth login --with-token <<< ${ghp()}`, 'github-pat-classic'],
  ['history', `npx acme --api-key ${key()} --verbose`, 'generic-api-key'],
  ['history', 'export GITHUB_TOKEN=$(gh auth token)', undefined],
  ['history', 'export API_KEY=', undefined],
  ['history', 'read -s DB_PASSWORD', undefined],
  ['history', `git checkout ${d.text(hex, 40)}`, undefined],
  ['history', 'cat ~/.ssh/id_ed25519.pub | pbcopy', undefined],
  ['history', 'ssh-keygen -t ed25519 -C "kim@acme.dev" -f ~/.ssh/deploy_key', undefined],
  ['history', 'docker run -p 8080:80 -u 1000:1000 nginx', undefined],
  ['history', 'mkdir -p /srv/app/secrets && chmod 700 /srv/app/secrets', undefined],
  ['history', 'grep -rn "API_KEY" src/ --include=*.ts', undefined],
  ['history', 'kubectl get secret db-password -o jsonpath={.data.password}', undefined],
  ['history', 'vault kv get -field=token secret/mcp/github', undefined],
  ['history', 'aws secretsmanager get-secret-value --secret-id prod/mcp/github-token', undefined],
  [
    'log',
    `2026-01-01T00:00:00Z [error] 401 for token=${key()} at https://x.acme.dev`,
    'generic-api-key',
  ],
  ['log', `{"level":"info","env":{"ACME_API_KEY":"${key()}"},"pid":12}`, 'generic-api-key'],
  ['log', `{"message":"{\\"Authorization\\":\\"Bearer ${key()}\\"}"}`, 'generic-bearer'],
  ['log', `GET /mcp?api_key=${key()} 200 12ms`, 'generic-api-key'],
  ['log', `connecting to redis://default:${d.text(b62, 12)}@redis:6379/0`, 'database-url'],
  ['log', 'usage: {"input_tokens": 12034, "output_tokens": 221, "max_tokens": 4096}', undefined],
  ['log', `session id ${uuid(d)} request ${d.text(hex, 32)}`, undefined],
  ['log', 'token: invalid, please log in again', undefined],
  ['log', 'Authorization: Bearer [REDACTED]', undefined],
  ['log', `sha256:${d.text(hex, 64)} pulled`, undefined],
  ['comment', `// old token: ${ghp()}`, 'github-pat-classic'],
  ['comment', `# ACME_API_KEY=${key()}`, 'generic-api-key'],
  ['comment', `/* "apiKey": "${key()}", */`, 'generic-api-key'],
  ['comment', `// password is ${'"'}hunter${d.text(digits, 4)}${'"'}`, undefined],
  ['comment', '// set API_KEY: your key from the dashboard', undefined],
  ['comment', '# token: see the wiki for how to rotate', undefined],
  ['broken', `{"env": {"DB_PASSWORD": "${d.text(b62, 12)}", `, 'generic-password'],
  ['broken', `API_TOKEN = '${key()}'`, 'generic-api-key'],
  ['text', `Authorization: Basic ${Buffer.from(`kim:${key()}`).toString('base64')}`, 'basic-auth'],
  ['text', `figd_${d.text(urlSafe, 40)}`, 'figma'],
  [
    'text',
    `the hosted URL is https://mcp.zapier.com/api/mcp/s/${d.text(urlSafe, 80)}/mcp`,
    'zapier-mcp',
  ],
];

test.each(rows)('%s: %s', (flavour, text, kind) => {
  expect(found(`\n${text}\n`, flavour)).toEqual(kind === undefined ? [] : [['#L2', kind]]);
});

describe('dotenv', () => {
  test('points at names, and at lines in comments', () => {
    const text = `# API_KEY=${key()}\nexport TOKEN="${key()}" # note\nPORT=8080\nDB_PASSWORD='${d.text(b62, 10)}'\nREF=\${TOKEN}\n`;
    expect(found(text, 'dotenv')).toEqual([
      ['/TOKEN', 'generic-api-key'],
      ['/DB_PASSWORD', 'generic-password'],
      ['#L1', 'generic-api-key'],
    ]);
  });

  test('reads a key over several lines', () => {
    expect(found(`KEY="${pem(d)}"\nA=b\n`, 'dotenv')).toEqual([['/KEY', 'private-key-pem']]);
  });
});

test('a key in PEM over several lines of a comment is one finding at its first line', () => {
  const block = pem(d)
    .trimEnd()
    .split('\n')
    .map((line) => `# ${line}`)
    .join('\n');
  expect(found(`a = 1\n${block}\n`, 'broken')).toEqual([['#L2', 'private-key-pem']]);
});

test('two secrets in a line are two findings', () => {
  expect(found(`A_TOKEN=${key()} B_TOKEN=${key()} run ${d.text(lower, 5)}`, 'history')).toEqual([
    ['#L1', 'generic-api-key'],
    ['#L1', 'generic-api-key'],
  ]);
});
