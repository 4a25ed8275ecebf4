/** The plan of an import: every server of the file, what differs, which secrets are wanted. */
import { Button, Checkbox, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import type { ImportPlan } from '../../shared/models/drift.ts';
import { Bar } from '../ui/bar.tsx';
import { Blank } from '../ui/blank.tsx';
import { cutText, escapeText } from '../ui/escape-text.ts';
import { Facts, Section } from '../ui/page.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { toggle } from '../ui/toggle.ts';
import { words } from '../words.ts';
import { choicesOf, type ImportWishes, neededConsents, wishAtFirst } from './import-choices.ts';
import { useClientNames } from './names.ts';
import classes from './transfer.module.css';

const say = words.transfer.in;

interface ImportReviewProps {
  readonly plan: ImportPlan;
  readonly onBack: () => void;
  readonly onApply: (choices: ReturnType<typeof choicesOf>) => void;
}

export function ImportReview({ plan, onBack, onApply }: ImportReviewProps) {
  const [wishes, setWishes] = useState(() => wishAtFirst(plan));
  const counted = (way: Server['way']) => plan.servers.filter((one) => one.way === way).length;
  const back = (
    <Button variant="default" onClick={onBack}>
      {words.back}
    </Button>
  );
  if (plan.servers.length === 0) {
    return <Blank title={say.empty} body={say.lead} shape="quiet" action={back} />;
  }
  const chosen = plan.servers.filter(({ id }) => wishes.ticked.has(id)).length;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onApply(choicesOf(plan, wishes));
      }}
    >
      <Section
        title={say.servers}
        note={plan.servers.some(({ missing }) => missing.length > 0) ? say.introMissing : say.intro}
        aside={say.summary(counted('new'), counted('same'), counted('changed'))}
      >
        <ul className={classes.ticks} aria-label={say.servers}>
          {plan.servers.map((server) => (
            <li key={server.id}>
              <OneServer server={server} wishes={wishes} onChange={setWishes} />
            </li>
          ))}
        </ul>
      </Section>
      <Consents plan={plan} wishes={wishes} onChange={setWishes} />
      <Bar
        text={chosen === 0 ? say.nothing : say.ready(chosen)}
        secondary={back}
        primary={
          <Button type="submit" disabled={chosen === 0}>
            {say.apply(chosen)}
          </Button>
        }
      />
    </form>
  );
}

type Server = ImportPlan['servers'][number];

interface PartProps {
  readonly wishes: ImportWishes;
  readonly onChange: (wishes: ImportWishes) => void;
}

const toneOfWay = { new: 'protected', same: 'quiet', changed: 'exposed' } as const;

function OneServer({ server, wishes, onChange }: PartProps & { readonly server: Server }) {
  const { id, name, way, shown, missing } = server;
  const isTicked = wishes.ticked.has(id);
  const plainName = escapeText(cutText(name, 80).head);
  return (
    <div className={classes.server}>
      <div className={classes.serverHead}>
        <Checkbox
          checked={isTicked}
          classNames={{ labelWrapper: classes.fits ?? '' }}
          aria-label={say.take(plainName)}
          label={<PlainText text={name} oneLine />}
          onChange={(event) =>
            onChange({ ...wishes, ticked: toggle(wishes.ticked, id, event.currentTarget.checked) })
          }
        />
        <StateMark state={toneOfWay[way]} label={say.way[way]} />
      </div>
      <div className={classes.serverBody}>
        {way !== 'changed' && <PlainText text={shown} mono />}
        {way === 'changed' && (
          <Facts
            bare
            rows={[
              { name: say.here, value: <PlainText text={server.here ?? ''} mono /> },
              { name: say.inFile, value: <PlainText text={shown} mono /> },
            ]}
          />
        )}
        <About server={server} />
        {isTicked && missing.length > 0 && (
          <Missing server={server} name={plainName} wishes={wishes} onChange={onChange} />
        )}
      </div>
    </div>
  );
}

function About({ server: { clients, notes, way } }: { server: Server }) {
  const nameOf = useClientNames();
  return (
    <div className={classes.about}>
      {(clients.length > 0 || way === 'new') && (
        <PlainText
          text={clients.length === 0 ? say.toNone : say.goesTo(clients.map(nameOf).join(', '))}
        />
      )}
      {notes.map((note) => (
        <PlainText key={note} text={note} />
      ))}
    </div>
  );
}

function Missing({
  server: { id, missing },
  name: serverName,
  wishes,
  onChange,
}: PartProps & { readonly server: Server; readonly name: string }) {
  const own = wishes.values.get(id);
  return (
    <div className={classes.missing}>
      <p className={classes.missingTitle}>{say.missing}</p>
      {missing.map((name) => (
        <PasswordInput
          key={name}
          label={escapeText(cutText(name, 80).head)}
          aria-label={say.secret(escapeText(cutText(name, 80).head), serverName)}
          value={own?.get(name) ?? ''}
          autoComplete="off"
          onChange={(event) =>
            onChange({
              ...wishes,
              values: new Map(wishes.values).set(
                id,
                new Map(own).set(name, event.currentTarget.value),
              ),
            })
          }
        />
      ))}
    </div>
  );
}

function Consents({ plan, wishes, onChange }: PartProps & { readonly plan: ImportPlan }) {
  const needed = neededConsents(plan, wishes);
  if (needed.length === 0) return null;
  return (
    <Section title={say.consents} note={say.consentNote}>
      <div className={classes.stack}>
        {needed.map((consent) => (
          <Checkbox
            key={consent}
            label={words.exposure.plan.consent[consent]}
            checked={wishes.consents.has(consent)}
            onChange={(event) =>
              onChange({
                ...wishes,
                consents: toggle(wishes.consents, consent, event.currentTarget.checked),
              })
            }
          />
        ))}
      </div>
    </Section>
  );
}
