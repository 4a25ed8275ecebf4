/** What taking one server over would change beside its command, in sentences for people. */
import type { ExportedServer } from '../../shared/models/drift.ts';
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { takesFolderOfClient } from '../launch/confine.ts';
import { describeScope } from '../scope/levels.ts';
import { runtimeOf } from '../scope/runtime.ts';
import { neededSecrets } from '../servers/servers.ts';
import { noteScopeDifferences } from './scope-differences.ts';

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
    ...(known.name === server.name
      ? []
      : [`Its name here: ${known.name}; in the file: ${server.name}.`]),
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
  const here = known.scope ?? { ...none, runtime: runtimeOf(known.launch) };
  const differences = noteScopeDifferences(here, server.scope);
  if (differences.length === 0) return [];
  const [said, told] = [sayScope(here, server), sayScope(server.scope, server)];
  const sentences =
    said === told ? [] : [`Its scope here: ${said}`, `Its scope in the file: ${told}`];
  return [...sentences, ...differences];
}

/** Servers without a scope get a scoped environment and no more. */
const none = { level: 'scoped-environment', folders: [], hosts: 'any', environment: [] } as const;

/** Without the folders of the program itself, which both would show. */
function sayScope(scope: CredentialScope, server: ExportedServer): string {
  const besides = { own: [], workspace: takesFolderOfClient(server) };
  return describeScope(scope, neededSecrets(server), besides);
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
