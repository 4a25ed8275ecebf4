/** Addresses that we wrote ourselves: a door may open them without asking. */
import { kindTable } from '../exposure/kinds.ts';

/** Where a secret's issuer rotates it. */
export const issuerAddresses: ReadonlySet<string> = new Set(
  kindTable.flatMap(({ rotateUrl }) => (rotateUrl === undefined ? [] : [rotateUrl])),
);
