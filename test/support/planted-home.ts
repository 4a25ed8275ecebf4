/**
 * A home with one marked secret in every place that protect covers, in every format, and copies of
 * some of them where people leave them. No server in it starts: that is for the journeys.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { plantSecret } from './planted.ts';

export interface PlantedHome {
  readonly home: string;
  readonly values: PlantedValues;
  /** Text of every file at the start, by path. */
  readonly texts: ReadonlyMap<string, string>;
}

export type PlantedValues = Readonly<ReturnType<typeof plantValues>>;

const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

function letters(count: number): string {
  return [...randomBytes(count)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

/** New values on each call; those that stand in a URL have no characters that a URL escapes. */
export function plantValues() {
  return {
    env: plantSecret('env'),
    flag: letters(36),
    flagEquals: letters(34),
    engine: plantSecret('engine'),
    connection: letters(22),
    header: letters(40),
    apiHeader: plantSecret('header').replaceAll('é', 'e'),
    basic: letters(24),
    query: letters(32),
    userinfo: letters(26),
    path: `${'fc'}-${randomBytes(16).toString('hex')}`,
    envFile: letters(32),
    jsonc: plantSecret('jsonc'),
    toml: plantSecret('toml'),
    yaml: plantSecret('yaml'),
    json5: plantSecret('json5'),
    nested: plantSecret('nested'),
  };
}

/** Writes the files below `home`, which must exist. */
export function writePlantedHome(home: string, values = plantValues()): PlantedHome {
  const texts = new Map<string, string>();
  const put = (path: string, text: string): string => {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
    texts.set(file, text);
    return file;
  };
  const envFile = put(
    '.config/filer/secrets.env',
    `# only for the filer\nFILER_TOKEN=${values.envFile}\nFILER_MODE=quiet\n`,
  );
  putJsonClients(put, values, envFile);
  putOtherFormats(put, values);
  putEchoes(put, values);
  putCopies(put, values);
  return { home, values, texts };
}

type Put = (path: string, text: string) => string;

const quit = '/bin/false';
const nowhere = 'http://127.0.0.1:9';

function putJsonClients(put: Put, values: PlantedValues, envFile: string): void {
  put(
    '.config/Claude/claude_desktop_config.json',
    JSON.stringify(
      {
        globalShortcut: 'Alt+Space',
        mcpServers: {
          env: { command: quit, args: [], env: { SERVICE_API_KEY: values.env, MODE: 'on' } },
          flags: {
            command: quit,
            args: ['serve', '--api-key', values.flag, `--token=${values.flagEquals}`],
          },
          engine: {
            command: '/opt/no-such-place/docker',
            args: ['run', '-i', '--rm', '-e', `ENGINE_TOKEN=${values.engine}`, 'example/engine'],
          },
        },
      },
      undefined,
      2,
    ),
  );
  const basic = Buffer.from(`reader:${values.basic}`).toString('base64');
  put(
    '.claude.json',
    `${JSON.stringify({
      numStartups: 7,
      mcpServers: {
        header: {
          type: 'http',
          url: `${nowhere}/header`,
          headers: { Authorization: `Bearer ${values.header}`, 'X-Api-Key': values.apiHeader },
        },
        basic: {
          type: 'http',
          url: `${nowhere}/basic`,
          headers: { Authorization: `Basic ${basic}` },
        },
        query: { type: 'http', url: `${nowhere}/query?api_key=${values.query}&fast=1` },
        userinfo: { type: 'http', url: `http://reader:${values.userinfo}@127.0.0.1:9/userinfo` },
        path: { type: 'http', url: `${nowhere}/${values.path}/v2/mcp` },
      },
    })}\n`,
  );
  put(
    '.cursor/mcp.json',
    `${JSON.stringify({ mcpServers: { filer: { command: quit, envFile } } }, undefined, '\t')}\n`.replaceAll(
      '\n',
      '\r\n',
    ),
  );
  put(
    '.cline/data/settings/cline_mcp_settings.json',
    `${JSON.stringify({
      mcpServers: {
        nested: {
          transport: { type: 'stdio', command: quit, env: { NESTED_SECRET: values.nested } },
          disabled: false,
        },
      },
    })}\n`,
  );
}

function putOtherFormats(put: Put, values: PlantedValues): void {
  put(
    '.config/Code/User/mcp.json',
    `// before: "SERVICE_API_KEY": ${JSON.stringify(values.env)}
{
  "servers": {
    "jsonc": {
      "type": "stdio", "command": "${quit}",
      /* the old one was ${values.flag} */
      "env": { "JSONC_PASSWORD": ${JSON.stringify(values.jsonc)}, },
    },
  },
}
`,
  );
  put(
    '.codex/config.toml',
    `# was: --token=${values.flagEquals}
[mcp_servers.toml]
command = "${quit}"
args = ["postgresql://app:${values.connection}@db.internal.example.com:5432/main"]
[mcp_servers.toml.env]
TOML_SECRET_KEY = ${JSON.stringify(values.toml)}
`,
  );
  put(
    '.config/goose/config.yaml',
    `extensions:
  yaml:
    type: stdio
    name: yaml
    enabled: true
    cmd: ${quit}
    args: []
    envs:
      YAML_TOKEN: ${JSON.stringify(values.yaml)} # and ${values.header}
`,
  );
  put(
    '.config/mcphub/servers.json',
    `{
  // json5
  mcpServers: {
    json5: { command: '${quit}', env: { JSON5_TOKEN: ${JSON.stringify(values.json5)} } },
  },
}
`,
  );
}

/** The same values once more, where their names and forms say nothing: they have to move as well. */
function putEchoes(put: Put, values: PlantedValues): void {
  put(
    '.gemini/settings.json',
    JSON.stringify({
      mcpServers: {
        echo: {
          command: quit,
          args: [
            '--note',
            values.env,
            `--at=${nowhere}/${encodeURIComponent(values.engine)}/`,
            JSON.stringify({ deep: [values.jsonc] }),
          ],
          env: {
            FOO: values.toml,
            BAR: `t-${values.header}-x`,
            BAZ: Buffer.from(`it:${values.yaml}`).toString('base64'),
          },
        },
        trace: {
          httpUrl: `${nowhere}/t/${values.apiHeader}`,
          headers: { 'X-Trace': `t-${values.path}` },
        },
      },
    }),
  );
}

/** Secrets where no server gets them, so that their entries stay as they are. By value's name. */
export function putUnmovable(home: string): { file: string; values: Record<string, string> } {
  const values = {
    command: letters(36),
    variable: `ghp_${letters(36)}`,
    entry: `ghp_${letters(36)}`,
    setting: letters(40),
    beside: letters(32),
  };
  const servers = {
    command: { command: `env SERVICE_TOKEN=${values.command} ${quit}` },
    variable: { command: quit, env: { [values.variable]: '1' } },
    [values.entry]: { command: quit, env: { MODE: 'x' } },
    setting: { command: quit, env: { SERVICE_API_KEY: values.setting }, notes: values.setting },
    beside: { command: quit, env: { SERVICE_API_KEY: values.beside, [`V${values.beside}`]: '' } },
  };
  const file = join(home, '.gemini/settings.json');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify({ mcpServers: servers }), { mode: 0o600 });
  return { file, values };
}

/** Copies as clients, editors and people leave them. */
function putCopies(put: Put, values: PlantedValues): void {
  const old = (name: string, value: string): string =>
    `${JSON.stringify({ mcpServers: { old: { command: quit, env: { [name]: value } } } })}\n`;
  put('.cursor/mcp.json.bak', old('OLD_API_KEY', values.env));
  put('.claude.json~', old('OLD_TOKEN', values.apiHeader));
  put(
    '.config/Claude/claude_desktop_config.json.old',
    old('OLD_API_KEY', values.env).replaceAll('é', '\\u00e9'),
  );
  put('.cursor/backups/mcp.2026-11-01.json', old('OLD_SECRET', values.nested));
  put(
    '.claude/backups/.claude.json.backup.1763900000000',
    `${JSON.stringify({ mcpServers: { q: { url: `${nowhere}/query?api_key=${values.query}` } } })}\n`,
  );
  put(
    '.codex/config.toml.orig',
    `[mcp_servers.toml.env]\nTOML_SECRET_KEY = ${JSON.stringify(values.toml)}\n`,
  );
  put(
    '.bash_history',
    `ls\nexport SERVICE_API_KEY=${values.flag}\nserve --api-key ${values.flag}\n`,
  );
  put(
    '.zsh_history',
    `: 1763900000:0;curl -H "Authorization: Bearer ${values.header}" ${nowhere}\n`,
  );
}
