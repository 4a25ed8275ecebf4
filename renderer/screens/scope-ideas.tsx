/** What a scope may want: places that the server was told of, and what the catalogue says that it reads. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { CredentialScope } from '../../shared/models/scope.ts';
import type {
  NamedPlaceView,
  OfferedVariableView,
  ScopeView,
} from '../../shared/models/scope-view.ts';
import { escapeText } from '../ui/escape-text.ts';
import { Section } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { words } from '../words.ts';
import classes from './scope.module.css';
import { SetSecret } from './set-secret.tsx';

const say = words.scope;
/** Before the rest is put behind a button. */
const most = 8;

interface PlacesProps {
  readonly places: readonly NamedPlaceView[];
  readonly scope: CredentialScope;
  readonly onChange: (scope: CredentialScope) => void;
}

/** Each with what would give it, where that is not more than was named. */
export function ScopePlaces({ places, scope, onChange }: PlacesProps) {
  if (places.length === 0) return null;
  return (
    <Section title={say.places} note={say.placesNote}>
      <Rows label={say.places}>
        {places.map(({ path, sentence, folder }) => (
          <Row
            key={sentence}
            main={<PathText path={folder?.path ?? path} />}
            sub={<PlainText text={sentence} cap={400} />}
            side={folder === undefined ? undefined : say.access[folder.access]}
            actions={
              folder === undefined ? undefined : (
                <Button
                  size="xs"
                  variant="default"
                  aria-label={say.allowHost(escapeText(folder.path))}
                  onClick={() => {
                    const others = scope.folders.filter((one) => one.path !== folder.path);
                    onChange({ ...scope, folders: [...others, folder] });
                  }}
                >
                  {say.allow}
                </Button>
              )
            }
          />
        ))}
      </Rows>
    </Section>
  );
}

interface CatalogueProps {
  readonly view: ScopeView;
  readonly onChange: (scope: CredentialScope) => void;
}

export function ScopeCatalogue({ view, onChange }: CatalogueProps) {
  const { catalogue, server, name, scope, suggested } = view;
  const [setting, setSetting] = useState<string>();
  const [open, setOpen] = useState(false);
  const { variables, arguments: paths } = catalogue;
  if (variables.length + paths.length === 0) return null;
  const base = scope ?? suggested;
  const shown = open ? variables : variables.slice(0, most);
  return (
    <Section title={say.catalogue} note={say.catalogueNote}>
      <div className={classes.stack}>
        <Rows label={say.catalogue}>
          {shown.map((variable) => (
            <VariableRow
              key={variable.name}
              variable={variable}
              onSet={() => setSetting(variable.name)}
              onPass={() =>
                onChange({ ...base, environment: [...base.environment, variable.name] })
              }
            />
          ))}
          {paths.map(({ name: argument, about, required }) => (
            <Row
              key={`argument ${argument}`}
              main={<PlainText text={argument} mono oneLine />}
              sub={<About about={about} more={say.argument} />}
              side={factsOf({ required, secret: false, path: true })}
            />
          ))}
        </Rows>
        {shown.length < variables.length && (
          <div>
            <Button variant="subtle" size="xs" onClick={() => setOpen(true)}>
              {say.showAllVariables(variables.length)}
            </Button>
          </div>
        )}
      </div>
      {setting !== undefined && (
        <SetSecret
          server={server}
          serverName={name}
          name={setting}
          isNew
          asVariable
          onClose={() => setSetting(undefined)}
        />
      )}
    </Section>
  );
}

interface VariableRowProps {
  readonly variable: OfferedVariableView;
  readonly onSet: () => void;
  readonly onPass: () => void;
}

/** A secret is typed here and kept in the keychain; anything else is the client's to have set. */
function VariableRow({ variable, onSet, onPass }: VariableRowProps) {
  const { name, about, secret, usual } = variable;
  return (
    <Row
      main={<PlainText text={name} mono oneLine />}
      sub={<About about={about} more={usual === undefined ? undefined : say.usual(usual)} />}
      side={factsOf(variable)}
      actions={
        <Button
          size="xs"
          variant="default"
          aria-label={secret ? say.setVariableName(name) : say.passVariableName(name)}
          onClick={secret ? onSet : onPass}
        >
          {secret ? say.setVariable : say.passVariable}
        </Button>
      }
    />
  );
}

/** What a stranger says stays apart from what we say. */
function About({ about, more }: { about: string | undefined; more: string | undefined }) {
  if (about === undefined && more === undefined) return null;
  return (
    <span className={classes.told}>
      {about !== undefined && <PlainText text={about} cap={240} />}
      {more !== undefined && <PlainText text={more} cap={240} />}
    </span>
  );
}

function factsOf({
  required,
  secret,
  path,
}: Pick<OfferedVariableView, 'required' | 'secret' | 'path'>): string | undefined {
  const facts = { required, secret, path };
  const told = (['required', 'secret', 'path'] as const).filter((fact) => facts[fact]);
  return told.length === 0 ? undefined : told.map((fact) => say.variableFacts[fact]).join(', ');
}
