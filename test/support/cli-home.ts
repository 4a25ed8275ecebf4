/** A small home for the command line: two clients, one server that starts at once, fresh secrets. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const echoServer = join(import.meta.dirname, '..', 'fixtures', 'echo-secrets-server.ts');

export interface CliHome {
  readonly cursor: string;
  readonly codex: string;
  readonly value: string;
  write(path: string, text: string | Uint8Array): string;
}

/** `home` must exist. The planted value is a GitHub token in shape. */
export function writeCliHome(home: string): CliHome {
  const value = `${'github'}_pat_${token(22)}_${token(59)}`;
  const write = (path: string, text: string | Uint8Array): string => {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const launch = { command: process.execPath, args: [echoServer] };
  const entry = { ...launch, env: { GITHUB_TOKEN: value } };
  return {
    value,
    write,
    cursor: write('.cursor/mcp.json', JSON.stringify({ mcpServers: { github: entry } }, null, 2)),
    codex: write(
      '.codex/config.toml',
      `[mcp_servers.plain]\ncommand = ${JSON.stringify(launch.command)}\nargs = ${JSON.stringify(launch.args)}\n`,
    ),
  };
}

function token(length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

interface Parser {
  parse(value: unknown): unknown;
}

/** A procedure of the contract; its output is what `--json` prints. */
export interface Procedure {
  readonly '~orpc': { readonly outputSchema?: unknown };
}

/** Fails unless the value is exactly what the procedure may answer. */
export function checkOutput(procedure: Procedure, value: unknown): void {
  const schema = procedure['~orpc'].outputSchema;
  if (!isParser(schema)) throw new Error('This procedure has no output schema.');
  schema.parse(value);
}

function isParser(value: unknown): value is Parser {
  return typeof value === 'object' && value !== null && 'parse' in value;
}
