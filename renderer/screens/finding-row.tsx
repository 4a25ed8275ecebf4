/** One finding: its name, its masked preview, why it was found, and the way to set it aside. */
import { ActionIcon, Menu } from '@mantine/core';
import Ellipsis from 'lucide-react/icons/ellipsis';
import ExternalLink from 'lucide-react/icons/external-link';
import EyeOff from 'lucide-react/icons/eye-off';
import { useState } from 'react';
import type { Finding, Place } from '../../shared/models/finding.ts';
import { useConnection } from '../connection.ts';
import { escapeText } from '../ui/escape-text.ts';
import { PlainText } from '../ui/plain-text.tsx';
import { words } from '../words.ts';
import classes from './exposure.module.css';
import { SetAside } from './set-aside.tsx';

const say = words.exposure;

interface FindingRowProps {
  readonly name: string;
  readonly kind: string;
  readonly preview: string;
  readonly where: Place;
  readonly finding: Finding | undefined;
  /** What a person can do about it, where Portcullis does nothing. */
  readonly remedy?: string;
}

export function FindingRow({ name, kind, preview, where, finding, remedy }: FindingRowProps) {
  return (
    <li className={classes.finding}>
      <div className={classes.findingMain}>
        <PlainText text={name} mono oneLine className={classes.findingName} />
        <PlainText text={preview} mono oneLine className={classes.preview} />
        <span className={classes.kind}>
          <PlainText text={kind} oneLine />
        </span>
      </div>
      <div className={classes.findingWhy}>
        <span>
          {[say.where[where], finding && say.confidence[finding.confidence]]
            .filter(Boolean)
            .join(', ')}
        </span>
        {finding !== undefined && <PlainText text={finding.reason} cap={200} />}
        {remedy !== undefined && <span className={classes.remedy}>{remedy}</span>}
      </div>
      {finding !== undefined && <FindingMenu name={name} finding={finding} />}
    </li>
  );
}

function FindingMenu({ name, finding }: { name: string; finding: Finding }) {
  const { shell } = useConnection();
  const [asking, setAsking] = useState(false);
  const { rotateUrl } = finding;
  return (
    <div className={classes.findingMenu}>
      <Menu>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={say.actionsFor(escapeText(name.slice(0, 120)))}
          >
            <Ellipsis size="1.1em" aria-hidden="true" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {rotateUrl !== undefined && shell.can.openExternal && (
            <Menu.Item
              leftSection={<ExternalLink size="1em" aria-hidden="true" />}
              title={rotateUrl}
              onClick={() => shell.openExternal(rotateUrl)}
            >
              {words.secrets.rotate}
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<EyeOff size="1em" aria-hidden="true" />}
            onClick={() => setAsking(true)}
          >
            {say.setAside}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asking && <SetAside name={name} finding={finding} onClose={() => setAsking(false)} />}
    </div>
  );
}
