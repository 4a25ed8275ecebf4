/** Folders and hosts of a credential scope, each of which can be taken out, and a place to add one. */
import { ActionIcon, Button, TextInput } from '@mantine/core';
import X from 'lucide-react/icons/x';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { ScopeView } from '../../shared/models/scope-view.ts';
import { escapeText } from '../ui/escape-text.ts';
import { Nothing, Section } from '../ui/page.tsx';
import { optionsOf, Picks } from '../ui/picks.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { words } from '../words.ts';
import classes from './scope.module.css';

const say = words.scope;

interface ScopeListProps {
  readonly scope: CredentialScope;
  readonly onChange: (scope: CredentialScope) => void;
}

export function ScopeFolders({ scope, onChange }: ScopeListProps) {
  const [access, setAccess] = useState<'read' | 'write'>('read');
  const { packages = [] } = scope;
  if (scope.level === 'scoped-environment') {
    return (
      <Section title={say.folders}>
        <Nothing>{say.everyFolder}</Nothing>
      </Section>
    );
  }
  return (
    <Section title={say.folders}>
      {scope.folders.length + packages.length === 0 ? (
        <Nothing>{say.noFolders}</Nothing>
      ) : (
        <Rows label={say.folders}>
          {scope.folders.map((folder) => (
            <Row
              key={folder.path}
              main={<PathText path={folder.path} />}
              side={say.access[folder.access]}
              actions={
                <Drop
                  label={say.drop(escapeText(folder.path))}
                  onDrop={() =>
                    onChange({ ...scope, folders: scope.folders.filter((one) => one !== folder) })
                  }
                />
              }
            />
          ))}
          {packages.map((path) => (
            <Row
              key={path}
              main={<PathText path={path} />}
              sub={say.packageNote}
              side={say.access.read}
              actions={
                <Drop
                  label={say.drop(escapeText(path))}
                  onDrop={() =>
                    onChange({ ...scope, packages: packages.filter((one) => one !== path) })
                  }
                />
              }
            />
          ))}
        </Rows>
      )}
      <AddOne
        label={say.folderPath}
        onAdd={(path) => {
          const others = scope.folders.filter((one) => one.path !== path);
          onChange({ ...scope, folders: [...others, { path, access }] });
        }}
      >
        <Picks
          label={say.accessLabel}
          value={access}
          options={optionsOf(say.access)}
          onChange={setAccess}
        />
      </AddOne>
    </Section>
  );
}

export function ScopeHosts({
  scope,
  ideas,
  onChange,
}: ScopeListProps & { readonly ideas: ScopeView['ideas'] }) {
  if (scope.level === 'scoped-environment' || scope.hosts === 'any') {
    return (
      <Section title={say.hosts}>
        <Nothing>{say.anyHost}</Nothing>
      </Section>
    );
  }
  const hosts = scope.hosts === 'none' ? [] : scope.hosts;
  return (
    <Section title={say.hosts}>
      <NameList
        label={say.hosts}
        none={say.noHost}
        names={hosts}
        onChange={(next) => onChange({ ...scope, hosts: next })}
      />
      {scope.level !== 'confined' && (
        <>
          <AddOne label={say.hostName} onAdd={(host) => onChange(allowHost(scope, host))} />
          <HostIdeas
            ideas={ideas.filter(({ host }) => !hosts.includes(host))}
            onAllow={(host) => onChange(allowHost(scope, host))}
          />
        </>
      )}
    </Section>
  );
}

interface NameListProps {
  readonly label: string;
  /** What stands here when there is no name. */
  readonly none: string;
  readonly names: readonly string[];
  readonly onChange: (names: string[]) => void;
}

/** Names, each of which can be taken out. */
export function NameList({ label, none, names, onChange }: NameListProps) {
  if (names.length === 0) return <Nothing>{none}</Nothing>;
  return (
    <Rows label={label}>
      {names.map((name) => (
        <NameRow
          key={name}
          name={name}
          onDrop={() => onChange(names.filter((one) => one !== name))}
        />
      ))}
    </Rows>
  );
}

interface NameRowProps {
  readonly name: string;
  /** What the button is called, where removing it from this list is not all it does. */
  readonly dropLabel?: string;
  readonly onDrop: () => void;
}

export function NameRow({ name, dropLabel, onDrop }: NameRowProps) {
  return (
    <Row
      main={<PlainText text={name} mono oneLine />}
      actions={<Drop label={dropLabel ?? say.drop(escapeText(name))} onDrop={onDrop} />}
    />
  );
}

interface HostIdeasProps {
  readonly ideas: ScopeView['ideas'];
  readonly onAllow: (host: string) => void;
}

/** Hosts that it may need, by its package or its secrets: for the person to decide. */
function HostIdeas({ ideas, onAllow }: HostIdeasProps) {
  const byHost = new Map(ideas.map((idea) => [idea.host, idea]));
  if (byHost.size === 0) return null;
  return (
    <div className={classes.ideas}>
      <Rows label={say.ideas}>
        {[...byHost.values()].map(({ host, secret }) => (
          <Row
            key={host}
            main={<PlainText text={host} mono oneLine />}
            sub={secret === undefined ? say.ideaOfCatalogue : say.ideaOfSecret(escapeText(secret))}
            actions={
              <Button
                size="xs"
                variant="default"
                aria-label={say.allowHost(escapeText(host))}
                onClick={() => onAllow(host)}
              >
                {say.allow}
              </Button>
            }
          />
        ))}
      </Rows>
    </div>
  );
}

function allowHost(scope: CredentialScope, host: string): CredentialScope {
  if (scope.hosts === 'any') return scope;
  const hosts = scope.hosts === 'none' ? [] : scope.hosts;
  return { ...scope, hosts: withName(hosts, host) };
}

function Drop({ label, onDrop }: { readonly label: string; readonly onDrop: () => void }) {
  return (
    <ActionIcon variant="subtle" aria-label={label} onClick={onDrop}>
      <X size="1em" aria-hidden="true" />
    </ActionIcon>
  );
}

/** A name that is there already comes last, not twice. */
export function withName(names: readonly string[], name: string): string[] {
  return [...names.filter((one) => one !== name), name];
}

/** Whether it is a folder or a host says the core, in the plan. */
interface AddOneProps {
  readonly label: string;
  readonly onAdd: (text: string) => void;
  readonly children?: ReactNode;
}

export function AddOne({ label, onAdd, children }: AddOneProps) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setText('');
    onAdd(text.trim());
  };
  return (
    <form className={classes.add} onSubmit={submit}>
      <TextInput
        className={classes.grow ?? ''}
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {children}
      <Button type="submit" variant="default" disabled={text.trim() === ''}>
        {say.add}
      </Button>
    </form>
  );
}
