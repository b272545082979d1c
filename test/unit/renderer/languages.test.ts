import { afterEach, describe, expect, it } from 'vitest';
import { chooseLanguage } from '../../../renderer/i18n/choose-language.ts';
import { GERMAN } from '../../../renderer/i18n/de/german.ts';
import { SPANISH } from '../../../renderer/i18n/es/spanish.ts';
import {
  formatBytes,
  formatDuration,
  formatList,
  formatMinutes,
  formatWhen,
} from '../../../renderer/i18n/format.ts';
import { FRENCH } from '../../../renderer/i18n/fr/french.ts';
import { JAPANESE } from '../../../renderer/i18n/ja/japanese.ts';
import { MESSAGES_EN } from '../../../renderer/i18n/messages-en.ts';
import { speak, t } from '../../../renderer/i18n/translate.ts';
import { ERROR_CODES } from '../../../shared/errors/codes.ts';
import { LANGUAGES } from '../../../shared/model/settings.ts';
import { GIB } from '../../../shared/units.ts';

const TRANSLATIONS = { de: GERMAN, fr: FRENCH, es: SPANISH, ja: JAPANESE };
const ENGLISH: Readonly<Record<string, string>> = MESSAGES_EN;
const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

afterEach(() => speak('en'));

describe.each(Object.entries(TRANSLATIONS))('%s', (_language, { messages, errors }) => {
  const translated: Readonly<Record<string, string>> = messages;

  it('lacks no message and has none that nobody says', () => {
    const missing = Object.keys(ENGLISH).filter((key) => !Object.hasOwn(translated, key));
    expect(missing).toEqual([]);
    expect(Object.keys(translated).filter((key) => !Object.hasOwn(ENGLISH, key))).toEqual([]);
  });

  it('fills in the same parameters, and leaves no message empty', () => {
    for (const [key, text] of Object.entries(translated)) {
      expect([key, placeholders(text)]).toEqual([key, placeholders(ENGLISH[key] ?? '')]);
      expect(text.trim()).not.toBe('');
    }
  });

  it('knows only errors that there are', () => {
    for (const [code, words] of Object.entries(errors)) {
      expect(Object.keys(ERROR_CODES)).toContain(code);
      for (const text of words ?? []) expect(text).not.toMatch(/--|^$/);
    }
  });
});

describe('the language of the window', () => {
  it.each([
    ['fr', ['de'], 'fr'],
    ['auto', ['de-AT', 'en'], 'de'],
    ['auto', ['pt-BR', 'es-MX'], 'es'],
    ['auto', ['ja'], 'ja'],
    ['auto', ['pt-BR'], 'en'],
    ['auto', [], 'en'],
  ] as const)('set to %s on a system of %j is %s', (setting, system, language) => {
    expect(chooseLanguage(setting, system)).toBe(language);
  });

  it('writes numbers, dates, spans and lists as it is usual', async () => {
    await speak('de');
    expect(t('unlock.title', { name: 'A' })).toBe('A entsperren');
    expect(formatBytes(1.5 * GIB)).toBe('1,5 GiB');
    expect(formatMinutes(120)).toBe('2 Stunden');
    expect(formatMinutes(1)).toBe('1 Minute');
    expect(formatList(['a', 'b', 'c'])).toBe('a, b und c');
    expect(formatWhen(0, 24 * 60 * 60 * 1000)).toBe('gestern');
    await speak('ja');
    expect(formatDuration(200_000)).toBe('3分20秒');
    expect(formatWhen(0, 0)).toBe('今日');
  });

  it('takes the form that goes with a number, by the rules of the language', async () => {
    expect(t('performance.threads.some', { count: 1 })).toBe('1 crypto thread');
    expect(t('performance.threads.some', { count: 2 })).toBe('2 crypto threads');
    expect(t('benchmark.regression', { count: 1 })).toBe('1 figure is slower than before.');
    expect(t('vaults.summary', { mounted: 1, total: 12_345 })).toBe('1 of 12,345 mounted');
    await speak('de');
    expect(t('benchmark.coresValue', { cores: 1, processors: 2 })).toBe('1 Kern, 2 Threads');
    await speak('fr');
    expect(t('performance.threads.some', { count: 0 })).toBe('0 fil de chiffrement');
  });

  it.each(LANGUAGES)('%s speaks', async (language) => {
    await speak(language);
    expect(t('vaults.title')).not.toBe('');
  });
});
