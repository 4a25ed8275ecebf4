/** The scenes: one row each, a whole machine in one state. */
import { buildWorld, minutesAgo, type World } from './build-world.ts';
import { choices, failing } from './choices.ts';
import { clientSeeds, home } from './people.ts';

export type Mood = 'works' | 'fails' | 'waits';

export interface Scene {
  readonly make: () => World;
  /** Whether calls answer, fail, or never come back. */
  readonly mood?: Mood;
  readonly clipboard?: boolean;
}

const everyday = () => {
  const world = buildWorld({
    servers: 14,
    clients: 5,
    protectedShare: 60,
    standsIn: (s, c) => (s + c) % 3 !== 0 && (c < 2 || s % 2 === 0),
  });
  world.runs = [
    {
      id: 'run-1',
      kind: 'protect',
      at: minutesAgo(60 * 26),
      state: 'done',
      servers: [...world.records.keys()],
      files: clientSeeds.slice(0, 4).map(({ file }) => file),
    },
  ];
  world.runStandings.set(
    'run-1',
    world.standings.filter(({ isProtected }) => isProtected).map(({ id }) => id),
  );
  world.projects = [`${home}/code/storefront`, `${home}/code/ledger`];
  return world;
};

const withTrouble = () => {
  const world = everyday();
  const broken = [...world.records.values()][0];
  if (broken !== undefined) {
    const name = broken.record.secrets[0]?.name ?? 'TOKEN';
    world.records.set(broken.record.id, {
      ...broken,
      missing: [name],
      health: {
        state: 'missing-secret',
        message: `${name} is not in the keychain.`,
        hint: 'Set it, or remove the server.',
        running: 0,
      },
    });
    world.secrets = world.secrets.map((secret) =>
      secret.server === broken.record.id ? { ...secret, state: 'missing' } : secret,
    );
    world.broken = [
      {
        subject: broken.record.name,
        server: broken.record.id,
        message: `${name} is not in the keychain.`,
        hint: 'Set it on the server’s page.',
      },
      {
        subject: `${home}/.codeium/windsurf/mcp_config.json`,
        message: 'Not valid JSON: a comma is missing at line 14, column 3.',
        hint: 'Mend the file by hand; Portcullis does not write to it until then.',
      },
    ];
  }
  world.clients = world.clients.map((client) =>
    client.id !== 'windsurf'
      ? client
      : {
          ...client,
          files: client.files.map((file) => ({
            ...file,
            state: 'unparsable' as const,
            problem: {
              message: 'Not valid JSON: a comma is missing at line 14, column 3.',
              hint: 'Mend the file by hand; Portcullis does not write to it until then.',
            },
          })),
        },
  );
  world.warnings = [
    {
      file: `${home}/.cursor/mcp.json`,
      warning: 'readable-by-others',
      message: 'Every account on this computer can read it.',
      fix: 'narrow-mode',
    },
  ];
  world.extraFindings = [
    {
      file: `${home}/.bash_history`,
      pointer: '#L2211',
      kind: 'github-pat-classic',
      family: 'github',
      label: 'GitHub personal access token',
      confidence: 'certain',
      where: 'history',
      line: 2211,
      reason: 'The value has the form of a GitHub personal access token.',
      fingerprint: 'history-1',
      preview: 'ghp_…4f2a',
      fixes: ['scrub', 'rotate'],
      rotateUrl: 'https://github.com/settings/tokens',
    },
    {
      file: `${home}/code/storefront/.env.example`,
      pointer: '/OPENAI_API_KEY',
      kind: 'openai',
      family: 'openai',
      label: 'OpenAI API key',
      confidence: 'likely',
      where: 'env-file',
      line: 3,
      reason: 'The name OPENAI_API_KEY says that an OpenAI API key stands here.',
      fingerprint: 'env-1',
      preview: 'sk-…Qw3r',
      fixes: ['edit-by-hand'],
    },
  ];
  world.suppressed = [
    {
      file: `${home}/.cursor/mcp.json`,
      pointer: '/mcpServers/demo/env/TOKEN',
      fingerprint: 'suppressed-1',
      reason: 'An example value from the documentation.',
      at: minutesAgo(60 * 24 * 9),
    },
  ];
  world.possible = 3;
  return world;
};

const crowded = () => {
  const world = buildWorld({
    servers: 50,
    clients: 15,
    protectedShare: 55,
    standsIn: (s, c) => (s * 5 + c * 3) % 4 !== 0,
  });
  let exposed = 0;
  for (const standing of world.standings) {
    if (standing.isProtected) continue;
    exposed += standing.server.secrets.length;
    // Two hundred findings; what is beyond them does not stand in the files.
    if (exposed > 200) standing.isProtected = true;
  }
  world.broken = [...world.records.keys()].slice(0, 6).map((subject) => ({
    server: subject,
    subject,
    message: 'The command was not found.',
    hint: 'Install it, or change the command.',
  }));
  return world;
};

/** Names that try to be something else: markup, bidi overrides, escapes, lengths. */
export const hostileNames = [
  '<img src=x onerror="document.title=1">',
  'safe\u202Etxt.exe',
  'pay\u200Bpal\u2066\u2069',
  `long-${'name-that-does-not-end-'.repeat(8)}end`.slice(0, 200),
  '\u001B[31mred\u001B[0m\nsecond line',
  'ﷺ﷽𒐫 Z̷̢̛͇̈́a̴l̶g̵o̷',
  '"><script>alert(1)</script>',
  '   ',
] as const;

const hostile = () => {
  const world = buildWorld({
    servers: hostileNames.length * 2,
    clients: 4,
    protectedShare: 50,
    standsIn: () => true,
  });
  world.standings = world.standings.map((standing, index) => {
    const name = hostileNames[index % hostileNames.length] ?? '';
    return {
      ...standing,
      server: { ...standing.server, name, args: [...standing.server.args, name.repeat(6)] },
    };
  });
  for (const [index, [id, view]] of [...world.records].entries()) {
    const name = hostileNames[index % hostileNames.length] ?? '';
    world.records.set(id, {
      ...view,
      record: { ...view.record, name },
      shown: `${view.shown} ${name.repeat(12)}`,
      warnings: [name],
    });
  }
  world.secrets = world.secrets.map((secret, index) => ({
    ...secret,
    serverName: hostileNames[index % hostileNames.length] ?? '',
  }));
  world.broken = hostileNames.map((name) => ({ subject: name, message: name, hint: name }));
  world.projects = [`${home}/\u202Egpj.exe`, `/${'deep/'.repeat(60)}end`];
  return world;
};

const vast = () =>
  buildWorld({
    servers: 500,
    clients: 3,
    protectedShare: 101,
    standsIn: () => true,
  });

const locked = () => {
  const world = withTrouble();
  world.keychain = { state: 'locked', backend: 'Secret Service (GNOME Keyring)' };
  world.checks = world.checks.map((check) =>
    check.id !== 'keychain'
      ? check
      : {
          ...check,
          state: 'failed',
          message: 'The keychain is locked.',
          hint: 'Unlock it as you do when you sign in, then check again.',
        },
  );
  return world;
};

const noKeychain = () => {
  const world = firstRun();
  world.keychain = {
    state: 'unavailable',
    backend: 'none',
    hint: 'Install one (`sudo apt install gnome-keyring`), or choose the vault with `portcullis vault create`.',
  };
  world.checks = world.checks.map((check) =>
    check.id !== 'keychain'
      ? check
      : {
          ...check,
          state: 'failed',
          message: 'No Secret Service answers on this computer.',
          hint: 'Install gnome-keyring, or make a vault below.',
        },
  );
  return world;
};

function firstRun(): World {
  return buildWorld({
    servers: 9,
    clients: 4,
    protectedShare: 0,
    standsIn: (s, c) => s % 4 === c || (s + c) % 5 === 0,
  });
}

const calm = () => {
  const world = everyday();
  for (const standing of world.standings) {
    if (standing.isProtected) continue;
    standing.isProtected = true;
  }
  return world;
};

const empty = () =>
  buildWorld({ servers: 0, clients: 0, protectedShare: 0, standsIn: () => false });

const interrupted = () => {
  const world = everyday();
  world.unfinished = ['run-2'];
  world.runs = [
    {
      id: 'run-2',
      kind: 'protect',
      at: minutesAgo(4),
      state: 'unfinished',
      servers: ['figma'],
      files: [`${home}/.cursor/mcp.json`],
    },
    ...world.runs,
  ];
  return world;
};

export const scenes = {
  'first-run': { make: firstRun },
  empty: { make: empty },
  everyday: { make: everyday },
  trouble: { make: withTrouble },
  calm: { make: calm },
  crowded: { make: crowded },
  vast: { make: vast },
  hostile: { make: hostile },
  locked: { make: locked, clipboard: false },
  'no-keychain': { make: noKeychain, clipboard: false },
  interrupted: { make: interrupted },
  choices: { make: choices },
  failing: { make: failing },
  failed: { make: everyday, mood: 'fails' },
  loading: { make: everyday, mood: 'waits' },
} as const satisfies Record<string, Scene>;

export type SceneName = keyof typeof scenes;
