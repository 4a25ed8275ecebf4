/** A machine on which protect has much to ask and to say: different values, env files, copies, refusals. */
import type { Finding } from '../../shared/models/finding.ts';
import type { PlanItem, PlannedSecret } from '../../shared/models/protect.ts';
import { buildWorld, type World } from './build-world.ts';
import { home } from './people.ts';

const secret = (name: string, more: Partial<PlannedSecret> = {}): PlannedSecret => ({
  name,
  kind: 'github-pat-classic',
  label: 'GitHub personal access token',
  preview: 'ghp_••••9QfT',
  fingerprint: `choice:${name}`,
  where: 'env',
  ...more,
});

const item = (id: string, file: string, more: Partial<PlanItem>): PlanItem => ({
  id,
  kind: 'entry',
  file,
  pointer: `/mcpServers/${id}`,
  line: 12,
  secrets: [],
  ticked: true,
  possible: true,
  note: '',
  ...more,
});

const items: readonly PlanItem[] = [
  item('env-file', `${home}/code/storefront/.env.mcp`, {
    kind: 'env-file',
    pointer: '/GITHUB_TOKEN',
    line: 3,
    entry: 'github',
    server: 'github',
    secrets: [secret('GITHUB_TOKEN', { where: 'env-file', fingerprint: 'choice:env-file' })],
    note: 'Only “github” uses this file; its secrets move along with the entry.',
  }),
  item('old-copy', `${home}/.cursor/mcp.json.bak`, {
    kind: 'copy',
    pointer: '#L9',
    line: 9,
    secrets: [secret('GITHUB_TOKEN', { where: 'backup' })],
    note: 'Takes the value out of an old copy that no client reads.',
  }),
  item('comment', `${home}/.config/Code/User/mcp.json`, {
    kind: 'copy',
    pointer: '#L4',
    line: 4,
    secrets: [secret('GITHUB_TOKEN', { where: 'comment' })],
    note: 'Takes the value out of a comment.',
  }),
  item('history', `${home}/.zsh_history`, {
    kind: 'listed',
    pointer: '#L2211',
    line: 2211,
    secrets: [secret('GITHUB_TOKEN', { where: 'history' })],
    ticked: false,
    note: 'Changes your shell history; a shell that is open now may write the line back.',
  }),
  item('project', `${home}/code/ledger/.mcp.json`, {
    entry: 'ledger-db',
    server: 'ledger-db',
    client: 'claude-code',
    secrets: [
      secret('DATABASE_URL', {
        kind: 'connection-string',
        label: 'password in a connection string',
        preview: 'postgresql://••••',
      }),
    ],
    ticked: false,
    note: 'Others who share this project would get an entry that works on this computer only.',
    consent: 'shared-project-file',
  }),
  item('read-only', `${home}/.codeium/windsurf/mcp_config.json`, {
    kind: 'listed',
    entry: 'stripe',
    client: 'windsurf',
    secrets: [
      secret('STRIPE_API_KEY', {
        kind: 'stripe-secret',
        label: 'Stripe secret key',
        preview: 'sk_live_••••',
      }),
    ],
    ticked: false,
    possible: false,
    note: 'Portcullis only reads the files of this client. Take the value out by hand.',
  }),
  item('unparsable', `${home}/.config/zed/settings.json`, {
    kind: 'listed',
    pointer: '',
    line: 31,
    client: 'zed',
    ticked: false,
    possible: false,
    note: 'Not valid JSON: a brace is missing at line 31, column 1. Mend the file by hand.',
  }),
];

const deepFindings: readonly Finding[] = [1204, 88, 4419].map((line, index) => ({
  file: `${home}/.claude/projects/ledger/${index < 2 ? 'monday' : 'tuesday'}.jsonl`,
  pointer: `#L${line}`,
  kind: 'github-pat-classic',
  family: 'github',
  label: 'GitHub personal access token',
  confidence: 'certain',
  where: 'log',
  line,
  reason: 'The value has the form of a GitHub personal access token.',
  fingerprint: `deep-${line}`,
  preview: 'ghp_••••9QfT',
  fixes: ['rotate'],
  rotateUrl: 'https://github.com/settings/tokens',
}));

export function choices(): World {
  const world = buildWorld({
    servers: 5,
    clients: 5,
    protectedShare: 0,
    standsIn: (s, c) => c < 4 && (s + c) % 2 === 0,
  });
  world.extraItems = [...items];
  world.deepFindings = [...deepFindings];
  world.questions = [
    {
      id: 'github.GITHUB_TOKEN',
      server: 'github',
      secret: 'GITHUB_TOKEN',
      options: [
        {
          fingerprint: 'choice:new',
          preview: 'ghp_••••4f2a',
          clients: ['claude-desktop', 'cursor'],
          files: [`${home}/.config/Claude/claude_desktop_config.json`, `${home}/.cursor/mcp.json`],
        },
        {
          fingerprint: 'choice:old',
          preview: 'ghp_••••9QfT',
          clients: [],
          files: [`${home}/code/storefront/.env.mcp`],
        },
      ],
    },
  ];
  world.clients = world.clients.map((client) =>
    client.id === 'windsurf'
      ? { ...client, access: 'read-only', files: client.files.map(readOnly) }
      : client,
  );
  return world;
}

const readOnly = <T extends { writable: boolean }>(file: T): T => ({ ...file, writable: false });

/** Half of it fails when it is applied. */
export function failing(): World {
  const world = choices();
  world.questions = [];
  const [first, second, third] = world.standings.filter(({ server }) => server.secrets.length > 0);
  const set = (id: string | undefined, failure: Parameters<typeof world.failures.set>[1]) =>
    id !== undefined && world.failures.set(id, failure);
  set(first?.id, {
    outcome: 'failed',
    code: 'server_start_failed',
    message: 'It did not start: the program ended with exit code 1. The entry is as it was.',
    hint: 'Start its command in a terminal to see why, then protect it again.',
  });
  set(second?.id, {
    outcome: 'failed',
    code: 'file_changed',
    message: 'Another program changed the file meanwhile. Nothing was written to it.',
    hint: 'Look again and protect the rest.',
  });
  set(third?.id, { outcome: 'skipped', message: 'Left out, because its file changed.' });
  return world;
}
