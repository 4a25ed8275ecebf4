/** A link out of the window. The whole address is in the tooltip before anybody follows it. */
import ExternalLink from 'lucide-react/icons/external-link';
import type { ReactNode } from 'react';
import { words } from '../words.ts';
import { escapeText } from './escape-text.ts';
import classes from './web-link.module.css';

interface WebLinkProps {
  readonly url: string;
  readonly open: (url: string) => void;
  readonly children: ReactNode;
}

export function WebLink({ url, open, children }: WebLinkProps) {
  return (
    <button
      type="button"
      className={classes.link}
      title={`${escapeText(url)} (${words.newWindow})`}
      onClick={() => open(url)}
    >
      {children}
      <ExternalLink size="0.9em" aria-hidden="true" />
    </button>
  );
}
