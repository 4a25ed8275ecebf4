/** The bar at the foot of a long screen: how much is chosen, and what comes next. */
import type { ReactNode } from 'react';
import classes from './bar.module.css';

interface BarProps {
  readonly text: ReactNode;
  readonly secondary?: ReactNode;
  readonly primary: ReactNode;
}

export function Bar({ text, secondary, primary }: BarProps) {
  return (
    <div className={classes.bar}>
      <span className={classes.text} role="status">
        {text}
      </span>
      {secondary}
      {primary}
    </div>
  );
}
