/**
 * Names of variables that somebody else proposes, such as a catalogue. What is offered is one tick away
 * from being handed over, so a name that means more than a setting of the server is never offered.
 */
import { mayInherit } from './environment.ts';

/** Shorter than a scope allows: a name is read before it is agreed to. */
const plainName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/**
 * Of the system, a runtime, a shell, a package tool or another program: they choose what is started, what
 * is loaded into it, whom it trusts, or lead to agents. Those that every server gets anyway are here too.
 */
const ofOthers = [
  /^(?:PATH|PATHEXT|HOME|SHELL|USER|USERNAME|LOGNAME|PWD|OLDPWD|TERM|DISPLAY|LANG|LANGUAGE|TZ|TMPDIR|TEMP|TMP)$/,
  /^(?:USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|COMSPEC|SYSTEMROOT|WINDIR|SYSTEMDRIVE)$/,
  /^(?:IFS|ENV|BASH_ENV|BASH_FUNC_.*|SHELLOPTS|BASHOPTS|PS[0-9]|PROMPT_COMMAND|ZDOTDIR|CDPATH|FPATH)$/,
  /^(?:EDITOR|VISUAL|PAGER|BROWSER|.*_?ASKPASS|SSH_.*|GPG_.*|GNUPGHOME|WAYLAND_.*|XAUTHORITY)$/,
  /^(?:LC_|XDG_|LD_|DYLD_|GLIBC_|MALLOC_|GCONV_|LOCPATH$|NLSPATH$|RES_OPTIONS$|HOSTALIASES$)/,
  /^(?:NODE_|NODE$|NPM_|NPX_|YARN_|PNPM_|BUN_|DENO_|COREPACK_|ELECTRON_|VITE_NODE_|TSX_|ESBUILD_)/,
  /^(?:PYTHON|PIP_|PIPX_|UV_|VIRTUAL_ENV|CONDA_|POETRY_|PERL|RUBY|GEM_|BUNDLE_|PHP_|PHPRC$|LUA_)/,
  /^(?:JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|MAVEN_OPTS|GRADLE_OPTS|DOTNET_.*|CORECLR_.*|COR_.*)$/,
  /^(?:GIT_(?:SSH|CONFIG|EXEC|EDITOR|PAGER|EXTERNAL|PROXY|TEMPLATE|DIR$|ALTERNATE|SEQUENCE|TRACE)|DOCKER_|PODMAN_|CONTAINER_)/,
  /^(?:OPENSSL_|SSL_|SSLKEYLOGFILE$|CURL_|REQUESTS_CA_|AWS_CA_|GRPC_DEFAULT_SSL_|DBUS_|DEBUGINFOD_)/,
  /^(?:HTTPS?|ALL|NO|FTP|SOCKS|RSYNC|GLOBAL_AGENT_.*)_PROXY$/,
  /^PORTCULLIS/,
];

/** Whether a variable that only a stranger names may be shown to the person as one to hand over. */
export function mayOffer(name: string): boolean {
  if (!plainName.test(name) || name.startsWith('__') || !mayInherit(name)) return false;
  return !isOfOthers(name);
}

/** Whether it is a variable of the system or a runtime, whatever its value. */
export function isOfOthers(name: string): boolean {
  const folded = name.toUpperCase();
  return ofOthers.some((pattern) => pattern.test(folded));
}
