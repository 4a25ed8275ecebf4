/** Portcullis’ own signs: the mark, and one gate for each state; what is only told gets a note's. Drawn on a grid of 16. */

const shapes = {
  lowered:
    'M2 7a6 6 0 0 1 12 0v5.5l-1 2-1-2V12H9v1.2L8 16l-1-2.8V12H4v.5l-1 2-1-2zM7 3.1A4 4 0 0 0 4.1 6H7zM9 3.1V6h2.9A4 4 0 0 0 9 3.1zM4 8v2h3V8zM9 8v2h3V8z',
  raised:
    'M2 7a6 6 0 0 1 12 0v8h-2V9l-.5 1-1-2H9v1.5l-1 2-1-2V8H5.5l-1 2L4 9v6H2zM7 3.1A4 4 0 0 0 4.1 6H7zM9 3.1V6h2.9A4 4 0 0 0 9 3.1z',
  broken: 'M7.1 1.1h1.8L16 14.9H0zM7.1 6v4.3h1.8V6zM7.1 11.7v1.7h1.8v-1.7z',
  quiet: 'M3 7.1h10v1.8H3z',
  note: 'M8 1.4a6.6 6.6 0 1 1 0 13.2A6.6 6.6 0 0 1 8 1.4zM8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3zM7.1 7.2h1.8v4.2H7.1zM7.1 4.5h1.8v1.7H7.1z',
} as const;

export type Shape = keyof typeof shapes;

export function Mark({ shape = 'lowered', size = '1em' }: { shape?: Shape; size?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="currentColor"
      aria-hidden="true"
      focusable="false"
    >
      <path fillRule="evenodd" d={shapes[shape]} />
    </svg>
  );
}
