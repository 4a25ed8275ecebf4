/** The gate of the overview: down when all is protected, up while something is exposed. */
import { useId } from 'react';
import classes from './gate.module.css';

export type GatePosition = 'down' | 'up' | 'stuck';

const bars = [33, 46.5, 60, 73.5, 87];
const rails = [18, 38, 58, 78];

export function Gate({ position }: { position: GatePosition }) {
  const id = useId();
  return (
    <svg
      className={classes.gate}
      viewBox="0 0 120 120"
      data-position={position}
      aria-hidden="true"
      focusable="false"
    >
      <clipPath id={id}>
        <path d="M22 108V56a38 38 0 0 1 76 0v52z" />
      </clipPath>
      <path className={classes.wall} d="M8 108V56a52 52 0 0 1 104 0v52z" />
      <path className={classes.stones} d={stones()} />
      <path className={classes.opening} d="M22 108V56a38 38 0 0 1 76 0v52z" />
      <g clipPath={`url(#${id})`}>
        <g className={classes.grille}>
          {rails.map((y) => (
            <path key={y} d={`M18 ${y}h84v5H18z`} />
          ))}
          {bars.map((x) => (
            <path key={x} d={`M${x - 2.5} 0h5v94l-2.5 8-2.5-8z`} />
          ))}
        </g>
      </g>
      <path className={classes.floor} d="M2 108h116" />
    </svg>
  );
}

/** The joints of the arch: spokes around its centre, and courses down both legs. */
function stones(): string {
  const spokes = [-72, -48, -24, 0, 24, 48, 72].map((degrees) => {
    const angle = ((degrees - 90) * Math.PI) / 180;
    const at = (radius: number) =>
      `${(60 + radius * Math.cos(angle)).toFixed(1)} ${(56 + radius * Math.sin(angle)).toFixed(1)}`;
    return `M${at(38)}L${at(52)}`;
  });
  const courses = [56, 73, 90].map((y) => `M8 ${y}h14M98 ${y}h14`);
  return [...spokes, ...courses].join('');
}
