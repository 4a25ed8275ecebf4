/** A launch as one line for people: command and arguments, or the URL, secrets by name. */
import type { LaunchSpec } from '../../shared/models/server.ts';
import { parseTemplate } from '../../shared/template.ts';

export function showLaunch(launch: LaunchSpec): string {
  if (launch.transport !== 'stdio') return showTemplate(launch.url);
  return [launch.command, ...launch.args.map(showTemplate)].map(quote).join(' ');
}

/** Everything that a launch says, variables, headers and folder included: what a person agrees to. */
export function showWholeLaunch(launch: LaunchSpec): string {
  if (launch.transport !== 'stdio') {
    const headers = Object.entries(launch.headers).map(
      ([name, template]) => `${name}: ${showTemplate(template)}`,
    );
    return [showLaunch(launch), ...headers].join(' ');
  }
  const variables = Object.entries(launch.env).map(
    ([name, template]) => `${quote(name)}=${quote(showTemplate(template))}`,
  );
  const folder = launch.cwd === undefined ? [] : [`(in ${showTemplate(launch.cwd)})`];
  return [...variables, showLaunch(launch), ...folder].join(' ');
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
