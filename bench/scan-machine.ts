/** A made-up machine for the scan benchmark: a dozen clients, backups, histories, a 5 MB state file. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generateCorpus } from '../test/corpus/generate.ts';
import { createDice, digits, lower } from '../test/corpus/random.ts';

export interface MadeMachine {
  readonly home: string;
  readonly clientFiles: readonly { readonly client: string; readonly path: string }[];
}

/** Prompts, tool permissions and statistics of many projects, as the client keeps them. */
function stateFile(seed: number, bytes: number): string {
  const dice = createDice(seed);
  const word = () => dice.text(lower, dice.int(2, 9));
  const sentence = () => Array.from({ length: dice.int(8, 60) }, word).join(' ');
  const projects: Record<string, unknown> = {};
  let size = 0;
  for (let index = 0; size < bytes; index += 1) {
    const history = Array.from({ length: 60 }, () => ({
      display: sentence(),
      pastedContents: {},
      timestamp: dice.int(1.6e12, 1.7e12),
    }));
    const project = {
      allowedTools: ['Bash(git status)', `mcp__github__${word()}`],
      history,
      mcpServers:
        index % 12 === 0
          ? {
              [word()]: {
                type: 'stdio',
                command: 'npx',
                args: ['-y', `${word()}-mcp`],
                env: { API_KEY: dice.text(lower + digits, 32) },
              },
            }
          : {},
      lastSessionId: dice.text('0123456789abcdef', 32),
      lastCost: dice.next(),
      hasTrustDialogAccepted: true,
    };
    projects[`/home/kim/src/${word()}-${index}`] = project;
    size += JSON.stringify(project, null, 2).length;
  }
  return JSON.stringify(
    { numStartups: 400, projects, oauthAccount: { emailAddress: 'kim@acme.dev' } },
    null,
    2,
  );
}

/** Writes the machine under `home`. */
export async function makeMachine(home: string): Promise<MadeMachine> {
  const corpus = generateCorpus(3, 60);
  const clientFiles = corpus.files.map(({ file }, index) => ({
    client: `c${index % 12}`,
    path: join(home, 'clients', file),
  }));
  const state = join(home, '.claude.json');
  const files = [
    ...corpus.files.map(({ file, text }) => [join(home, 'clients', file), text] as const),
    ...corpus.files
      .slice(0, 8)
      .map(({ file, text }) => [join(home, 'clients', `${file}.bak`), text] as const),
    [state, stateFile(5, 5_000_000)] as const,
    [join(home, '.bash_history'), 'git status\nls -la\n'.repeat(1000)] as const,
  ];
  for (const [path, text] of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return { home, clientFiles: [...clientFiles, { client: 'claude-code', path: state }] };
}
