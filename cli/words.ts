/** What this door says, apart from the help of each command, which stands in the command's row. */
import type { TrialProgress } from '../shared/models/scope-view.ts';
import { count } from './ui/say.ts';

const steps = {
  backup: 'Sealing a copy of',
  store: 'Storing the secrets of',
  record: 'Writing records',
  write: 'Writing',
  verify: 'Verifying',
  start: 'Starting once:',
} as const;

export const words = {
  title: 'Portcullis keeps MCP secrets in the keychain instead of in the files of AI clients.',
  usage: 'portcullis [COMMAND] [OPTIONS]',
  next: 'Next:',
  ask: {
    passphrase: 'Passphrase of the vault:',
    passphraseNew: 'New passphrase (at least 12 characters):',
    passphraseAgain: 'The same again:',
    review: 'Review and protect now?',
    protect: (secrets: number, files: number) =>
      `Move ${count(secrets, 'secret')} to the keychain and change ${count(files, 'file')}?`,
    undo: (files: number) => `Undo this run in ${count(files, 'file')}?`,
    leave: (files: number) => `Change ${count(files, 'file')} as shown?`,
    restore: (file: string) =>
      `Put ${file} back, byte for byte? What is in it now is kept as a backup.`,
    secret: (name: string, server: string) => `Value of ${name} for ${server} (not shown):`,
    removeSecret: (name: string, server: string) =>
      `Delete ${name} of ${server} from the keychain for good?`,
    removeServer: (id: string) => `Remove ${id} and delete its secrets from the keychain?`,
    choice: (server: string, secret: string) =>
      `Clients hold different values of ${secret} for ${server}. Which one is right?`,
    number: (most: number) => `Number (1 to ${most}):`,
  },
  nobody: {
    message: 'This needs a yes, and there is no terminal to ask on.',
    hint: (flag: string) => `Add ${flag} when you have seen what it does.`,
  },
  stdin: {
    terminal: 'This command reads its input from stdin, and stdin is a terminal.',
    hint: 'Pipe the text into it, or give it a file: `… < file`.',
    empty: 'There was nothing on stdin.',
  },
  step: (step: keyof typeof steps, subject: string, done: number, total: number) =>
    [steps[step], subject, `(${done}/${total})`].filter((part) => part !== '').join(' '),
  interrupted: 'Stopped.',
  finishing: 'Finishing the step under way, so that nothing is left half done …',
  looking: 'Looking through files …',
  planning: 'Making a plan …',
  starting: (id: string) => `Starting ${id} …`,
  overview: {
    clients: (clients: number, entries: number) =>
      `${count(clients, 'client')} with ${count(entries, 'server entry', 'server entries')}`,
    keychain: {
      ready: 'ready',
      locked: 'locked',
      unavailable: 'not available',
      denied: 'refuses access',
      timeout: 'does not answer',
      vault: 'open',
      'vault-locked': 'locked',
    },
    unfinished: (runs: number) =>
      `${count(runs, 'change was', 'changes were')} interrupted and will be settled by the next command that writes`,
    nothing: 'No AI client was found on this computer.',
    allWell: 'Nothing is exposed.',
  },
  scan: {
    none: 'No secret was found in plain text.',
    found: (secrets: number, files: number) =>
      `${count(secrets, 'secret')} in plain text in ${count(files, 'file')}.`,
    looked: (files: number, bytes: string) => `Looked at ${count(files, 'file')}, ${bytes}.`,
    possible: (n: number) => `${count(n, 'possible one is', 'possible ones are')} not shown: --all`,
    suppressed: (n: number) => `${count(n, 'finding is', 'findings are')} set aside.`,
    skipped: 'Not looked at:',
    more: (n: number) => `and ${n} more`,
    others: 'Files that others can read:',
  },
  place: {
    env: 'environment',
    args: 'argument',
    header: 'header',
    url: 'address',
    command: 'command',
    setting: 'setting',
    'env-file': 'env file',
    comment: 'comment',
    backup: 'backup',
    history: 'shell history',
    log: 'log',
    text: 'text',
    file: 'file',
  },
  fix: {
    protect: 'protect',
    scrub: 'delete the line',
    'delete-copy': 'delete the copy',
    rotate: 'rotate it',
    'narrow-mode': 'make the file yours only',
    untrack: 'take it out of git',
    'edit-by-hand': 'edit by hand',
  },
  protect: {
    nothing: 'There is nothing to protect.',
    servers: 'Servers',
    items: 'What would be done',
    listed: 'Left as it is, for you to look at',
    files: 'Changes',
    isNew: 'new',
    known: 'known',
    consent: (name: string) => `needs --consent ${name}`,
    unanswered: (id: string) => `choose one with --choose ${id}=CLIENT`,
    rotate: 'These values stood in plain text. Replace them where they were issued:',
    remaining: (n: number) =>
      n === 0
        ? 'No secret is left in plain text.'
        : `${count(n, 'finding is', 'findings are')} still in plain text.`,
    wayBack: (run: string) => `To take it back: \`portcullis protect --undo ${run}\``,
    stopped: 'Nothing was changed.',
    noChoice: (text: string) => `There is no question ${text} in this plan.`,
    choiceHint:
      'Write it as SERVER.SECRET=CLIENT; `portcullis protect --plan` shows what is asked.',
  },
  outcome: { done: 'done', unchanged: 'unchanged', failed: 'failed', skipped: 'left' },
  undoWay: {
    exact: 'byte for byte',
    merge: 'by entry, as it was changed since',
    refused: 'not possible',
    gone: 'the file is gone',
  },
  scope: {
    levels: {
      'scoped-environment': 'scoped environment',
      confined: 'confined',
      'listed-hosts': 'listed hosts',
      masked: 'masked',
    },
    notSet: 'no scope is set',
    remote: 'runs elsewhere',
    ask: (name: string) => `Give ${name} this scope?`,
    askForget: (name: string) => `Take the scope of ${name} away?`,
    askUpgrade: (servers: number, highest: boolean) =>
      `Give ${count(servers, 'server')} the ${highest ? 'highest level that worked' : 'proposed scope'}?`,
    set: (id: string) => `${id} has this scope from its next start on.`,
    notSetBecause: (id: string, message: string) => `${id} is as it was: ${message}`,
    noneToUpgrade: 'No server was seen to work with more than it has.',
    trying: ({ step, server, done, total }: TrialProgress, level: string) =>
      `${{ prepare: 'Preparing', start: 'Starting', read: 'Reading what was seen of' }[step]} ${server}, ${level} (${done + 1}/${total})`,
    wayBack: (id: string) => `To take it back: \`portcullis scope ${id} set --forget\``,
    forgotten: (id: string) => `${id} has no scope any more.`,
    outcomes: { works: 'works', fails: 'does not work', untried: 'not tried' },
    highest: 'highest seen to work',
    proposed: 'proposed',
    called: 'answered, without real secrets, the tool',
    running: (level: string) => `now, ${level}`,
    beside: (memory: string) => `${memory} of memory for our process beside it`,
    only: 'only for',
    idea: (secret: string | undefined) =>
      secret === undefined ? 'the catalogue names it' : `${secret} is used there`,
    noneBlocked: 'It was kept from no host.',
    orAll: '  allows one; `--allow all` allows every one of them.',
    wanted: (access: 'read' | 'write') => (access === 'read' ? 'looked for' : 'would write'),
    masked: 'holds credentials; never proposed',
    unproposed: 'asked for, not proposed',
    unwatched: 'What files it looked for could not be seen: install strace.',
    talked: 'talked to',
  },
  runs: { none: 'Nothing was protected yet.' },
  done: {
    renamed: (id: string, name: string) => `${id} is now called ${name}.`,
    enabled: (id: string) => `${id} is switched on.`,
    disabled: (id: string) => `${id} is switched off. Clients that start it are told so.`,
    removed: (id: string) => `${id} is removed.`,
    added: (id: string) => `Added ${id}.`,
    stored: (name: string, server: string) => `${name} of ${server} is in the keychain.`,
    forgotten: (name: string, server: string) => `${name} of ${server} is deleted.`,
    restored: (file: string, at: string) => `${file} is as it was on ${at}.`,
    suppressed: 'Set aside. It is counted and not shown until its value changes.',
    unsuppressed: 'It is shown again.',
    projectAdded: (folder: string) => `${folder} is looked at from now on.`,
    projectRemoved: (folder: string) => `${folder} is no longer looked at.`,
    vaultMade: 'The vault is made and used from now on.',
    vaultOpen: 'The passphrase is right.',
  },
} as const;
