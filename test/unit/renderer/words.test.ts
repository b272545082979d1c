import { beforeAll, describe, expect, it } from 'vitest';
import { judgeStrength, loadDictionaries } from '../../../renderer/components/strength-meter.tsx';
import {
  findSizeFault,
  readSize,
  toCreateOptions,
} from '../../../renderer/features/create/create-form.ts';
import { errorWords } from '../../../renderer/i18n/error-words.ts';
import {
  formatCount,
  formatMicroseconds,
  formatSeconds,
  formatWhen,
} from '../../../renderer/i18n/format.ts';
import { MESSAGES_EN, type MessageKey } from '../../../renderer/i18n/messages-en.ts';
import { t } from '../../../renderer/i18n/translate.ts';
import { ERROR_CODES, type ErrorCode } from '../../../shared/errors/codes.ts';
import { VaultError } from '../../../shared/errors/vault-error.ts';
import { createOptionsSchema } from '../../../shared/model/create-options.ts';
import { GIB, MIB } from '../../../shared/units.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('messages', () => {
  it('fill in their parameters, and leave a missing one to be seen', () => {
    expect(t('unlock.title', { name: '{total}' })).toBe('Unlock {total}');
    expect(t('vaults.summary', { mounted: 1 })).toBe('1 of {total} mounted');
  });

  it.each(Object.keys(MESSAGES_EN) as MessageKey[])('%s has words', (key) => {
    expect(MESSAGES_EN[key].trim()).not.toBe('');
    expect(MESSAGES_EN[key]).not.toMatch(/\bpassword\b|!/i);
  });
});

describe('errors', () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])(
    '%s says what happened and what to do',
    (code) => {
      const { title, advice } = errorWords(new VaultError(code));
      expect(title).toBe(ERROR_CODES[code].message);
      expect(advice).not.toBe('');
      // Advice in a window speaks of no command line option.
      expect(advice).not.toMatch(/--/);
    },
  );

  it('are "internal" where nobody knows them', () => {
    const unknown = errorWords(new VaultError('internal'));
    for (const stranger of [null, undefined, 'x', 7, new Error('x'), { code: '__proto__' }]) {
      expect(errorWords(stranger)).toEqual(unknown);
    }
  });
});

describe('the strength of a passphrase', () => {
  beforeAll(loadDictionaries);

  it('is null for none and low for what everybody types', () => {
    expect(judgeStrength('')).toBe(null);
    for (const usual of [
      'password',
      'Password1',
      '123456',
      'qwerty',
      'aaaaaaaa',
      'letmein',
      'sunshine1',
      'azertyuiop',
    ]) {
      expect(judgeStrength(usual)).toBeLessThanOrEqual(1);
    }
  });

  it('is high for what nobody guesses', () => {
    expect(judgeStrength('tuba quark glacier mitten 77')).toBe(4);
    expect(judgeStrength('x9$Lq2!vTr8@')).toBe(4);
  });

  it('is quick for a very long one', () => {
    const startedMs = performance.now();
    judgeStrength('a1b2'.repeat(5000));
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});

describe('the size of a new vault', () => {
  const place = { freeBytes: GIB, totalBytes: 2 * GIB, exists: false };

  it.each([
    ['32M', 32 * MIB],
    ['1.5G', 1.5 * GIB],
    [' 64 MiB ', 64 * MIB],
    ['31M', null],
    ['', null],
    ['-1G', null],
    ['many', null],
    ['1e9', null],
    ['99999999T', null],
  ])('%j is %s', (text, bytes) => {
    expect(readSize(text)).toBe(bytes);
  });

  it('is checked against what is free', () => {
    expect(findSizeFault('1G', place)).toBe(null);
    expect(findSizeFault('2G', place)).toContain('1 GiB');
    expect(findSizeFault('2G', null)).toBe(null);
    expect(findSizeFault('2X', place)).not.toBe(null);
  });
});

describe('the form of a new vault', () => {
  it('becomes options that main takes', () => {
    const options = toCreateOptions(
      {
        sizeText: '64M',
        label: 'l',
        filesystem: 'fat32',
        sectorBytes: 512,
        keyBits: 256,
        kdfType: 'argon2i',
        kdfTimeMs: 500,
        allocate: true,
      },
      64 * MIB,
    );
    expect(createOptionsSchema.parse(options)).toEqual({
      sizeBytes: 64 * MIB,
      label: 'l',
      subsystem: '',
      filesystem: 'fat32',
      sectorBytes: 512,
      keyBits: 256,
      kdf: { type: 'argon2i', targetMs: 500 },
      allocate: true,
    });
  });
});

describe('figures', () => {
  it.each([
    [0.44, '0.4 µs'],
    [9.94, '9.9 µs'],
    [9.96, '10 µs'],
    [999, '999 µs'],
    [999.6, '1.0 ms'],
    [34_000, '34 ms'],
    [1_250_000, '1.3 s'],
  ])('%d microseconds are %s', (microseconds, words) => {
    expect(formatMicroseconds(microseconds)).toBe(words);
  });

  it.each([
    [0, '0'],
    [0.7, '0.7'],
    [9.96, '10'],
    [3, '3'],
    [12_345.6, '12,346'],
  ])('%d is %s', (count, words) => {
    expect(formatCount(count)).toBe(words);
  });
});

describe('times', () => {
  it('are days for a week, and dates before', () => {
    const now = Date.UTC(2026, 5, 20, 12);
    expect(formatWhen(now - 1000, now)).toBe('today');
    expect(formatWhen(now - DAY_MS, now)).toBe('yesterday');
    expect(formatWhen(now - 6 * DAY_MS, now)).toBe('6 days ago');
    expect(formatWhen(now - 30 * DAY_MS, now)).toBe('May 21, 2026');
    expect(formatSeconds(1949)).toBe('1.9');
  });
});
