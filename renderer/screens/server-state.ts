import type { ServerView } from '../../shared/models/health.ts';
import type { State } from '../ui/state-mark.tsx';

export const stateOfHealth: Readonly<Record<ServerView['health']['state'], State>> = {
  ready: 'protected',
  'missing-secret': 'broken',
  'command-missing': 'broken',
  disabled: 'quiet',
  unknown: 'quiet',
};
