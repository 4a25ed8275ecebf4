/** A file from another computer: one server that is new, one that is here, one that is different here. */

const server = (id: string, args: readonly string[], secrets: readonly string[]) => ({
  id,
  name: id,
  enabled: true,
  launch: {
    transport: 'stdio',
    command: 'npx',
    args: ['-y', ...args],
    env: Object.fromEntries(secrets.map((name) => [name, `\${secret:${name}}`])),
  },
  secrets: secrets.map((name) => ({ name, kind: 'generic-api-key' })),
  clients: ['cursor', 'windsurf', 'goose'].map((client) => ({ client, entryName: id })),
});

export const importFile = `${JSON.stringify(
  {
    portcullis: 'records',
    version: 1,
    servers: [
      server('billing', ['@acme/billing-mcp'], ['BILLING_KEY', 'BILLING_WEBHOOK_SECRET']),
      server(
        'github',
        ['@modelcontextprotocol/server-github@1.4.0', '--read-only'],
        ['GITHUB_TOKEN'],
      ),
    ],
  },
  null,
  2,
)}\n`;
