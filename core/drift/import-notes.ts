/** What taking one server over would change beside its command, in sentences for people. */
import type { ExportedServer } from '../../shared/models/drift.ts';
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { takesFolderOfClient } from '../launch/confine.ts';
import { describeScope } from '../scope/levels.ts';
import { neededSecrets } from '../servers/servers.ts';

/** What a record and the file say differently, the launch excepted. */
export function noteDifferences(
  known: ServerRecord | undefined,
  server: ExportedServer,
): readonly string[] {
  if (known === undefined) {
    return server.driftPolicy === undefined || server.driftPolicy === 'ask'
      ? []
      : [`Drift of it would not be asked about: ${server.driftPolicy}.`];
  }
  const policy = server.driftPolicy ?? known.driftPolicy ?? 'ask';
  return [
    ...(known.enabled === server.enabled
      ? []
      : [
          server.enabled
            ? 'Is switched off here, and would be switched on.'
            : 'Is switched on here, and would be switched off.',
        ]),
    ...noteOtherScope(known, server),
    ...(policy === (known.driftPolicy ?? 'ask') ? [] : [`What happens to its drift: ${policy}.`]),
  ];
}

function noteOtherScope(known: ServerRecord, server: ExportedServer): readonly string[] {
  if (server.scope === undefined) return [];
  const [here, there] = [sayScope(known.scope, server), sayScope(server.scope, server)];
  return here === there ? [] : [`Its scope here: ${here}`, `Its scope in the file: ${there}`];
}

/** Servers without a scope get a scoped environment and no more. */
const none = { level: 'scoped-environment', folders: [], hosts: 'any', environment: [] } as const;

/** Without the folders of the program itself, which both would show. */
function sayScope(scope: CredentialScope | undefined, server: ExportedServer): string {
  const shown = scope ?? none;
  const besides = { own: [], workspace: takesFolderOfClient(server) };
  const inherits =
    shown.environment.length === 0 ? '' : ` It inherits ${shown.environment.join(', ')}.`;
  return `${describeScope(shown, neededSecrets(server), besides)}${inherits}`;
}

/** A scope names folders and variables of the computer it was made on. */
export function noteFolders({ scope }: ExportedServer): readonly string[] {
  if (scope === undefined || scope.level === 'scoped-environment') return [];
  return note(
    'Its scope names folders of the other computer',
    scope.folders.map(({ path }) => path),
  );
}

export function note(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(', ')}.`];
}
