/** The panel beside the matrix: a cell at length, or a change on its way. */
import { useState } from 'react';
import type { DriftCell, DriftReport } from '../../shared/models/drift.ts';
import { cutText, escapeText } from '../ui/escape-text.ts';
import { PlainText } from '../ui/plain-text.tsx';
import { SidePanel } from '../ui/side-panel.tsx';
import { words } from '../words.ts';
import { DriftCells } from './drift-cell.tsx';
import { DriftChange, type DriftWish } from './drift-change.tsx';
import { arrangeDrift } from './drift-rows.ts';
import { cellPath } from './names.ts';

const say = words.drift;

export type Open =
  | { readonly title: string; readonly row: string; readonly client: string }
  | { readonly title: string; readonly wish: DriftWish };

/** The panel of the cell that an address names; none when it is gone meanwhile. */
export function openingAt(report: DriftReport, path: string): Open | undefined {
  const cell = report.cells.find(({ id }) => cellPath(id) === path);
  if (cell === undefined) return undefined;
  const row = arrangeDrift(report, 'all', '').find(({ cells }) =>
    cells.get(cell.client)?.includes(cell),
  );
  const client = report.clients.find((one) => one.id === cell.client);
  if (row === undefined || client === undefined) return undefined;
  const name = escapeText(cutText(row.name, 80).head);
  return { title: say.panel.title(name, client.name), row: row.key, client: client.id };
}

interface OpenPanelProps {
  readonly open: Open;
  readonly report: DriftReport;
  readonly onChange: (open: Open | undefined) => void;
}

export function OpenPanel({ open, report, onChange }: OpenPanelProps) {
  const close = () => onChange(undefined);
  const title = <PlainText text={open.title} cap={120} />;
  if ('wish' in open) {
    return (
      <SidePanel title={title} onClose={close}>
        <DriftChange wish={open.wish} onBack={close} onClose={close} />
      </SidePanel>
    );
  }
  const row = arrangeDrift(report, 'all', '').find(({ key }) => key === open.row);
  const cells = row?.cells.get(open.client) ?? [];
  return (
    <SidePanel title={title} onClose={close}>
      <CellPanel cells={cells} onClose={close} />
    </SidePanel>
  );
}

function CellPanel({ cells, onClose }: { cells: readonly DriftCell[]; onClose: () => void }) {
  const [wish, setWish] = useState<DriftWish>();
  if (wish !== undefined) {
    return <DriftChange wish={wish} onBack={() => setWish(undefined)} onClose={onClose} />;
  }
  if (cells.length === 0) return <p>{say.none}</p>;
  return (
    <DriftCells
      cells={cells}
      onAct={({ id: cell }, action) => {
        // Placing is the matrix's own tick; a cell acts on what stands there.
        if (action === 'place' || action === 'displace') return;
        setWish({ way: 'select', action, selection: { changes: [{ action, cell }] } });
      }}
    />
  );
}
