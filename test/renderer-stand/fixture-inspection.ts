/** What a made-up server offers. */
import type { Inspection } from '../../shared/models/health.ts';
import { minutesAgo } from './build-world.ts';

const tools = [
  ['search_repositories', 'Search for repositories. Supports the full query syntax.', 212, true],
  ['create_issue', 'Create an issue in a repository you can write to.', 348, false],
  ['get_file_contents', 'Read a file or a folder at a branch, tag or commit.', 187, true],
  ['delete_branch', 'Delete a branch. This cannot be undone.', 96, false],
  ['list_commits', 'List the commits of a branch, newest first.', 143, true],
  ['push_files', 'Push several files in one commit, creating the branch when needed.', 402, false],
] as const;

export function inspect(server: string): Inspection {
  return {
    server,
    at: minutesAgo(0),
    serverName: `${server}-mcp-server`,
    serverVersion: '2.1.0',
    protocol: '2025-11-25',
    startMilliseconds: 412,
    tools: tools.map(([name, description, tokens, readOnly]) => ({
      name,
      description,
      tokens,
      fullTokens: tokens * 2,
      readOnly,
      ...(name.startsWith('delete') ? { destructive: true } : {}),
    })),
    resources: [],
    prompts: [
      { name: 'triage', description: 'Sort the newest issues.', tokens: 41, fullTokens: 60 },
    ],
    tokens: tools.reduce((sum, [, , tokens]) => sum + tokens, 41),
  };
}
