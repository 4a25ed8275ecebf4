/** The credential scope of a server: what it may reach, beside its own secrets. Part of its record. */
import * as z from 'zod';

/**
 * What is enforced, weakest first. `scoped-environment`: own variables only. `confined`: a sandbox of the
 * system hides other files, processes and the keychain. `listed-hosts`: also no network but these hosts.
 * `masked`: also the server holds placeholders; a proxy puts the values in for the secret's own hosts.
 */
export const levelSchema = z.enum(['scoped-environment', 'confined', 'listed-hosts', 'masked']);
export type Level = z.infer<typeof levelSchema>;

/** A file counts as a folder with one thing in it. */
export const scopeFolderSchema = z.strictObject({
  /** Absolute, as the person wrote it: the server sees it under this path. */
  path: z.string().regex(/^(?:\/|[A-Za-z]:[\\/])/, 'A folder of a scope is an absolute path.'),
  access: z.enum(['read', 'write']),
  /** Where `path` led when the person agreed, when it led through links. It must still lead there. */
  target: z.string().optional(),
});
export type ScopeFolder = z.infer<typeof scopeFolderSchema>;

/** `api.example.com`, `*.example.com`, `10.0.0.7`, each with `:port` if only that port is meant. */
export const hostSchema = z
  .string()
  .max(260)
  .regex(
    /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[1-9]\d{0,4})?$/,
    'A host is a name such as api.example.com or *.example.com, in lower case, with or without a port.',
  );

export const scopeHostsSchema = z.union([
  z.literal('any'),
  z.literal('none'),
  z.array(hostSchema).readonly(),
]);
export type ScopeHosts = z.infer<typeof scopeHostsSchema>;

export const runtimeSchema = z.enum(['node', 'python', 'docker', 'binary']);
export type Runtime = z.infer<typeof runtimeSchema>;

export const variableNameSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/);

export const credentialScopeSchema = z.strictObject({
  level: levelSchema,
  runtime: runtimeSchema,
  /** Variables of whoever starts the server that it gets beside the usual few. */
  environment: z.array(variableNameSchema).readonly(),
  folders: z.array(scopeFolderSchema).readonly(),
  /**
   * Packages of its program that lie elsewhere, as in a workspace: read only, without links in the path,
   * and what is private in them stays hidden.
   */
  packages: z
    .array(z.string().regex(/^\//, 'A package of a scope is an absolute path.'))
    .max(200)
    .readonly()
    .optional(),
  hosts: scopeHostsSchema,
  /** At `masked`: the hosts that a secret is for. A secret without a row is for every listed host. */
  secretHosts: z.record(z.string(), z.array(hostSchema).readonly()).readonly().optional(),
  /** What the person decided for a machine that cannot give the level. Absent: the server does not start. */
  otherwise: z.enum(['lower']).optional(),
});
export type CredentialScope = z.infer<typeof credentialScopeSchema>;
