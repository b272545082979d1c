/**
 * Entry of the vault process: reads one request from standard input, answers on descriptor 3, and
 * for `mount` lives on until the vault is locked. It alone sees passphrases and volume keys.
 */
import { enableOwnCompileCache } from '../system/compile-cache.ts';
import { hardenProcess } from '../system/harden-process.ts';

hardenProcess();
enableOwnCompileCache();
const { answerRequest } = await import('./answer-request.ts');
const { descriptorChannel } = await import('./request-channel.ts');
await answerRequest(descriptorChannel);
