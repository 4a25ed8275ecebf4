/** Programs besides the clients that are known to rewrite clients' files (`docs/drift.md`). */
import type { RunningProcess } from '../ports.ts';

interface WriterRow {
  readonly name: string;
  /** Of its command line. */
  readonly program: RegExp;
}

const writers: readonly WriterRow[] = [
  { name: 'cc-switch', program: /(?:^|[\\/])cc-switch(?:\.exe)?(?:\s|$)/i },
  { name: 'Docker MCP gateway', program: /(?:^|[\\/])docker-mcp(?:\.exe)?(?:\s|$)/i },
  { name: 'ToolHive', program: /(?:^|[\\/])(?:thv|ToolHive)(?:\.exe)?(?:\s|$)/ },
  { name: 'mcpm', program: /(?:^|[\\/])mcpm(?:\.exe)?(?:\s|$)/ },
  { name: 'Smithery', program: /(?:@smithery[\\/]cli|[\\/]smithery)(?:\s|$|@)/ },
  { name: 'add-mcp', program: /(?:^|[\\/\s])add-mcp(?:\s|$|@)/ },
];

/** Names of those that run now. */
export function findWriters(running: readonly RunningProcess[]): readonly string[] {
  return writers
    .filter(({ program }) => running.some(({ command }) => program.test(command)))
    .map(({ name }) => name);
}
