/** The credential scope of one server: its level, what it may reach, what it was kept from, a trial. */
import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { allowHosts } from '../../shared/allow-hosts.ts';
import type { CredentialScope, Level } from '../../shared/models/scope.ts';
import type { BlockedHost, ScopeView } from '../../shared/models/scope-view.ts';
import { useConnection } from '../connection.ts';
import { escapeText } from '../ui/escape-text.ts';
import { Notice } from '../ui/notice.tsx';
import { Nothing, Section } from '../ui/page.tsx';
import { optionsOf } from '../ui/picks.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { formatAge } from '../words/counting.ts';
import { words } from '../words.ts';
import { Read } from './read.tsx';
import classes from './scope.module.css';
import { ScopeChange, Told } from './scope-change.tsx';
import { ScopeCatalogue, ScopePlaces } from './scope-ideas.tsx';
import { ScopeFolders, ScopeHosts } from './scope-lists.tsx';
import { ScopeRunning, ScopeRuntime, ScopeSecrets, ScopeVariables } from './scope-parts.tsx';
import { ScopeTrial } from './scope-trial.tsx';

const say = words.scope;

export function ScopeTab({ id }: { id: string }) {
  const { queries } = useConnection();
  const query = useQuery(queries.scope(id));
  const [wanted, setWanted] = useState<CredentialScope>();
  return (
    <>
      <Read query={query}>{(view) => <Scope view={view} onChange={setWanted} />}</Read>
      {wanted !== undefined && (
        <ScopeChange id={id} scope={wanted} onClose={() => setWanted(undefined)} />
      )}
    </>
  );
}

interface ScopeProps {
  readonly view: ScopeView;
  readonly onChange: (scope: CredentialScope) => void;
}

const levels = {
  'scoped-environment': say.level['scoped-environment'],
  confined: say.level.confined,
  'listed-hosts': say.level['listed-hosts'],
  masked: say.level.masked,
} as const satisfies Record<Level, string>;

function Scope({ view, onChange }: ScopeProps) {
  const { scope, suggested, secrets, remote } = view;
  if (remote)
    return (
      <>
        <Section title={say.tab} panel>
          <div className={classes.panel}>
            <Told view={view} />
          </div>
        </Section>
        <ScopeSecrets secrets={secrets} scope={undefined} onChange={onChange} />
      </>
    );
  return (
    <>
      <Section title={say.tab} panel>
        <div className={classes.panel}>
          <Told view={{ ...view, hint: undefined, places: [] }} />
        </div>
      </Section>
      <ScopeRunning view={view} />
      {scope === undefined ? (
        <Section title={say.levelLabel} note={say.none}>
          <Button onClick={() => onChange(suggested)}>{say.useSuggested}</Button>
        </Section>
      ) : (
        <>
          <Decision view={view} scope={scope} onChange={onChange} />
          <Section title={say.levelLabel} note={say.means[scope.level]}>
            <NativeSelect
              aria-label={say.levelLabel}
              value={scope.level}
              data={[...optionsOf(levels)]}
              onChange={(event) => {
                const level = optionsOf(levels).find(
                  ({ value }) => value === event.currentTarget.value,
                );
                if (level !== undefined) onChange(withLevel(scope, level.value, view.ideas));
              }}
            />
          </Section>
        </>
      )}
      <ScopeSecrets secrets={secrets} scope={scope} onChange={onChange} />
      {scope !== undefined && <ScopeFolders scope={scope} onChange={onChange} />}
      {scope !== undefined && (
        <ScopePlaces places={view.places} scope={scope} onChange={onChange} />
      )}
      {scope !== undefined && <ScopeHosts scope={scope} ideas={view.ideas} onChange={onChange} />}
      {scope !== undefined && <ScopeVariables scope={scope} onChange={onChange} />}
      <ScopeCatalogue view={view} onChange={onChange} />
      {scope !== undefined && <ScopeRuntime scope={scope} onChange={onChange} />}
      {scope !== undefined && (
        <Blocked id={view.server} secrets={secrets} scope={scope} onChange={onChange} />
      )}
      <ScopeTrial id={view.server} current={scope} onUse={onChange} />
    </>
  );
}

/** From listed hosts on there must be a list, which begins with what is known; below, there is none to keep. */
function withLevel(
  scope: CredentialScope,
  level: Level,
  ideas: ScopeView['ideas'],
): CredentialScope {
  if (level === 'listed-hosts' || level === 'masked') {
    if (scope.hosts !== 'any') return { ...scope, level };
    const known = [...new Set(ideas.map(({ host }) => host))];
    return { ...scope, level, hosts: known.length === 0 ? 'none' : known };
  }
  return { ...scope, level, hosts: scope.hosts === 'none' ? 'none' : 'any' };
}

interface PartProps {
  readonly scope: CredentialScope;
  readonly onChange: (scope: CredentialScope) => void;
}

function Decision({ view, scope, onChange }: PartProps & { readonly view: ScopeView }) {
  const { level, hint } = view;
  if (level !== undefined && hint === undefined) return null;
  const { otherwise, ...strict } = scope;
  return (
    <Section title={say.decide.title}>
      <Notice
        tone="broken"
        title={<PlainText commands text={hint ?? say.decide.body} cap={600} />}
        action={
          <Button
            variant="default"
            size="xs"
            onClick={() =>
              onChange(otherwise === undefined ? { ...scope, otherwise: 'lower' } : strict)
            }
          >
            {otherwise === undefined ? say.decide.lower : say.decide.strict}
          </Button>
        }
      >
        {level === undefined && hint !== undefined ? say.decide.body : undefined}
      </Notice>
    </Section>
  );
}

function Blocked({
  id,
  secrets,
  scope,
  onChange,
}: PartProps & { readonly id: string; readonly secrets: readonly string[] }) {
  const { queries } = useConnection();
  const query = useQuery(queries.blocked(id));
  return (
    <Section title={say.blocked} note={say.blockedNote}>
      <Read query={query}>
        {(blocked) =>
          blocked.length === 0 ? (
            <Nothing>{say.noBlocked}</Nothing>
          ) : (
            <Rows label={say.blocked}>
              {blocked.map((one) => (
                <BlockedRow
                  key={`${one.host}:${one.port}`}
                  blocked={one}
                  onAllow={(host) => onChange(allowHosts(scope, [host], secrets))}
                />
              ))}
            </Rows>
          )
        }
      </Read>
    </Section>
  );
}

function BlockedRow({
  blocked: { host, port, starts, last },
  onAllow,
}: {
  blocked: BlockedHost;
  onAllow: (host: string) => void;
}) {
  const named = port === undefined || port === 443 ? host : `${host}:${port}`;
  return (
    <Row
      main={<PlainText text={named} mono oneLine />}
      sub={`${say.blockedStarts(starts)}, ${formatAge(last, Date.now())}`}
      actions={
        <Button
          size="xs"
          variant="default"
          aria-label={say.allowHost(escapeText(named))}
          onClick={() => onAllow(named)}
        >
          {say.allow}
        </Button>
      }
    />
  );
}
