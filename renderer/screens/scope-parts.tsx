/** The parts of a credential scope beside folders and hosts: runtime, secrets with their hosts, variables, runs. */
import { NativeSelect } from '@mantine/core';
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { ScopeView } from '../../shared/models/scope-view.ts';
import { escapeText } from '../ui/escape-text.ts';
import { Nothing, Section } from '../ui/page.tsx';
import { optionsOf } from '../ui/picks.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { formatBytes } from '../words/counting.ts';
import { words } from '../words.ts';
import { LevelMark } from './level-mark.tsx';
import classes from './scope.module.css';
import { AddOne, NameList, NameRow, withName } from './scope-lists.tsx';

const say = words.scope;

interface PartProps {
  readonly scope: CredentialScope;
  readonly onChange: (scope: CredentialScope) => void;
}

export function ScopeRuntime({ scope, onChange }: PartProps) {
  return (
    <Section title={say.runtimeLabel} note={say.runtimeNote}>
      <NativeSelect
        aria-label={say.runtimeLabel}
        value={scope.runtime}
        data={[...optionsOf(say.runtime)]}
        onChange={(event) => {
          const runtime = optionsOf(say.runtime).find(
            ({ value }) => value === event.currentTarget.value,
          );
          if (runtime !== undefined) onChange({ ...scope, runtime: runtime.value });
        }}
      />
    </Section>
  );
}

/** At *masked* each secret may be narrowed to hosts of its own. */
export function ScopeSecrets({
  secrets,
  scope,
  onChange,
}: Omit<PartProps, 'scope'> & {
  readonly secrets: readonly string[];
  readonly scope: CredentialScope | undefined;
}) {
  const isMasked = scope?.level === 'masked';
  return (
    <Section title={say.secrets} note={isMasked ? say.secretHostsNote : undefined}>
      {secrets.length === 0 && <Nothing>{say.noSecrets}</Nothing>}
      {secrets.length > 0 && !isMasked && (
        <Rows label={say.secrets}>
          {secrets.map((name) => (
            <Row key={name} main={<PlainText text={name} mono oneLine />} />
          ))}
        </Rows>
      )}
      {isMasked && (
        <div className={classes.stack}>
          {secrets.map((name) => (
            <SecretHosts key={name} name={name} scope={scope} onChange={onChange} />
          ))}
        </div>
      )}
    </Section>
  );
}

function SecretHosts({ name, scope, onChange }: PartProps & { readonly name: string }) {
  const { secretHosts = {} } = scope;
  const own = secretHosts[name];
  const hosts = own ?? [];
  const set = (next: readonly string[]) => onChange(withSecretHosts(scope, name, next));
  return (
    <div>
      <Rows label={escapeText(name)}>
        <Row
          main={<PlainText text={name} mono oneLine />}
          sub={
            own === undefined ? say.everyHost : own.length === 0 ? say.noHostOfSecret : say.onlyFor
          }
        />
        {hosts.map((host) => (
          <NameRow
            key={host}
            name={host}
            dropLabel={say.dropSecretHost(escapeText(name), escapeText(host))}
            onDrop={() => set(hosts.filter((one) => one !== host))}
          />
        ))}
      </Rows>
      <AddOne
        label={say.secretHostName(escapeText(name))}
        onAdd={(host) => set(withName(hosts, host))}
      />
    </div>
  );
}

/** Without a host left the secret is for every listed host again; the plan says so. */
export function withSecretHosts(
  scope: CredentialScope,
  name: string,
  hosts: readonly string[],
): CredentialScope {
  const { secretHosts = {}, ...rest } = scope;
  const { [name]: _, ...others } = secretHosts;
  const rows = hosts.length === 0 ? others : { ...others, [name]: hosts };
  return Object.keys(rows).length === 0 ? rest : { ...rest, secretHosts: rows };
}

export function ScopeVariables({ scope, onChange }: PartProps) {
  const { environment } = scope;
  const set = (next: string[]) => onChange({ ...scope, environment: next });
  return (
    <Section title={say.variables} note={say.variablesNote}>
      <NameList label={say.variables} none={say.noVariables} names={environment} onChange={set} />
      <AddOne label={say.variableName} onAdd={(name) => set(withName(environment, name))} />
    </Section>
  );
}

/** What goes on now, with the memory that our own process beside each run was seen to take. */
export function ScopeRunning({ view: { running = [] } }: { view: ScopeView }) {
  if (running.length === 0) return null;
  return (
    <Section title={say.runs}>
      <Rows label={say.runs}>
        {running.map(({ level, beside }, index) => (
          <Row
            // Two runs may be alike.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={index}
            main={<LevelMark level={level} />}
            side={beside === undefined ? say.alone : say.beside(formatBytes(beside))}
          />
        ))}
      </Rows>
    </Section>
  );
}
