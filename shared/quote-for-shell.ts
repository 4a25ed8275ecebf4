/**
 * A text as one word of a POSIX shell, for commands that people copy out of a hint: whatever a folder
 * is called, the copied command runs nothing of it.
 */
export function quoteForShell(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./][A-Za-z0-9_@%+=:,./-]*$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
