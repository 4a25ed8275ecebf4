/** A secret that a server gets as the variable of its name: the record refers to it, and holds no value. */
import { AppError } from '../../shared/errors.ts';
import { variableNameSchema } from '../../shared/models/scope.ts';
import type { SecretName, ServerRecord } from '../../shared/models/server.ts';
import { secretTemplate } from '../../shared/template.ts';

/** Errors: `bad_input` where the server has no variables, or has that one already. */
export function handOver(server: ServerRecord, name: SecretName): ServerRecord {
  const { launch, id } = server;
  const refuse = (message: string, hint: string) =>
    new AppError('bad_input', message, { hint, details: { server: id, name } });
  if (launch.transport !== 'stdio')
    throw refuse(
      'A remote server has no variables.',
      'Its secrets stand in its headers; add it anew with the header that it needs.',
    );
  if (!variableNameSchema.safeParse(name).success)
    throw refuse(
      `${name} cannot be the name of a variable.`,
      'Such a name has letters, digits and underscores.',
    );
  const before = Object.hasOwn(launch.env, name) ? launch.env[name] : undefined;
  if (before !== undefined && before !== secretTemplate(name))
    throw refuse(
      `The server has a variable ${name} already.`,
      `Look at it with \`portcullis servers show ${id}\`.`,
    );
  return { ...server, launch: { ...launch, env: { ...launch.env, [name]: secretTemplate(name) } } };
}

/** Nothing else that refers to the secret is touched. */
export function takeBack(server: ServerRecord, name: SecretName): ServerRecord {
  const { launch } = server;
  if (launch.transport !== 'stdio' || launch.env[name] !== secretTemplate(name)) return server;
  const { [name]: _, ...env } = launch.env;
  return { ...server, launch: { ...launch, env } };
}
