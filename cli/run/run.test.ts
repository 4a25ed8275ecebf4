import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFiles } from '../../platform/files.ts';
import { chooseSystemKeychain, chooseVault } from '../../platform/keychain/choice.ts';
import { createKeychain } from '../../platform/keychain/keychain.ts';
import { createProcesses } from '../../platform/processes.ts';
import { Secret } from '../../shared/secret.ts';
import { clientTemplate, secretTemplate } from '../../shared/template.ts';
import { scopeOf } from '../../test/support/isolation.ts';
import {
  finish,
  hashOf,
  type LauncherWorld,
  openLauncherWorld,
  plantedValue,
  serverRecord,
} from '../../test/support/launcher.ts';

let world: LauncherWorld;
beforeAll(async () => {
  world = await openLauncherWorld();
}, 60_000);
afterAll(() => world.stop());

const silent = { stdout: '', signal: null };

test('an id that cannot be one, or is unknown, or is switched off', async () => {
  world.writeRecords(serverRecord('off', {}, { enabled: false }));
  for (const id of [
    '../records',
    'A',
    'a b',
    '',
    'a\nb',
    'x'.repeat(5000),
    '--version-of',
    '$(id)',
  ]) {
    expect(await world.run(id), id).toEqual({
      ...silent,
      exitCode: 2,
      stderr:
        'portcullis: This is not the id of a server. An id has 1 to 63 lower-case letters, digits and hyphens. `portcullis servers` lists them.\n',
    });
  }
  expect(await world.run('unknown')).toEqual({
    ...silent,
    exitCode: 3,
    stderr:
      'portcullis: There is no server "unknown". Run `portcullis servers` to see the ids that exist, and `portcullis drift` to mend the entry that names this one.\n',
  });
  expect(await world.run('off')).toEqual({
    ...silent,
    exitCode: 40,
    stderr:
      'portcullis: The server "off" is switched off. Run `portcullis servers enable off` to switch it on.\n',
  });
});

test('records that are broken, newer, doubled or missing', async () => {
  const file = join(world.roots.config, 'records.json');
  const good = serverRecord('one', {});
  const cases: readonly (readonly [string, number])[] = [
    ['{"schema": 1, "servers": [', 30],
    ['[]', 30],
    ['{"schema": 2, "servers": []}', 31],
    ['{"schema": 1, "servers": {}}', 30],
    [JSON.stringify({ schema: 1, servers: [good, good] }), 30],
    [JSON.stringify({ schema: 1, servers: [{ ...good, extra: true }] }), 30],
  ];
  mkdirSync(world.roots.config, { recursive: true });
  for (const [text, exitCode] of cases) {
    writeFileSync(file, text);
    const ended = await world.run('one');
    expect({ text, exitCode: ended.exitCode, lines: ended.stderr.split('\n').length }).toEqual({
      text,
      exitCode,
      lines: 2,
    });
  }
});

test('a missing secret: the server never starts', async () => {
  const marker = join(world.keyring.home, 'started');
  world.writeRecords(
    serverRecord('bare', {
      command: '/bin/sh',
      args: ['-c', `touch ${marker}`],
      env: { T: secretTemplate('T') },
    }),
  );
  const ended = await world.run('bare');
  expect(ended).toEqual({
    ...silent,
    exitCode: 26,
    stderr:
      'portcullis: The server "bare" was not started: the keychain has no T for it. Run `portcullis secrets set bare T`.\n',
  });
  await world.storeSecrets('bare', { OTHER: plantedValue() });
  expect((await world.run('bare')).exitCode).toBe(26);
  expect(existsSync(marker)).toBe(false);
});

test('the process is the server itself, with nothing of ours left', async () => {
  const value = plantedValue();
  await world.storeSecrets('self', { KEY: value });
  // Read by the shell itself: while it starts a program it blocks signals for a moment.
  const signals =
    'while read name value; do case $name in SigBlk:|SigIgn:) echo "$name $value";; esac; done';
  const script = `echo $$; ${signals} < /proc/self/status; ls /proc/$$/fd; read line`;
  world.writeRecords(
    serverRecord('self', {
      command: '/bin/sh',
      args: ['-c', script],
      env: { KEY: `k:${secretTemplate('KEY')}` },
    }),
  );
  const env = {
    NODE_OPTIONS: '--require=/no/such',
    GITHUB_TOKEN: plantedValue(),
    PATH: '/usr/bin:/bin',
  };
  const child = world.start('self', { env, leftOpen: [world.keyring.home, '/etc/passwd'] });
  const ended = finish(child);
  await once(child.stdout ?? child, 'data');
  expect(readlinkSync(`/proc/${child.pid}/exe`)).toBe(realpathSync('/bin/sh'));
  const environ = readFileSync(`/proc/${child.pid}/environ`, 'utf8');
  child.stdin?.end('\n');
  const { stdout, stderr, exitCode } = await ended;
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(environ.split('\0').sort()).toEqual([
    '',
    `HOME=${world.keyring.home}`,
    `KEY=k:${value}`,
    'PATH=/usr/bin:/bin',
  ]);
  const [pid, ...rest] = stdout.split('\n');
  expect(Number(pid)).toBe(child.pid);
  expect(rest.slice(0, 2)).toEqual(['SigBlk: 0000000000000000', 'SigIgn: 0000000000000000']);
  expect(rest.slice(2)).toEqual(['0', '1', '2', '']);
  const line = world.launches().at(-1);
  expect({ ...line, startTime: 0, at: '' }).toEqual({
    server: 'self',
    client: 'node',
    pid: child.pid,
    startTime: 0,
    at: '',
  });
});

test.each([[[]], [['--stay']]])('exit codes and signals pass through %j', async (args) => {
  world.writeRecords(
    serverRecord('code', { command: '/bin/sh', args: ['-c', 'exit 7'] }),
    serverRecord('killed', { command: '/bin/sh', args: ['-c', 'kill -9 $$'] }),
    serverRecord('sleeper', { command: '/bin/sh', args: ['-c', 'echo up; exec sleep 60'] }),
  );
  expect(await world.run('code', { args })).toEqual({ ...silent, exitCode: 7, stderr: '' });
  expect(await world.run('killed', { args })).toEqual({
    ...silent,
    exitCode: null,
    signal: 'SIGKILL',
    stderr: '',
  });
  const child = world.start('sleeper', { args });
  const ended = finish(child);
  await once(child.stdout ?? child, 'data');
  child.kill('SIGTERM');
  expect(await ended).toEqual({ stdout: 'up\n', stderr: '', exitCode: null, signal: 'SIGTERM' });
});

test('what is written before the server starts is not lost', async () => {
  world.writeRecords(serverRecord('cat', { command: 'cat' }));
  const input = Buffer.alloc(5 * 1024 * 1024, 'abcdefghijk\n');
  const { stdout, exitCode } = await world.run('cat', { input });
  expect({ hash: hashOf(stdout), exitCode }).toEqual({ hash: hashOf(input), exitCode: 0 });
});

test('twenty at once', async () => {
  const value = plantedValue();
  await world.storeSecrets('many', { KEY: value });
  world.writeRecords(
    serverRecord('many', {
      command: '/bin/sh',
      args: ['-c', 'printf %s "$KEY"'],
      env: { KEY: secretTemplate('KEY') },
    }),
  );
  const before = world.launches().length;
  const ends = await Promise.all(Array.from({ length: 20 }, () => world.run('many')));
  expect(ends).toEqual(ends.map(() => ({ ...silent, stdout: value, exitCode: 0, stderr: '' })));
  const lines = world.launches().slice(before);
  expect(lines.map(({ server }) => server)).toEqual(Array(20).fill('many'));
  expect(new Set(lines.map(({ pid }) => pid)).size).toBe(20);
  expect(new Set(lines.map(({ startTime }) => startTime > 0))).toEqual(new Set([true]));
});

test('secrets in arguments, the working folder and references of the client', async () => {
  const value = `${plantedValue()} "quoted" $HOME ünïcode\nsecond line`;
  await world.storeSecrets('args', { KEY: value });
  const folder = join(world.keyring.home, 'work folder');
  mkdirSync(folder, { recursive: true });
  world.writeRecords(
    serverRecord('args', {
      command: '/bin/sh',
      args: [
        '-c',
        'printf "%s|" "$1" "$PWD" "$REF" "$GONE"',
        'sh',
        `--key=${secretTemplate('KEY')}`,
      ],
      env: { REF: clientTemplate('FOLDER'), GONE: `x${clientTemplate('MISSING')}` },
      cwd: folder,
    }),
    serverRecord('needs', { args: [clientTemplate('MISSING')] }),
    serverRecord('nowhere', { cwd: join(folder, 'gone') }),
  );
  const env = { PORTCULLIS_REF_FOLDER: '/of/the client', FOLDER: '/other' };
  expect((await world.run('args', { env })).stdout).toBe(
    `--key=${value}|${folder}|/of/the client||`,
  );
  expect((await world.run('needs')).exitCode).toBe(2);
  expect((await world.run('nowhere')).exitCode).toBe(41);
});

test('programs that cannot start are refused before anything is replaced', async () => {
  const folder = join(world.keyring.home, 'programs');
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string, mode = 0o755) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode });
    chmodSync(path, mode);
    return path;
  };
  world.writeRecords(
    serverRecord('gone', { command: 'no-such-program-here' }),
    serverRecord('folder', { command: folder }),
    serverRecord('plain', { command: write('plain', '#!/bin/sh\n', 0o644) }),
    serverRecord('loader', { command: write('loader', '#!/no/such/interpreter\n') }),
    serverRecord('empty-line', { command: write('empty-line', '#!\n') }),
    serverRecord('binary', { command: write('binary', 'MZ\0\0binary for another system') }),
    serverRecord('no-line', { command: write('no-line', 'echo "$0 ran"\n') }),
    serverRecord('zero', { args: ['a\0b'] }),
    serverRecord('long', { args: ['x'.repeat(140_000)] }),
  );
  const codes = await Promise.all(
    ['gone', 'folder', 'plain', 'loader', 'empty-line', 'binary', 'zero', 'long'].map(
      async (id) => `${id} ${(await world.run(id)).exitCode}`,
    ),
  );
  expect(codes).toEqual([
    'gone 127',
    'folder 127',
    'plain 41',
    'loader 41',
    'empty-line 41',
    'binary 41',
    'zero 2',
    'long 2',
  ]);
  expect((await world.run('no-line')).stdout).toBe(`${join(folder, 'no-line')} ran\n`);
});

test('what a record says does not act on the terminal that shows our words', async () => {
  world.writeRecords(serverRecord('acts', { command: 'no\u001b]0;owned\u0007\u001b[2J\u202egnp' }));
  const { stderr, exitCode } = await world.run('acts');
  expect({ stderr, exitCode }).toEqual({
    exitCode: 127,
    stderr: expect.stringContaining(
      '"no\\u{1b}]0;owned\\u{7}\\u{1b}[2J\\u{202e}gnp" was not found',
    ),
  });
});

/** What `protect` and `doctor` note of the login shell. */
function noteLogin(login: { readonly path: string; readonly shell?: string }) {
  writeFileSync(join(world.roots.data, 'path.json'), JSON.stringify(login));
}

test('a client’s folders come after those of the login shell, and bring only what is not there', async () => {
  const [own, theirs] = ['login', 'client'].map((name) => join(world.keyring.home, name, 'bin'));
  for (const [folder, name] of [
    [own, 'tool'],
    [theirs, 'tool'],
    [theirs, 'extra'],
  ] as const) {
    mkdirSync(folder ?? '', { recursive: true });
    writeFileSync(join(folder ?? '', name), '#!/bin/sh\necho "$0 $PATH"\n', { mode: 0o755 });
  }
  noteLogin({ path: `${own}:/usr/bin:/bin` });
  world.writeRecords(
    serverRecord('tool', { command: 'tool' }),
    serverRecord('extra', { command: 'extra' }),
  );
  const path = `${own}:/usr/bin:/bin:${theirs}`;
  const env = { PATH: `${theirs}:/usr/bin` };
  expect((await world.run('tool', { env })).stdout).toBe(`${own}/tool ${path}\n`);
  expect((await world.run('extra', { env })).stdout).toBe(`${theirs}/extra ${path}\n`);
});

test('what a client’s environment would make our own Node load, trust or write is taken away', async () => {
  const names = [
    'NODE_OPTIONS',
    'NODE_EXTRA_CA_CERTS',
    'NODE_REDIRECT_WARNINGS',
    'NODE_USE_SYSTEM_CA',
    'NODE_ICU_DATA',
    'OPENSSL_CONF',
    'OPENSSL_MODULES',
    'SSL_CERT_FILE',
    'LD_AUDIT',
    'LD_DEBUG_OUTPUT',
    'GLIBC_TUNABLES',
  ];
  const env = Object.fromEntries(names.map((name) => [name, `/of the client/${name}`]));
  // What our Node would see.
  const starter = readFileSync(world.launcher.path, 'utf8').replace(/^exec .*$/m, 'exec env');
  const copy = join(world.keyring.home, 'starter');
  writeFileSync(copy, starter, { mode: 0o755 });
  const { stdout } = await finish(spawn(copy, [], { env: { ...env, PATH: '/usr/bin:/bin' } }));
  const left = stdout.split('\n').map((line) => line.split('=', 1)[0]);
  expect(names.filter((name) => left.includes(name))).toEqual([]);
  // A server that was given one by reference, or whose scope lets it through, gets it all the same.
  const script = 'echo "$REF|$SSL_CERT_FILE|$LD_AUDIT"';
  world.writeRecords(
    serverRecord(
      'refers',
      { command: '/bin/sh', args: ['-c', script], env: { REF: clientTemplate('OPENSSL_CONF') } },
      { scope: { ...scopeOf('scoped environment'), environment: ['SSL_CERT_FILE'] } },
    ),
  );
  const { OPENSSL_CONF = '', SSL_CERT_FILE = '' } = env;
  const ended = await world.run('refers', { env: { OPENSSL_CONF, SSL_CERT_FILE } });
  expect(ended.stdout).toBe(`${OPENSSL_CONF}|${SSL_CERT_FILE}|\n`);
});

test('the starter runs nothing that the client’s environment holds, where the shell is bash', async () => {
  const marker = join(world.keyring.home, 'ran in the starter');
  const mark = `touch '${marker}'`;
  const [, ...options] =
    readFileSync(world.launcher.path, 'utf8').split('\n', 1)[0]?.split(' ') ?? [];
  world.writeRecords(serverRecord('quiet', { command: '/bin/echo', args: ['up'] }));
  const env = {
    ...world.keyring.env,
    SHELLOPTS: 'xtrace',
    PS4: `$(${mark})`,
    BASH_ENV: marker,
    'BASH_FUNC_[%%': `() { ${mark}; }`,
    'BASH_FUNC_unset%%': `() { ${mark}; }`,
  };
  // As the system starts a script whose interpreter is bash under the name of `sh`.
  const args = [...options, world.launcher.path, 'run', 'quiet'];
  const ended = await finish(spawn('/bin/bash', args, { env, argv0: 'sh' }));
  expect({ ...ended, ran: existsSync(marker) }).toMatchObject({
    stdout: 'up\n',
    stderr: '',
    exitCode: 0,
    ran: false,
  });
});

test('a command that only the login shell finds; the client chooses neither shell nor folders', async () => {
  const folder = join(world.keyring.home, 'only for shells');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'rare-program'), '#!/bin/sh\necho "$PATH"\n', { mode: 0o755 });
  const shell = join(world.keyring.home, 'login-shell');
  const noisy = `#!/bin/sh\necho "welcome /etc"\nPATH="${folder}:$PATH"; export PATH\neval "$2"\n`;
  writeFileSync(shell, noisy, { mode: 0o755 });
  const marker = join(world.keyring.home, 'client-shell-ran');
  const theirs = join(world.keyring.home, 'their-shell');
  writeFileSync(theirs, `#!/bin/sh\ntouch '${marker}'\n`, { mode: 0o755 });
  world.writeRecords(serverRecord('rare', { command: 'rare-program' }));
  noteLogin({ path: '/usr/bin', shell });
  const env = { SHELL: theirs, PATH: '/their/bin:/usr/bin:/bin', HOME: '/their/home' };
  const usual = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin';
  expect((await world.run('rare', { env })).stdout).toBe(`${folder}:${usual}:/their/bin\n`);
  const cached = JSON.parse(readFileSync(join(world.roots.data, 'path.json'), 'utf8'));
  expect({ ...cached, at: '' }).toEqual({ path: `${folder}:${usual}`, shell, at: '', network: {} });
  expect(existsSync(marker)).toBe(false);
  // From now on the shell is not asked.
  writeFileSync(shell, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  expect((await world.run('rare', { env })).exitCode).toBe(0);
});

test('no search path leads into the folder that a client starts us in', async () => {
  const folder = join(world.keyring.home, 'cloned');
  mkdirSync(join(folder, '.venv', 'bin'), { recursive: true });
  const trap = join(folder, '.venv', 'bin', 'trap-program');
  writeFileSync(trap, '#!/bin/sh\necho trapped\n', { mode: 0o755 });
  const shell = join(world.keyring.home, 'shell-of-folders');
  const text = '#!/bin/sh\nPATH=".venv/bin:$PWD/.venv/bin:$PATH"; export PATH\neval "$2"\n';
  writeFileSync(shell, text, { mode: 0o755 });
  noteLogin({ path: '.venv/bin:/usr/bin:/bin', shell });
  world.writeRecords(
    serverRecord('noted', { command: 'trap-program' }),
    serverRecord('own', { command: 'trap-program', env: { PATH: '.venv/bin:/usr/bin' } }),
  );
  const env = { ...world.keyring.env, PATH: '.venv/bin:/usr/bin:/bin' };
  for (const id of ['noted', 'own']) {
    const ended = await finish(spawn(world.launcher.path, ['run', id], { env, cwd: folder }));
    expect([ended.exitCode, ended.stdout]).toEqual([127, '']);
    expect(ended.stderr).toContain('"trap-program" was not found');
  }
  const { path } = JSON.parse(readFileSync(join(world.roots.data, 'path.json'), 'utf8'));
  expect(path).toMatch(new RegExp(`^${world.keyring.home}/[.]venv/bin:/usr/local/bin:`));
});

test('a program of whatever folder the client is in gets no secret', async () => {
  const folder = join(world.keyring.home, 'opened');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'server.sh'), 'echo "ran with ${TOKEN:-nothing}"\n');
  await world.storeSecrets('placeless', { TOKEN: plantedValue() });
  const env = { TOKEN: secretTemplate('TOKEN') };
  const launch = { command: '/bin/sh', args: ['./server.sh'] };
  const start = (more: object) => {
    world.writeRecords(serverRecord('placeless', { ...launch, ...more }));
    return finish(
      spawn(world.launcher.path, ['run', 'placeless'], { env: world.keyring.env, cwd: folder }),
    );
  };
  for (const refused of [{ env }, { env, cwd: '.' }]) {
    const { stdout, stderr } = await start(refused);
    expect({ stdout, stderr }).toEqual({
      stdout: '',
      stderr: expect.stringContaining('relative to whatever folder it is started in'),
    });
  }
  expect((await start({})).stdout).toBe('ran with nothing\n');
  expect((await start({ env, cwd: folder })).stdout).toMatch(/^ran with (?!nothing)/);
});

test('a keychain that is locked, hangs or is gone', async () => {
  const { keyring } = world;
  await world.storeSecrets('kept', { KEY: plantedValue() });
  world.writeRecords(
    serverRecord('kept', { env: { KEY: secretTemplate('KEY') } }),
    serverRecord('free', { command: '/bin/sh', args: ['-c', 'echo fine'] }),
  );
  const env = { PORTCULLIS_KEYCHAIN_DEADLINE: '1500' };
  await keyring.lock();
  expect((await world.run('kept', { env })).exitCode).toBe(21);
  keyring.freeze();
  const started = performance.now();
  expect(await world.run('kept', { env })).toEqual({
    ...silent,
    exitCode: 23,
    stderr:
      'portcullis: The keychain did not answer in time. Unlock it, or answer its question on your screen, then start the server again.\n',
  });
  expect(performance.now() - started).toBeLessThan(6000);
  // A server without secrets does not even ask.
  expect((await world.run('free', { env })).stdout).toBe('fine\n');
  keyring.thaw();
  await keyring.kill();
  expect((await world.run('kept', { env })).exitCode).toBe(20);
  await keyring.unlock();
  expect((await world.run('kept', { env })).exitCode).toBe(0);
});

test('the passphrase vault: opened by its command, else said to be locked', async () => {
  const { keyring, roots } = world;
  const value = plantedValue();
  const passphrase = plantedValue();
  const place = { files: createFiles('linux'), roots };
  const choice = { use: 'vault', passphraseCommand: ['/bin/echo', passphrase] } as const;
  await chooseVault(place, { ...choice, passphraseCommand: [...choice.passphraseCommand] });
  const machine = { platform: 'linux', home: keyring.home, env: keyring.env } as const;
  const vault = createKeychain({ machine, ...place, processes: createProcesses('linux') });
  await vault.set('vaulted', new Secret(JSON.stringify({ KEY: value })));
  const args = ['-c', 'printf %s "$KEY"'];
  const env = { KEY: secretTemplate('KEY') };
  world.writeRecords(serverRecord('vaulted', { command: '/bin/sh', args, env }));
  expect(await world.run('vaulted')).toEqual({ ...silent, stdout: value, exitCode: 0, stderr: '' });
  await chooseVault(place, { use: 'vault' });
  const locked = await world.run('vaulted');
  expect({ code: locked.exitCode, out: locked.stdout }).toEqual({ code: 21, out: '' });
  await chooseSystemKeychain(place);
});

test('the installed launcher: version, wrong arguments, damage and repair', async () => {
  const { launcher } = world;
  expect(await launcher.check()).toEqual({ state: 'ready', version: expect.any(String) });
  const wrong = await finish(spawn(launcher.path, ['servers'], { env: {} }));
  expect({ code: wrong.exitCode, out: wrong.stdout }).toEqual({ code: 2, out: '' });
  const text = readFileSync(launcher.path, 'utf8');
  const bundle = /'([^']+portcullis\.cjs)'/.exec(text)?.[1] ?? '';
  writeFileSync(bundle, 'process.exit(0)');
  expect((await launcher.check()).state).toBe('damaged');
  writeFileSync(launcher.path, '#!/bin/sh\nexit 0\n');
  expect((await launcher.check()).state).toBe('outdated');
  await launcher.install();
  expect(await launcher.check()).toEqual({ state: 'ready', version: expect.any(String) });
  await launcher.uninstall();
  expect((await launcher.check()).state).toBe('missing');
  await launcher.install();
  expect((await launcher.check()).state).toBe('ready');
});
