import { win32 } from 'node:path';
import { expect, test } from 'vitest';
import type { ProgramFiles } from '../ports.ts';
import { resolveCommand, windowsScript } from './resolve-command.ts';

/** A disk of texts; Windows names in any case. */
function disk(contents: Readonly<Record<string, string>>): ProgramFiles {
  const byName = new Map(
    Object.entries(contents).map(([path, text]) => [path.toLowerCase(), text]),
  );
  return {
    probe: (path) =>
      byName.has(path.toLowerCase())
        ? { kind: 'file', executable: true }
        : { kind: 'missing', executable: false },
    head: (path) => new TextEncoder().encode(byName.get(path.toLowerCase())),
    realpath: (path) => path,
    list: () => [],
  };
}

const npmShim = `@ECHO off
GOTO start
:find_dp0
SET dp0=%~dp0
EXIT /b
:start
SETLOCAL
CALL :find_dp0

IF EXIST "%dp0%\\node.exe" (
  SET "_prog=%dp0%\\node.exe"
) ELSE (
  SET "_prog=node"
  SET PATHEXT=%PATHEXT:;.JS;=;%
)

endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & "%_prog%"  "%dp0%\\node_modules\\server\\dist\\index.js" %*
`;
const npxShim = `:: Created by npm, please don't edit manually.
@ECHO OFF

SETLOCAL

SET "NODE_EXE=%~dp0\\node.exe"
IF NOT EXIST "%NODE_EXE%" (
  SET "NODE_EXE=node"
)

SET "NPX_CLI_JS=%~dp0\\node_modules\\npm\\bin\\npx-cli.js"
"%NODE_EXE%" "%NPX_CLI_JS%" %*
`;

const search = (files: ProgramFiles) => ({
  platform: 'windows' as const,
  path: 'C:\\tools;C:\\node',
  cwd: 'C:\\work',
  pathExtensions: '.COM;.EXE;.BAT;.CMD',
  files,
});

test('Windows: a .cmd file of npm becomes Node and the script, with no shell between', () => {
  const files = disk({
    'C:\\tools\\server.cmd': npmShim,
    'C:\\tools\\server': '#!/bin/sh',
    'C:\\tools\\node_modules\\server\\dist\\index.js': '',
    'C:\\node\\node.exe': 'MZ',
    'C:\\node\\npx.cmd': npxShim,
    'C:\\node\\node_modules\\npm\\bin\\npx-cli.js': '',
  });
  expect(resolveCommand('server', search(files))).toEqual({
    file: 'C:\\node\\node.exe',
    firstArgs: ['C:\\tools\\node_modules\\server\\dist\\index.js'],
  });
  expect(resolveCommand('NPX.cmd', search(files))).toEqual({
    file: 'C:\\node\\node.exe',
    firstArgs: ['C:\\node\\node_modules\\npm\\bin\\npx-cli.js'],
  });
  expect(resolveCommand('node', search(files))).toEqual({
    file: win32.join('C:\\node', 'node.EXE'),
    firstArgs: [],
  });
});

test('Windows: a script that only a shell could run is refused', () => {
  const texts = ['echo %* & del *', '"%SOMETHING%\\x.js" %*', '', npmShim];
  for (const text of texts)
    expect(() => resolveCommand('evil', search(disk({ 'C:\\tools\\evil.cmd': text })))).toThrow(
      expect.objectContaining({ code: 'server_start_failed' }),
    );
  expect(() => resolveCommand('gone', search(disk({})))).toThrow(
    expect.objectContaining({ code: 'command_not_found' }),
  );
});

test('Windows: programs of other package tools', () => {
  const pnpm =
    '@IF EXIST "%~dp0\\node.exe" (\r\n  "%~dp0\\node.exe"  "%~dp0\\..\\store\\x.mjs" %*\r\n)';
  expect(windowsScript(pnpm, 'C:\\a\\bin')).toBe('C:\\a\\store\\x.mjs');
  expect(windowsScript('@"C:\\uv\\uvx.exe" %*', 'C:\\a')).toBe('C:\\uv\\uvx.exe');
});
