/** What works on this machine, and the exact remedy for what does not. One row per check. */
import { toAppError } from '../../shared/errors.ts';
import type { Check } from '../../shared/models/health.ts';
import type { Clients } from '../clients/clients.ts';
import type { Edits } from '../edits/edits.ts';
import { isInterrupted } from '../edits/journal.ts';
import { maskForms } from '../exposure/mask.ts';
import type { LauncherInstaller } from '../launch/install.ts';
import type { Keychain, Roots, Sandbox } from '../ports.ts';
import type { RecordsStore } from '../records/records.ts';
import { findPlainSecret } from '../servers/plain-secrets.ts';
import type { Servers } from '../servers/servers.ts';

export interface DoctorPorts {
  readonly roots: Roots;
  readonly keychain: Pick<Keychain, 'status'>;
  readonly clients: Clients;
  readonly records: RecordsStore;
  readonly edits: Pick<Edits, 'listOpen'>;
  readonly servers: Pick<Servers, 'list'>;
  readonly launcher: Pick<LauncherInstaller, 'check' | 'path'>;
  readonly sandbox: Pick<Sandbox, 'probe'>;
  /** Captures the search path of the login shell anew; undefined when that fails. */
  readonly captureLoginPath: () => Promise<string | undefined>;
}

type Finding = Omit<Check, 'id' | 'title'>;

interface CheckRow {
  readonly id: string;
  readonly title: string;
  readonly run: (ports: DoctorPorts) => Promise<readonly Finding[]>;
}

const checks: readonly CheckRow[] = [
  { id: 'keychain', title: 'Keychain', run: checkKeychain },
  { id: 'launcher', title: 'Launcher', run: checkLauncher },
  { id: 'records', title: 'Records', run: checkRecords },
  { id: 'sandbox', title: 'Sandbox', run: checkSandbox },
  { id: 'path', title: 'Search path', run: checkPath },
  { id: 'clients', title: 'Clients', run: checkClients },
  { id: 'servers', title: 'Servers', run: checkServers },
  { id: 'unfinished', title: 'Interrupted work', run: checkUnfinished },
];

/** Runs every check; one that fails hides no other. */
export async function runDoctor(ports: DoctorPorts): Promise<readonly Check[]> {
  const results = await Promise.all(
    checks.map(async ({ id, title, run }) => {
      const findings = await run(ports).catch((thrown: unknown): readonly Finding[] => {
        const { message, hint } = toAppError(thrown);
        return [{ state: 'failed', message, ...(hint === undefined ? {} : { hint }) }];
      });
      return findings.map((finding, at) => ({
        id: at === 0 ? id : `${id}-${at + 1}`,
        title,
        ...finding,
      }));
    }),
  );
  return results.flat();
}

async function checkKeychain({ keychain }: DoctorPorts): Promise<readonly Finding[]> {
  const { state, backend, hint } = await keychain.status();
  if (state === 'ready') return [{ state: 'ok', message: `${backend} is open.` }];
  if (state === 'vault') {
    return [{ state: 'note', message: `${backend} is open. You chose it in place of a keychain.` }];
  }
  const message = `${backend}: ${stateWords[state]}.`;
  return [{ state: 'failed', message, ...(hint === undefined ? {} : { hint }) }];
}

const stateWords = {
  locked: 'it is locked',
  unavailable: 'there is none that can be reached',
  denied: 'it refused access',
  timeout: 'it does not answer',
  'vault-locked': 'the vault is locked',
} as const;

async function checkLauncher({ launcher }: DoctorPorts): Promise<readonly Finding[]> {
  const { state, problem, hint } = await launcher.check();
  if (state === 'ready') return [{ state: 'ok', message: `Installed at ${launcher.path}.` }];
  return [
    {
      // Before the first protect there is nothing that needs it.
      state: state === 'missing' ? 'note' : 'failed',
      message: problem ?? 'The launcher is not as it should be.',
      ...(hint === undefined ? {} : { hint }),
    },
  ];
}

async function checkRecords({ records }: DoctorPorts): Promise<readonly Finding[]> {
  const { servers, revision } = await records.read();
  const open = servers.filter(({ name, launch }) => findPlainSecret(name, launch) !== undefined);
  return [
    { state: 'ok', message: `${servers.length} servers, change ${revision}.` },
    ...open.map(
      ({ id, name }): Finding => ({
        state: 'warning',
        message: `${maskForms(name)}: a secret stands in plain text in its record.`,
        hint: `See it with \`portcullis servers show ${id}\`. Renew it where it is issued, remove the server, and add it again with \`--secret NAME\`.`,
      }),
    ),
  ];
}

async function checkSandbox({ sandbox }: DoctorPorts): Promise<readonly Finding[]> {
  const { confined, filtered, problem, hint } = sandbox.probe({ anew: true });
  if (confined && filtered) {
    return [
      { state: 'ok', message: 'Servers can be confined, their hosts listed, secrets masked.' },
    ];
  }
  const can = confined ? 'Servers can be confined.' : 'Servers cannot be confined.';
  return [
    {
      state: confined ? 'note' : 'warning',
      message: [can, problem ?? ''].join(' ').trim(),
      ...(hint === undefined ? {} : { hint }),
    },
  ];
}

async function checkPath({ captureLoginPath }: DoctorPorts): Promise<readonly Finding[]> {
  const path = await captureLoginPath();
  if (path !== undefined) {
    return [{ state: 'ok', message: 'Taken from your login shell; servers are found with it.' }];
  }
  return [
    {
      state: 'warning',
      message: 'Your login shell did not tell its search path in time.',
      hint: 'Servers are looked for on the PATH of the client that starts them. Make your shell start without questions.',
    },
  ];
}

async function checkClients({ clients, records }: DoctorPorts): Promise<readonly Finding[]> {
  const { projectFolders } = await records.read();
  const surveys = (await clients.survey(projectFolders)).filter(({ detected }) => detected);
  const broken = surveys.flatMap(({ row, files }) =>
    files.flatMap(({ problem, state }): readonly Finding[] =>
      problem === undefined || state === 'unsupported'
        ? []
        : [
            {
              state: 'warning',
              message: `${row.name}: ${problem.message}`,
              ...(problem.hint === undefined ? {} : { hint: problem.hint }),
            },
          ],
    ),
  );
  const names = surveys.map(({ row }) => row.name).join(', ');
  return [
    { state: 'ok', message: surveys.length === 0 ? 'None found.' : `Found: ${names}.` },
    ...broken,
  ];
}

async function checkServers({ servers }: DoctorPorts): Promise<readonly Finding[]> {
  const views = await servers.list();
  const broken = views.flatMap(({ record, health }): readonly Finding[] =>
    health.state === 'missing-secret' || health.state === 'command-missing'
      ? [
          {
            state: 'failed',
            message: `${record.name}: ${health.message}`,
            ...(health.hint === undefined ? {} : { hint: health.hint }),
          },
        ]
      : [],
  );
  return broken.length > 0 ? broken : [{ state: 'ok', message: `${views.length} ready.` }];
}

async function checkUnfinished({ edits }: DoctorPorts): Promise<readonly Finding[]> {
  const open = (await edits.listOpen()).filter(isInterrupted);
  if (open.length === 0) return [{ state: 'ok', message: 'None.' }];
  return [
    {
      state: 'warning',
      message: `${open.length} interrupted change${open.length === 1 ? '' : 's'} could not be settled yet.`,
      hint: 'Unlock the keychain and run `portcullis doctor` again; nothing is lost.',
    },
  ];
}
