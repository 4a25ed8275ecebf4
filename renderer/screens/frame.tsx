/** What stays while the screens change: navigation, keychain, the palette, a lost connection. */
import { Button } from '@mantine/core';
import AppWindow from 'lucide-react/icons/app-window';
import House from 'lucide-react/icons/house';
import KeyRound from 'lucide-react/icons/key-round';
import Search from 'lucide-react/icons/search';
import ServerIcon from 'lucide-react/icons/server';
import SettingsIcon from 'lucide-react/icons/settings';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { useConnection, useLiveState } from '../connection.ts';
import { useOverview } from '../queries.ts';
import { Mark } from '../ui/mark.tsx';
import { Notice } from '../ui/notice.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { formatNumber } from '../words/counting.ts';
import { words } from '../words.ts';
import { ExposedAgain } from './exposed-again.tsx';
import classes from './frame.module.css';
import { openPalette, Palette } from './palette.tsx';
import { SettledByItself } from './settled-by-itself.tsx';

const places = [
  { to: '/', label: words.nav.overview, icon: <House size="1.1em" /> },
  { to: '/exposure', label: words.nav.exposure, icon: <Mark shape="raised" size="1.1em" /> },
  { to: '/servers', label: words.nav.servers, icon: <ServerIcon size="1.1em" /> },
  { to: '/clients', label: words.nav.clients, icon: <AppWindow size="1.1em" /> },
  { to: '/secrets', label: words.nav.secrets, icon: <KeyRound size="1.1em" /> },
  { to: '/settings', label: words.nav.settings, icon: <SettingsIcon size="1.1em" /> },
] as const;

export function Frame({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <div className={classes.frame}>
      <button type="button" className={classes.skip} onClick={() => main.current?.focus()}>
        {words.nav.skip}
      </button>
      <Side path={path} />
      <main ref={main} tabIndex={-1} className={classes.main}>
        <LostBanner />
        <ExposedAgain />
        <SettledByItself />
        {children}
      </main>
      <Palette />
    </div>
  );
}

function Side({ path }: { path: string }) {
  const { data } = useOverview();
  const isMac = data?.platform === 'macos';
  return (
    <section className={classes.side} aria-label={words.product}>
      <div className={classes.brand}>
        <Mark size="1.375rem" />
        <span>{words.product}</span>
      </div>
      <nav aria-label={words.nav.label} className={classes.nav}>
        {places.map(({ to, label, icon }) => (
          <Link
            key={to}
            href={to}
            className={classes.place}
            aria-current={isHere(path, to) ? 'page' : undefined}
          >
            <span className={classes.icon} aria-hidden="true">
              {icon}
            </span>
            <span className={classes.placeLabel}>{label}</span>
            {to === '/exposure' && (data?.exposed ?? 0) > 0 && (
              <span className={classes.badge}>
                <span aria-hidden="true">{formatNumber(data?.exposed ?? 0)}</span>
                <span className={classes.spoken}>{words.exposedCount(data?.exposed ?? 0)}</span>
              </span>
            )}
          </Link>
        ))}
      </nav>
      <div className={classes.foot}>
        <button type="button" className={classes.find} onClick={openPalette}>
          <Search size="1em" aria-hidden="true" />
          <span>{words.palette.open}</span>
          <kbd>{words.palette.key(isMac)}</kbd>
        </button>
        {data !== undefined && (
          <Link href="/settings" className={classes.keychain}>
            <StateMark
              state={
                data.keychain.state === 'ready' || data.keychain.state === 'vault'
                  ? 'protected'
                  : 'broken'
              }
              label={words.keychain[data.keychain.state]}
              title={data.keychain.backend}
            />
          </Link>
        )}
      </div>
    </section>
  );
}

function isHere(path: string, to: string): boolean {
  return to === '/' ? path === '/' || path === '' : path === to || path.startsWith(`${to}/`);
}

function LostBanner() {
  const state = useLiveState();
  const { live } = useConnection();
  if (state !== 'lost' && state !== 'closed') return null;
  const say = words[state];
  return (
    <div className={classes.lost}>
      <Notice
        tone="broken"
        live
        title={say.title}
        action={
          <Button size="xs" variant="default" onClick={live.retryNow}>
            {say.now}
          </Button>
        }
      >
        {say.body}
      </Notice>
    </div>
  );
}
