import { Button } from '@mantine/core';
import { Link } from 'wouter';
import type { Overview } from '../../shared/models/health.ts';
import { Notice } from '../ui/notice.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { words } from '../words.ts';
import classes from './overview.module.css';

/** Says what is wrong with the keychain and what to do; nothing when it is ready. */
export function KeychainNotice({ keychain }: { keychain: Overview['keychain'] }) {
  const { state } = keychain;
  if (state === 'ready' || state === 'vault') return null;
  const { title, hint } = words.keychainAdvice[state];
  return (
    <div className={classes.notice}>
      <Notice
        tone="broken"
        title={title}
        action={
          <Button component={Link} href="/settings" variant="default" size="xs">
            {words.overview.firstRun.settings}
          </Button>
        }
      >
        <PlainText commands text={keychain.hint ?? hint} />
      </Notice>
    </div>
  );
}
