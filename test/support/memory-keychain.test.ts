import { keychainStatesSuite, keychainSuite } from './keychain-suite.ts';
import { createMemoryKeychain } from './memory-keychain.ts';

function openMemory() {
  const keychain = createMemoryKeychain();
  return { keychain, become: keychain.setState, close: () => undefined };
}

keychainSuite('in memory', openMemory);
keychainStatesSuite('in memory', openMemory);
