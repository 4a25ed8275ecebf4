/** How each state of drift looks: a colour, and an icon of its own beside its word. */
import Ban from 'lucide-react/icons/ban';
import Check from 'lucide-react/icons/check';
import CircleDashed from 'lucide-react/icons/circle-dashed';
import Copy from 'lucide-react/icons/copy';
import Eraser from 'lucide-react/icons/eraser';
import FileX from 'lucide-react/icons/file-x';
import KeyRound from 'lucide-react/icons/key-round';
import MapPinOff from 'lucide-react/icons/map-pin-off';
import Pencil from 'lucide-react/icons/pencil';
import UserRound from 'lucide-react/icons/user-round';
import Wrench from 'lucide-react/icons/wrench';
import type { ComponentType } from 'react';
import type { DriftCell, DriftState } from '../../shared/models/drift.ts';
import type { State } from '../ui/state-mark.tsx';

interface Looks {
  readonly tone: State;
  readonly Icon: ComponentType<{ readonly size?: string }>;
}

const looks: Readonly<Record<DriftState, Looks>> = {
  'in-step': { tone: 'protected', Icon: Check },
  'not-there-yet': { tone: 'broken', Icon: CircleDashed },
  'edited-by-you': { tone: 'broken', Icon: Pencil },
  'wiped-by-client': { tone: 'broken', Icon: Eraser },
  'rewritten-by-tool': { tone: 'broken', Icon: Wrench },
  foreign: { tone: 'quiet', Icon: UserRound },
  'exposed-again': { tone: 'exposed', Icon: KeyRound },
  unreadable: { tone: 'broken', Icon: FileX },
  'client-will-overwrite': { tone: 'broken', Icon: Ban },
  duplicate: { tone: 'quiet', Icon: Copy },
  'stale-location': { tone: 'quiet', Icon: MapPinOff },
};

export function toneOf(cell: DriftCell): State {
  if (cell.ignored) return 'quiet';
  return isForeignExposed(cell) ? 'exposed' : looks[cell.state].tone;
}

/** Not ours, with secrets in plain text: told by word and icon, for the colour alone tells nobody. */
export function isForeignExposed({ state, ignored, exposed }: DriftCell): boolean {
  return state === 'foreign' && !ignored && exposed > 0;
}

export function DriftIcon({ cell }: { cell: DriftCell }) {
  const { Icon } = looks[isForeignExposed(cell) ? 'exposed-again' : cell.state];
  return <Icon size="1em" />;
}
