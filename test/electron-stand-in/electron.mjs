#!/usr/bin/env node
/**
 * Stands where Electron's binary would: takes its arguments, starts Node on the main script, and lets
 * `electron` mean the stand-in.
 */
import { fileURLToPath } from 'node:url';

const args = process.argv.slice(2);
const inspect = args.filter((arg) => arg.startsWith('--inspect'));
const rest = args.filter((arg) => !inspect.includes(arg));
const main = rest.find((arg) => !arg.startsWith('-')) ?? '';
const switches = rest.filter((arg) => arg !== main);
const register = fileURLToPath(new URL('./register.mjs', import.meta.url));
// Takes the place of this process, so that a signal meets the app itself.
process.execve(
  process.execPath,
  [process.execPath, ...inspect, '--import', register, main, ...switches],
  process.env,
);
