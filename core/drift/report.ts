/** A look as a person may see it. */
import type { DriftCounts, DriftPause, DriftReport } from '../../shared/models/drift.ts';
import type { ClientSurvey } from '../clients/clients.ts';
import type { Records } from '../records/schema.ts';
import { coverName } from './cover-name.ts';
import { type Cell, policyOf } from './look.ts';
import type { Looked } from './looked.ts';
import { isDrift } from './plan.ts';

export function countCells(cells: readonly Cell[]): DriftCounts {
  const views = cells.map(({ view }) => view).filter(({ ignored }) => !ignored);
  return {
    inStep: views.filter(({ state }) => state === 'in-step').length,
    drifted: views.filter(({ state }) => isDrift(state)).length,
    exposedAgain: views.filter(({ state }) => state === 'exposed-again').length,
    foreign: views.filter(({ state }) => state === 'foreign').length,
  };
}

export function presentReport(
  { at, records, surveys, cells, problems }: Looked,
  pauses: ReadonlyMap<string, DriftPause>,
): DriftReport {
  const shown = new Set(cells.map(({ view }) => view.client));
  return {
    at,
    clients: surveys
      .filter(({ row, detected }) => detected || shown.has(row.id))
      .map((client) => presentClient(client, records)),
    servers: records.servers.map(({ id, name, driftPolicy }) => ({
      id,
      name,
      ...(driftPolicy === undefined ? {} : { policy: driftPolicy }),
    })),
    cells: cells.map(({ view }) => coverName(view)),
    counts: countCells(cells),
    paused: [...pauses.values()],
    problems: [...problems],
  };
}

function presentClient(client: ClientSurvey, records: Records): DriftReport['clients'][number] {
  const { row, running, files, target } = client;
  return {
    id: row.id,
    name: row.name,
    running,
    access: row.access,
    evidence: row.evidence,
    policy: policyOf(records, undefined, row.id),
    files: files
      .filter((survey) => survey.state !== 'missing' || survey === target)
      .map((survey) => ({
        path: survey.location.path,
        role: survey.location.role,
        state: survey.state,
        live: survey.location.live,
        writable: survey.location.writable,
        ...(survey.problem === undefined ? {} : { problem: survey.problem.message }),
        entries: survey.entries.length,
        takesNew: survey === target,
      })),
  };
}
