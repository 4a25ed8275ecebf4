/** Rows about servers and their secrets. */
import type { CommandRow, OptionRow } from '../command.ts';
import { planOnly, secretArgument, serverArgument, yes } from './options.ts';

const placementOptions: readonly OptionRow[] = [
  {
    flags: '--client <id>',
    about: 'in this client only; may be given several times, or as a,b',
    complete: 'client',
  },
  { flags: '--file <path>', about: 'in this file of the client, a project’s above all' },
  { flags: '--consent <name>', about: 'agree to secondary-evidence or shared-project-file' },
  planOnly,
  yes,
];

export const serverRows: readonly CommandRow[] = [
  {
    name: 'servers list',
    isDefault: true,
    group: 'servers',
    summary: 'servers that Portcullis knows, and how they are',
    examples: ['portcullis servers', 'portcullis servers --json'],
    next: ['servers show', 'inspect'],
    load: async () => (await import('./servers.ts')).listServers,
  },
  {
    name: 'servers show',
    group: 'servers',
    summary: 'one server: how it starts, its secrets by name, its entries',
    arguments: [serverArgument],
    examples: ['portcullis servers show github'],
    load: async () => (await import('./servers.ts')).showServer,
  },
  {
    name: 'servers add',
    group: 'servers',
    summary: 'add a server from a command line, a URL, or pasted client JSON',
    about:
      'Values of secrets are never arguments: name each with --secret, then type it unseen or give one line each on stdin. A secret is given to the server as the variable of its name, unless ${secret:NAME} stands in an argument, --env or --header.',
    arguments: [
      { syntax: '[name]', about: 'what to call it' },
      { syntax: '[command...]', about: 'behind `--`: the command and its arguments' },
    ],
    options: [
      { flags: '--secret <name>', about: 'a secret that it needs; its value is asked for' },
      { flags: '--env <name=value>', about: 'a variable that is no secret' },
      { flags: '--cwd <folder>', about: 'folder to start it in', complete: 'file' },
      { flags: '--url <url>', about: 'a remote server instead of a command' },
      { flags: '--header <text>', about: '"Name: value" for a remote server' },
      { flags: '--sse', about: 'the remote server speaks the older transport, SSE' },
      { flags: '--id <id>', about: 'its id; else made from its name' },
      {
        flags: '--from-json',
        about: 'read JSON as clients have it from stdin; its secrets go to the keychain',
      },
    ],
    examples: [
      'portcullis servers add github --secret GITHUB_TOKEN -- npx -y @modelcontextprotocol/server-github',
      "portcullis servers add docs --url https://example.com/mcp --header 'Authorization: Bearer ${secret:TOKEN}'",
      'portcullis servers add --from-json < pasted.json',
    ],
    next: ['inspect', 'clients snippet'],
    load: async () => (await import('./add-server.ts')).addServer,
  },
  {
    name: 'servers rename',
    group: 'servers',
    summary: 'give a server another name; its id stays',
    arguments: [serverArgument, { syntax: '<name>', about: 'the new name' }],
    examples: ['portcullis servers rename github "GitHub at work"'],
    load: async () => (await import('./servers.ts')).renameServer,
  },
  {
    name: 'servers enable',
    group: 'servers',
    summary: 'let clients start a server again, or give it to a client',
    about:
      'With --client an entry is written into that client’s file; without, the server is let go.',
    arguments: [serverArgument],
    options: placementOptions,
    examples: ['portcullis servers enable github', 'portcullis servers enable github --client zed'],
    load: async () => (await import('./servers.ts')).enableServer,
  },
  {
    name: 'servers disable',
    group: 'servers',
    summary: 'let no client start a server, or take it out of a client',
    about:
      'Without --client entries and secrets stay, and clients that start it are told so. With --client its entry is taken out of that client’s file.',
    arguments: [serverArgument],
    options: placementOptions,
    examples: [
      'portcullis servers disable github',
      'portcullis servers disable github --client cursor',
    ],
    load: async () => (await import('./servers.ts')).disableServer,
  },
  {
    name: 'servers remove',
    group: 'servers',
    summary: 'forget a server that no client uses any more',
    arguments: [serverArgument],
    options: [
      { flags: '--forget-secrets', about: 'also delete its secrets from the keychain' },
      yes,
    ],
    examples: ['portcullis servers remove github --forget-secrets'],
    next: ['leave'],
    load: async () => (await import('./servers.ts')).removeServer,
  },
  {
    name: 'secrets list',
    isDefault: true,
    group: 'servers',
    summary: 'names of secrets and where they are used, never values',
    arguments: [{ syntax: '[server]', about: 'only this server', complete: 'server' }],
    examples: ['portcullis secrets', 'portcullis secrets list github'],
    load: async () => (await import('./secrets.ts')).listSecrets,
  },
  {
    name: 'secrets set',
    group: 'servers',
    summary: 'store a value, typed unseen or read from stdin',
    about: 'The whole of stdin is the value, without its last end of line.',
    arguments: [serverArgument, secretArgument],
    examples: [
      'portcullis secrets set github GITHUB_TOKEN',
      'portcullis secrets set deploy SSH_KEY < id_ed25519',
    ],
    load: async () => (await import('./secrets.ts')).setSecret,
  },
  {
    name: 'secrets remove',
    group: 'servers',
    summary: 'delete a value from the keychain for good',
    arguments: [serverArgument, secretArgument],
    options: [yes],
    examples: ['portcullis secrets remove github GITHUB_TOKEN'],
    load: async () => (await import('./secrets.ts')).removeSecret,
  },
  {
    name: 'inspect',
    group: 'servers',
    summary: 'start a server once and list what it offers and what that costs in context',
    arguments: [serverArgument],
    options: [
      { flags: '--tools', about: 'only its tools' },
      { flags: '--resources', about: 'only its resources' },
      { flags: '--prompts', about: 'only its prompts' },
    ],
    examples: ['portcullis inspect github', 'portcullis inspect github --tools'],
    next: ['call'],
    load: async () => (await import('./inspect.ts')).inspect,
  },
  {
    name: 'call',
    group: 'servers',
    summary: 'call one tool of a server',
    about:
      'A value that is JSON (a number, true, a list) is passed as that, everything else as text. Exit code 1: the tool itself says that it failed.',
    arguments: [serverArgument, { syntax: '<tool>', about: 'name of the tool' }],
    options: [{ flags: '--arg <name=value>', about: 'one argument of the tool' }],
    examples: ['portcullis call weather forecast --arg city=Oslo --arg days=3'],
    load: async () => (await import('./inspect.ts')).call,
  },
  {
    name: 'run',
    group: 'servers',
    summary: 'start a server as its clients do: the launcher',
    about:
      'stdin, stdout and stderr belong to the server. Clients start the installed copy of this command; run it by hand to see why a server does not start.',
    arguments: [serverArgument],
    options: [{ flags: '--stay', about: 'stay as the parent of the server' }],
    examples: ['portcullis run github'],
    noJson: true,
    load: async () => (await import('./launch.ts')).launch,
  },
];
