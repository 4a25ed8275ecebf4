/** The clients on this machine, their files and what stands in them. */
import type { Action } from '../command.ts';
import { sayPath } from '../ui/say.ts';
import { printTable } from '../ui/table.ts';
import type { Span } from '../ui/terminal.ts';

export const listClients: Action = async (context) => {
  const { terminal, json, input, home } = context;
  const all = await (await context.api()).clients.list({});
  if (json) {
    terminal.json(all);
    return 0;
  }
  const shown = all.filter(({ detected }) => detected || input.has('all'));
  const rows = shown.flatMap(
    ({ id, name, running, access, files }): readonly (readonly Span[])[] => {
      const present = files.filter(({ state }) => state !== 'missing');
      const rest = present.length === 0 ? files.slice(0, 1) : present;
      if (rest.length === 0)
        return [[[id, 'bold'], name, '', '', [access, 'yellow'], pasteHint(id)]];
      return rest.map(({ path, state, entries, managed, problem }, at): readonly Span[] => [
        at === 0 ? [id, 'bold'] : '',
        at === 0 ? name : '',
        at === 0 && running ? ['running', 'green'] : '',
        state === 'present' ? `${managed} of ${entries}` : '',
        [
          problem?.message ?? (access === 'read-write' || state === 'missing' ? state : access),
          state === 'present' ? 'dim' : 'yellow',
        ],
        sayPath(path, home),
      ]);
    },
  );
  if (rows.length === 0) terminal.line('No AI client was found on this computer.');
  else
    printTable(
      terminal,
      ['client', 'name', '', 'protected', 'state', 'file'].map((title) => ({
        title,
        mayCut: title === 'name',
      })),
      rows,
    );
  return 0;
};

/** Its servers are in no file that anybody could write. */
function pasteHint(client: string): string {
  return `paste \`portcullis clients snippet ${client} SERVER\``;
}

export const listEntries: Action = async (context) => {
  const { terminal, json, input, home } = context;
  const [client] = input.words;
  const entries = await (await context.api()).clients.entries(
    client === undefined ? {} : { client },
  );
  if (json) terminal.json(entries);
  else
    printTable(
      terminal,
      ['entry', 'client', 'server', 'starts', 'file'].map((title) => ({
        title,
        mayCut: title === 'entry' || title === 'starts',
      })),
      entries.map(({ name, client: id, server, shown, file, enabled }) => [
        enabled ? name : [name, 'dim'],
        id,
        server === undefined ? '' : [server, 'green'],
        shown,
        sayPath(file, home),
      ]),
    );
  return 0;
};

export const showSnippet: Action = async (context) => {
  const { terminal, json, input } = context;
  const [client = '', server = ''] = input.words;
  const snippet = await (await context.api()).clients.snippet({ client, server });
  if (json) {
    terminal.json(snippet);
    return 0;
  }
  if (snippet.file !== '') terminal.note([`Put this into ${snippet.file}:`, 'dim']);
  if (snippet.note !== undefined) terminal.note([snippet.note, 'dim']);
  for (const line of snippet.text.split('\n')) terminal.line(line.replaceAll('\t', '  '));
  return 0;
};
