/** The passphrase vault, for computers without a keychain. */
import type { Action } from '../command.ts';
import { words } from '../words.ts';
import { askSecret, badInput } from './interaction.ts';

export const createVault: Action = async (context) => {
  const { terminal, json, prompt } = context;
  const passphrase = await askSecret(context, words.ask.passphraseNew);
  if (prompt !== undefined) {
    const again = await prompt.ask(words.ask.passphraseAgain, { hidden: true });
    if (again !== passphrase)
      throw badInput('The two passphrases differ.', 'Nothing was made. Try again.');
  }
  const api = await context.api();
  const result = await context.finishFirst(() => api.vault.create({ passphrase }));
  if (json) terminal.json(result);
  else terminal.line([words.done.vaultMade, 'green']);
  return 0;
};

export const openVault: Action = async (context) => {
  const passphrase = await askSecret(context, words.ask.passphrase);
  const result = await (await context.api()).vault.open({ passphrase });
  if (context.json) context.terminal.json(result);
  else context.terminal.line([words.done.vaultOpen, 'green']);
  return 0;
};
