/**
 * A lived-in home: the files of many AI clients with real servers in them, real formats, comments,
 * odd spacing, and secrets that are made anew for each run.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

const servers = join(import.meta.dirname, '..', 'servers', 'node_modules');
const fixture = join(import.meta.dirname, '..', 'fixtures', 'echo-secrets-server.ts');

export interface LivedInHome {
  readonly home: string;
  /** Every planted value by what it is for. */
  readonly secrets: PlantedSecrets;
  /** Path of each written file. */
  readonly files: Readonly<Record<string, string>>;
}

function letters(count: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return [...randomBytes(count)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

function hex(count: number): string {
  return randomBytes(Math.ceil(count / 2))
    .toString('hex')
    .slice(0, count);
}

function githubToken(): string {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const body = letters(30);
  let sum = crc32(body);
  let check = '';
  for (let at = 0; at < 6; at += 1) {
    check = alphabet[sum % 62] + check;
    sum = Math.floor(sum / 62);
  }
  return `${'ghp'}_${body}${check}`;
}

/** New values on each call. */
export function plantSecrets() {
  return {
    github: githubToken(),
    brave: `${'BSA'}${letters(27)}`,
    airtable: `${'pat'}${letters(14)}.${hex(64)}`,
    figma: `${'figd'}_${letters(40)}`,
    notion: `${'ntn'}_${String(randomBytes(6).readUIntBE(0, 6)).padStart(11, '1').slice(0, 11)}${letters(35)}`,
    canaryOne: letters(32),
    canaryTwo: `${letters(14)}"q\\${letters(14)}`,
    remote: letters(40),
    postgres: letters(20),
    envFile: letters(32),
  };
}

function bin(name: string, script: string): string {
  return join(servers, name, script);
}

export type PlantedSecrets = Readonly<ReturnType<typeof plantSecrets>>;

/** Where each package's program is. */
export const programs = {
  everything: bin('@modelcontextprotocol/server-everything', 'dist/index.js'),
  memory: bin('@modelcontextprotocol/server-memory', 'dist/index.js'),
  filesystem: bin('@modelcontextprotocol/server-filesystem', 'dist/index.js'),
  thinking: bin('@modelcontextprotocol/server-sequential-thinking', 'dist/index.js'),
  github: bin('@modelcontextprotocol/server-github', 'dist/index.js'),
  postgres: bin('@modelcontextprotocol/server-postgres', 'dist/index.js'),
  brave: bin('@brave/brave-search-mcp-server', 'dist/index.js'),
  airtable: bin('airtable-mcp-server', 'dist/main.js'),
  figma: bin('figma-developer-mcp', 'dist/bin.js'),
  notion: bin('@notionhq/notion-mcp-server', 'bin/cli.mjs'),
  echo: fixture,
} as const;

/** Writes the files of nine clients below `home`; `remoteUrl` is a server that wants `secrets.remote`. */
export function writeLivedInHome(
  home: string,
  remoteUrl: string,
  secrets: PlantedSecrets,
): LivedInHome {
  const node = process.execPath;
  const put = (path: string, text: string): string => {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const json = (value: unknown): string => JSON.stringify(value);
  mkdirSync(join(home, 'notes'), { recursive: true });
  const envFile = put(
    '.config/echo/secrets.env',
    `# for the echo server\nECHO_TOKEN=${secrets.envFile}\nECHO_MODE=quiet\n`,
  );
  const files = {
    claudeDesktop: put(
      '.config/Claude/claude_desktop_config.json',
      `{
  "globalShortcut": "Alt+Space",
  "mcpServers": {
    "github": { "command": ${json(node)}, "args": [${json(programs.github)}],
      "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": ${json(secrets.github)} } },
    "filesystem": {"command": ${json(node)}, "args": [${json(programs.filesystem)}, ${json(join(home, 'notes'))}]},
    "echo one": {
      "command": ${json(node)},
      "args": [ ${json(programs.echo)} ],
      "env": {"CANARY_API_KEY": ${json(secrets.canaryOne)}, "PLAIN_MODE": "on"}
    }
  }
}`,
    ),
    claudeCode: put(
      '.claude.json',
      `${JSON.stringify(
        {
          numStartups: 41,
          tipsHistory: { 'shift-enter': 12 },
          mcpServers: {
            github: {
              type: 'stdio',
              command: node,
              args: [programs.github],
              env: { GITHUB_PERSONAL_ACCESS_TOKEN: secrets.github },
            },
            wiki: {
              type: 'http',
              url: remoteUrl,
              headers: { Authorization: `Bearer ${secrets.remote}` },
            },
          },
          projects: {
            [join(home, 'notes')]: {
              history: [],
              mcpServers: {
                brave: {
                  type: 'stdio',
                  command: node,
                  args: [programs.brave],
                  env: { BRAVE_API_KEY: secrets.brave },
                },
              },
            },
          },
        },
        undefined,
        2,
      )}\n`,
    ),
    cursor: put(
      '.cursor/mcp.json',
      `{\r\n\t"mcpServers": {\r\n\t\t"airtable": {\r\n\t\t\t"command": ${json(node)},\r\n\t\t\t"args": [${json(programs.airtable)}],\r\n\t\t\t"env": {\r\n\t\t\t\t"AIRTABLE_API_KEY": ${json(secrets.airtable)}\r\n\t\t\t}\r\n\t\t},\r\n\t\t"echo-file": {\r\n\t\t\t"command": ${json(node)},\r\n\t\t\t"args": [${json(programs.echo)}],\r\n\t\t\t"envFile": ${json(envFile)}\r\n\t\t}\r\n\t}\r\n}\r\n`,
    ),
    vscode: put(
      '.config/Code/User/mcp.json',
      `// my servers
{
  "inputs": [],
  "servers": {
    /* old token was ${secrets.github} */
    "figma": {
      "type": "stdio",
      "command": ${json(node)},
      "args": [${json(programs.figma)}, "--stdio"],
      "env": {
        "FIGMA_API_KEY": ${json(secrets.figma)}, // from the settings page
      },
    },
    "everything": { "type": "stdio", "command": ${json(node)}, "args": [${json(programs.everything)}, "stdio"] },
  }
}
`,
    ),
    zed: put(
      '.config/zed/settings.json',
      `// Zed settings
{
  "theme": "One Dark",
  "context_servers": {
    "notion": {
      "command": ${json(node)},
      "args": [${json(programs.notion)}],
      "env": { "NOTION_TOKEN": ${json(secrets.notion)} }
    }
  },
  "vim_mode": false
}
`,
    ),
    codex: put(
      '.codex/config.toml',
      `model = "o9"   # the usual

[mcp_servers.postgres]
command = ${json(node)}
args = [${json(programs.postgres)}, "postgresql://app:${secrets.postgres}@db.internal.example.com:5432/main"]
startup_timeout_sec = 20

[mcp_servers."echo two"]
command = ${json(node)}
args = [${json(programs.echo)}]
[mcp_servers."echo two".env]
CANARY_SECRET = ${json(secrets.canaryTwo)}

[tui]
notifications = true
`,
    ),
    goose: put(
      '.config/goose/config.yaml',
      `# goose
GOOSE_PROVIDER: anthropic
extensions:
  developer:
    type: builtin
    name: developer
    enabled: true
  memory:
    type: stdio
    name: memory
    enabled: true
    cmd: ${node}
    args:
      - ${programs.memory}
    envs:
      MEMORY_FILE_PATH: ${join(home, 'memory.json')}
      BACKUP_TOKEN: ${secrets.canaryOne}   # keep
    timeout: 300
`,
    ),
    opencode: put(
      '.config/opencode/opencode.json',
      `{
  "$schema": "https://opencode.ai/config.json",
  "mcp": {
    "servers": {
      "github": {
        "type": "local",
        "command": [${json(node)}, ${json(programs.github)}],
        "environment": { "GITHUB_PERSONAL_ACCESS_TOKEN": ${json(secrets.github)} }
      },
      "thinking": { "type": "local", "command": [${json(node)}, ${json(programs.thinking)}] }
    }
  }
}
`,
    ),
    cline: put(
      '.cline/data/settings/cline_mcp_settings.json',
      `${JSON.stringify(
        {
          mcpServers: {
            brave: {
              transport: {
                type: 'stdio',
                command: node,
                args: [programs.brave],
                env: { BRAVE_API_KEY: secrets.brave },
              },
              disabled: false,
              autoApprove: ['brave_web_search'],
            },
          },
        },
        undefined,
        2,
      )}\n`,
    ),
    oldCopy: put(
      '.cursor/mcp.json.bak',
      `{"mcpServers":{"airtable":{"command":"npx","env":{"AIRTABLE_API_KEY":${json(secrets.airtable)}}}}}\n`,
    ),
    history: put(
      '.bash_history',
      `ls\nexport GITHUB_PERSONAL_ACCESS_TOKEN=${secrets.github}\ncd notes\n`,
    ),
    envFile,
  };
  return { home, secrets, files };
}
