/** Hands the connection down to the screens. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Api } from '../shared/api.ts';
import type { Live, LiveState } from './live.ts';
import type { Queries } from './queries.ts';
import type { Shell } from './shell.ts';

export interface Connected {
  readonly api: Api;
  readonly shell: Shell;
  readonly live: Live;
  readonly queries: Queries;
}

export const ConnectionContext = createContext<Connected | undefined>(undefined);

export function useConnection(): Connected {
  const connected = useContext(ConnectionContext);
  if (connected === undefined) throw new Error('No connection above this screen.');
  return connected;
}

export function useLiveState(): LiveState {
  const { live } = useConnection();
  return useSyncExternalStore(live.subscribe, live.read);
}
