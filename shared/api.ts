/** The typed client that every door hands to its screens or commands. */
import type { ContractRouterClient } from '@orpc/contract';
import type { contract } from './contract.ts';

export type Api = ContractRouterClient<typeof contract>;
