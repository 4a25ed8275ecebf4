/**
 * The plan as a person may see it: the draft and the copies with every value masked, the diff of each
 * file that would change, and a basis that tells whether a later apply still means the same thing.
 */
import { toAppError } from '../../shared/errors.ts';
import type {
  PlanItem,
  PlannedSecret,
  PlanQuestion,
  PlanServer,
  ProtectPlan,
} from '../../shared/models/protect.ts';
import { Secret } from '../../shared/secret.ts';
import { toPointer } from '../documents/pointer.ts';
import { decodeText } from '../documents/text.ts';
import { diffMasked } from '../edits/diff.ts';
import { linkRows, type Paths } from '../edits/target.ts';
import { type Mask, maskValues, shortestSearchable } from '../edits/values.ts';
import type { Detection } from '../exposure/detection.ts';
import { showLaunch } from '../launch/show.ts';
import { type Copy, copyPolicies } from './copies.ts';
import { type Draft, type DraftEntry, type DraftServer, itemId } from './draft.ts';
import type { FileWork } from './file-work.ts';
import type { LeftAlone } from './gather.ts';

/** Everything a plan is made of. Holds values: stays inside the core. */
export interface InternalPlan {
  readonly draft: Draft;
  readonly copies: readonly Copy[];
  readonly leftAlone: readonly LeftAlone[];
  readonly paths: Paths;
}

export interface Presentation {
  readonly fingerprint: (value: Secret) => string;
  /** What the chosen items would do to files. */
  readonly work: readonly FileWork[];
}

export function presentPlan(plan: InternalPlan, presentation: Presentation): ProtectPlan {
  const items = [
    ...plan.draft.entries.map((entry) => presentEntry(entry, presentation)),
    ...presentEnvFiles(plan.draft, presentation),
    ...plan.copies.map((copy) => presentCopy(copy, plan.draft, presentation)),
    ...plan.leftAlone.map((left) => presentLeftAlone(left, presentation)),
  ].map((item) => withTarget(item, plan.paths));
  return {
    basis: basisOf(plan, presentation),
    items,
    servers: plan.draft.servers.map(presentServer),
    questions: plan.draft.servers.flatMap((server) => presentQuestions(server, presentation)),
    files: presentation.work.flatMap((work) => presentDiff(work, masksOf(plan), plan.paths)),
  };
}

function withTarget(item: PlanItem, paths: Paths): PlanItem {
  const target = item.possible ? paths.behindLink(item.file) : undefined;
  if (target === undefined) return item;
  return { ...item, target };
}

function presentEntry(draft: DraftEntry, { fingerprint }: Presentation): PlanItem {
  const { source, entry } = draft;
  const consent = consentFor(draft);
  const cover = coverWith(draft.detections);
  const secrets = draft.detections.map((found): PlannedSecret => {
    return {
      name: draft.lifted?.names.get(found) ?? found.suggestedName,
      kind: found.kind,
      label: found.label,
      preview: found.preview,
      fingerprint: fingerprint(found.value),
      where: found.where,
      ...(found.rotateUrl === undefined ? {} : { rotateUrl: found.rotateUrl }),
    };
  });
  return {
    id: draft.id,
    kind: 'entry',
    file: source.file,
    pointer: cover(toPointer(entry.path)),
    line: draft.detections.length === 0 ? 1 : Math.min(...draft.detections.map(({ line }) => line)),
    client: source.row.id,
    entry: cover(entry.name),
    ...(draft.server === undefined ? {} : { server: draft.server }),
    secrets,
    ticked: draft.error === undefined && consent === undefined,
    possible: draft.error === undefined,
    note: cover(noteFor(draft)),
    ...(consent === undefined ? {} : { consent }),
  };
}

/** A name may hold a secret too: such an entry cannot move, and is named without it. */
function coverWith(detections: readonly Detection[]): (text: string) => string {
  const masks = detections
    .filter(({ value }) => value.length >= shortestSearchable)
    .map(({ value, preview }) => ({ value, shown: preview }));
  return (text) => maskValues(text, masks);
}

function consentFor({ source, error }: DraftEntry): PlanItem['consent'] {
  if (error !== undefined) return undefined;
  if (source.row.evidence === 'secondary') return 'secondary-evidence';
  return source.role === 'project' ? 'shared-project-file' : undefined;
}

const consentNotes = {
  'secondary-evidence':
    'We know the format of this file second-hand only, so it is written after one more yes.',
  'shared-project-file':
    'Others who share this project would get an entry that works on this computer only.',
  'only-copy': 'This value stands nowhere else.',
} as const;

function noteFor(draft: DraftEntry): string {
  if (draft.error !== undefined) {
    return draft.error.hint === undefined
      ? draft.error.message
      : `${draft.error.message} ${draft.error.hint}`;
  }
  const consent = consentFor(draft);
  return consent === undefined
    ? draft.detections.length === 0
      ? 'The entry then starts Portcullis, which starts the server.'
      : 'Moves the values to the keychain; the entry then starts Portcullis, which starts the server.'
    : consentNotes[consent];
}

/** Env files move with their entry; they have an item of their own so that nobody is surprised. */
function presentEnvFiles(draft: Draft, { fingerprint }: Presentation): readonly PlanItem[] {
  return draft.entries.flatMap((entry): readonly PlanItem[] => {
    if (entry.envFile === undefined || entry.server === undefined) return [];
    const found = entry.detections.filter(
      (one) => entry.envFile?.detections.includes(one) === true,
    );
    if (found.length === 0) return [];
    return [
      {
        id: `${entry.id}-env`,
        kind: 'env-file',
        file: entry.envFile.file,
        pointer: found[0]?.pointer ?? '',
        line: Math.min(...found.map((one) => one.line)),
        entry: entry.entry.name,
        server: entry.server,
        secrets: found.map((one) => ({
          name: one.suggestedName,
          kind: one.kind,
          label: one.label,
          preview: one.preview,
          fingerprint: fingerprint(one.value),
          where: one.where,
        })),
        ticked: true,
        possible: true,
        note: `Only “${entry.entry.name}” uses this file; its secrets move along with the entry.`,
      },
    ];
  });
}

function presentCopy(copy: Copy, draft: Draft, { fingerprint }: Presentation): PlanItem {
  const policy = copyPolicies[copy.target.kind];
  return {
    id: copy.id,
    kind: policy.ticked ? 'copy' : 'listed',
    file: copy.target.file,
    pointer: `#L${copy.line}`,
    line: copy.line,
    secrets: copy.values.map(({ server, name, value }) => {
      const candidate = draft.servers
        .find(({ id }) => id === server)
        ?.secrets.get(name)
        ?.find((one) => one.value.equals(value) || one.detection.value.equals(value));
      return {
        name,
        kind: candidate?.detection.kind ?? 'generic-api-key',
        label: candidate?.detection.label ?? 'key or token',
        preview: candidate?.detection.preview ?? '••••',
        fingerprint: fingerprint(value),
        where: copy.target.kind === 'old-copy' ? 'backup' : copy.target.kind,
      };
    }),
    ticked: policy.ticked,
    possible: true,
    note: policy.note,
  };
}

function presentLeftAlone(left: LeftAlone, { fingerprint }: Presentation): PlanItem {
  const { file, client, reason, detection } = left;
  const pointer = detection?.pointer ?? '';
  return {
    id: itemId('left', file, pointer),
    kind: 'listed',
    file,
    pointer,
    line: detection?.line ?? 1,
    client,
    secrets:
      detection === undefined
        ? []
        : [
            {
              name: detection.suggestedName,
              kind: detection.kind,
              label: detection.label,
              preview: detection.preview,
              fingerprint: fingerprint(detection.value),
              where: detection.where,
              ...(detection.rotateUrl === undefined ? {} : { rotateUrl: detection.rotateUrl }),
            },
          ],
    ticked: false,
    possible: false,
    note: reason,
  };
}

function presentServer(server: DraftServer): PlanServer {
  return {
    id: server.id,
    name: server.name,
    isNew: server.existing === undefined,
    shown: showLaunch(server.launch),
    clients: [...new Set(server.entries.map(({ source }) => source.row.id))],
    warnings: server.warnings,
  };
}

export function questionId(server: string, secret: string): string {
  return `${server}.${secret}`;
}

function presentQuestions(
  server: DraftServer,
  { fingerprint }: Presentation,
): readonly PlanQuestion[] {
  return [...server.secrets]
    .filter(([, candidates]) => candidates.length > 1)
    .map(([secret, candidates]) => ({
      id: questionId(server.id, secret),
      server: server.id,
      secret,
      options: candidates.map((candidate) => ({
        fingerprint: fingerprint(candidate.value),
        preview: candidate.stored ? 'the value in the keychain' : candidate.detection.preview,
        clients: candidate.entries.map(({ source }) => source.row.id),
        files: candidate.entries.map(({ source }) => source.file),
      })),
    }));
}

function presentDiff(work: FileWork, masks: readonly Mask[], paths: Paths): ProtectPlan['files'] {
  try {
    const before = decodeText(work.bytes, work.file).text;
    const after = decodeText(work.edit(work.bytes), work.file).text;
    const changes = diffMasked(before, after, masks);
    if (changes.length === 0) return [];
    const diff = [...linkRows(paths.behindLink(work.file)), ...changes];
    return [
      { file: work.file, ...(work.client === undefined ? {} : { client: work.client }), diff },
    ];
  } catch (thrown) {
    const text = toAppError(thrown).message;
    return [{ file: work.file, diff: [{ kind: 'gap', text, line: 0 }] }];
  }
}

/** Every value that stands in any looked-at file, also those that are not moved. */
function masksOf({ draft, copies }: InternalPlan): readonly Mask[] {
  const found = new Set([
    ...draft.entries.flatMap(({ source }) => source.detections),
    ...draft.entries.flatMap(({ detections }) => detections),
  ]);
  const lifted = draft.entries.flatMap((entry) => entry.lifted?.secrets ?? []);
  return [
    ...[...found].map((one) => ({ value: one.value, shown: one.preview })),
    ...lifted.map((one) => ({ value: one.value, shown: one.detection.preview })),
    ...copies.flatMap((copy) => copy.values.map(({ value }) => ({ value, shown: '••••' }))),
  ];
}

/**
 * Depends on the entries, their servers and the questions, not on the rest of the files: a state file
 * that its client rewrites every second does not outdate a plan.
 */
function basisOf({ draft, copies, paths }: InternalPlan, { fingerprint }: Presentation): string {
  const facts = [
    draft.entries.map((entry) => [
      entry.id,
      entry.server ?? null,
      entry.error?.code ?? null,
      JSON.stringify(entry.entry.raw, (_, value: unknown) =>
        typeof value === 'bigint' ? value.toString() : value,
      ),
      entry.envFile?.hash ?? null,
      paths.of(entry.source.file) ?? null,
      entry.envFile === undefined ? null : (paths.of(entry.envFile.file) ?? null),
    ]),
    draft.servers.map((server) => [server.id, [...server.secrets.keys()]]),
    copies.map((copy) => [copy.id, paths.of(copy.target.file) ?? null]),
  ];
  return fingerprint(new Secret(JSON.stringify(facts)));
}
