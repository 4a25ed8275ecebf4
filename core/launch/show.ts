/** A launch as one line for people: command and arguments, or the URL, secrets by name. */
import type { LaunchSpec } from '../../shared/models/server.ts';
import { parseTemplate } from '../../shared/template.ts';

export function showLaunch(launch: LaunchSpec): string {
  if (launch.transport !== 'stdio') return showTemplate(launch.url);
  return [launch.command, ...launch.args.map(showTemplate)].map(quote).join(' ');
}

/** References as `‹NAME›`, which no shell or URL takes for anything else. */
export function showTemplate(template: string): string {
  return parseTemplate(template)
    .map((part) => (part.kind === 'text' ? part.text : `‹${part.name}›`))
    .join('');
}

/** Quotes what a reader could not tell apart otherwise; for display only, never for a shell. */
function quote(text: string): string {
  return text === '' || /["\s]/.test(text) ? JSON.stringify(text) : text;
}
