/** All commands, in the order of the help. A new one is a row here and a file beside. */
import type { CommandRow } from '../command.ts';
import { doorRows } from './table-doors.ts';
import { driftRows } from './table-drift.ts';
import { lookRows } from './table-look.ts';
import { machineRows } from './table-machine.ts';
import { protectRows } from './table-protect.ts';
import { serverRows } from './table-servers.ts';

export const commands: readonly CommandRow[] = [
  ...lookRows,
  ...protectRows,
  ...serverRows,
  ...driftRows,
  ...doorRows,
  ...machineRows,
];
