/** Says in passing what a policy has done to drift without asking. */
import { useEffect } from 'react';
import { useConnection } from '../connection.ts';
import { cutText, escapeText } from '../ui/escape-text.ts';
import { useToast } from '../ui/toasts.tsx';
import { words } from '../words.ts';

export function SettledByItself() {
  const { live } = useConnection();
  const toast = useToast();
  useEffect(
    () =>
      live.hear((event) => {
        if (event.type !== 'drift-settled') return;
        const servers = event.receipts.flatMap(({ outcome, server }) =>
          outcome === 'done' && server !== undefined ? [server] : [],
        );
        if (servers.length === 0) return;
        const names = escapeText(cutText([...new Set(servers)].join(', '), 80).head);
        toast(words.drift.settled[event.action](names));
      }),
    [live, toast],
  );
  return null;
}
