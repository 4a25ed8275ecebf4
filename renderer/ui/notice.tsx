/** A sentence that matters, with what can be done about it. */
import type { ReactNode } from 'react';
import { Mark, type Shape } from './mark.tsx';
import classes from './notice.module.css';

type Tone = 'exposed' | 'broken' | 'plain';

const shapeOf: Readonly<Record<Tone, Shape>> = {
  exposed: 'raised',
  broken: 'broken',
  plain: 'note',
};

interface NoticeProps {
  readonly tone: Tone;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly live?: boolean;
}

export function Notice({ tone, title, children, action, live = false }: NoticeProps) {
  return (
    <div className={classes.notice} data-tone={tone} role={live ? 'status' : undefined}>
      <span className={classes.sign}>
        <Mark shape={shapeOf[tone]} size="1rem" />
      </span>
      <div className={classes.text}>
        <span className={classes.title}>{title}</span>
        {children !== undefined && <span className={classes.body}>{children}</span>}
      </div>
      {action !== undefined && <div className={classes.action}>{action}</div>}
    </div>
  );
}
