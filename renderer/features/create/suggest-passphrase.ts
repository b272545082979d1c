import { wordlist } from '@scure/bip39/wordlists/english.js';

/** Words of a suggested passphrase. At 11 bits each they hold 77 bits. */
const WORD_COUNT = 7;

/** Returns words drawn by chance from the 2048 of BIP-39's English list. */
export function suggestPassphrase(): string {
  const draws = crypto.getRandomValues(new Uint16Array(WORD_COUNT));
  // 2048 divides 2^16, so the remainder favours no word.
  const words = Array.from(draws, (draw) => wordlist[draw % wordlist.length]);
  draws.fill(0);
  return words.join(' ');
}
