/** A state as icon and word together; the colour only helps. */
import { Mark, type Shape } from './mark.tsx';
import classes from './state-mark.module.css';

export type State = 'exposed' | 'protected' | 'broken' | 'quiet';

const shapeOf: Readonly<Record<State, Shape>> = {
  exposed: 'raised',
  protected: 'lowered',
  broken: 'broken',
  quiet: 'quiet',
};

interface StateMarkProps {
  readonly state: State;
  readonly label: string;
  readonly title?: string | undefined;
  /** With a ground of its own. */
  readonly pill?: boolean;
}

export function StateMark({ state, label, title, pill = false }: StateMarkProps) {
  return (
    <span
      className={pill ? `${classes.mark} ${classes.pill}` : classes.mark}
      data-state={state}
      title={title}
    >
      <Mark shape={shapeOf[state]} size="0.9em" />
      <span className={classes.label}>{label}</span>
    </span>
  );
}
