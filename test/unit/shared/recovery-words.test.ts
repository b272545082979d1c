import { randomBytes } from 'node:crypto';
import { entropyToMnemonic, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { describe, expect, it } from 'vitest';
import {
  completeWord,
  encodeRecoveryKey,
  parseRecoveryKey,
} from '../../../shared/recovery/recovery-words.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('encodeRecoveryKey()', () => {
  it('writes the words that the library writes for the same bits', () => {
    const cases = [
      Buffer.alloc(32),
      Buffer.alloc(32, 0xff),
      ...Array.from({ length: 50 }, () => randomBytes(32)),
    ];
    for (const entropy of cases) {
      expect(textOf(encodeRecoveryKey(entropy))).toBe(entropyToMnemonic(entropy, wordlist));
    }
  });
});

describe('parseRecoveryKey()', () => {
  it('takes what it wrote, in any case, spacing and shortened to four letters', () => {
    const words = textOf(encodeRecoveryKey(randomBytes(32))).split(' ');
    for (const typed of [
      words.join(' '),
      `\n\t${words.join('  ')}\r\n`,
      words.join('\n').toUpperCase(),
      words.map((word) => word.slice(0, 4)).join(' '),
    ]) {
      const parsed = parseRecoveryKey(bytesOf(typed));
      expect('passphrase' in parsed && textOf(parsed.passphrase)).toBe(words.join(' '));
    }
  });

  it('says which word is wrong, that some are missing, or that they do not fit', () => {
    const words = textOf(encodeRecoveryKey(randomBytes(32))).split(' ');
    const defect = (typed: string) => {
      const parsed = parseRecoveryKey(bytesOf(typed));
      return 'defect' in parsed ? parsed.defect : null;
    };
    expect(defect('')).toEqual({ kind: 'word-count', count: 0 });
    expect(defect(words.slice(0, 23).join(' '))).toEqual({ kind: 'word-count', count: 23 });
    expect(defect([...words, 'zoo'].join(' '))).toEqual({ kind: 'word-count', count: 25 });
    for (const wrong of ['qqqq', 'aba', 'abandonn', 'ünder', '12'])
      expect(defect(words.with(9, wrong).join(' '))).toEqual({
        kind: 'word-wrong',
        wordNumber: 10,
      });
  });

  it('finds nearly every exchanged word by the checksum, as the library does', () => {
    let accepted = 0;
    for (let round = 0; round < 400; round += 1) {
      const words = textOf(encodeRecoveryKey(randomBytes(32))).split(' ');
      const typed = words.with(round % 24, wordlist[(round * 37) % 2048] ?? '').join(' ');
      const isAccepted = 'passphrase' in parseRecoveryKey(bytesOf(typed));
      expect(isAccepted).toBe(validateMnemonic(typed, wordlist));
      if (isAccepted) accepted += 1;
    }
    expect(accepted).toBeLessThan(20);
  });
});

describe('completeWord()', () => {
  it('offers the words that begin so', () => {
    expect(completeWord('aban', 5)).toEqual(['abandon']);
    expect(completeWord(' ZO', 5)).toEqual(['zone', 'zoo']);
    expect(completeWord('a', 3)).toEqual(['abandon', 'ability', 'able']);
    expect(completeWord('', 5)).toEqual([]);
    expect(completeWord('qq', 5)).toEqual([]);
  });
});
