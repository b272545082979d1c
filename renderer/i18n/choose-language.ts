import { LANGUAGES, type Language } from '../../shared/model/settings.ts';

/**
 * Returns the language to speak.
 *
 * @param systemLanguages - As the browser lists them, the preferred one first, such as `de-AT`.
 */
export function chooseLanguage(
  setting: Language | 'auto',
  systemLanguages: readonly string[],
): Language {
  if (setting !== 'auto') return setting;
  const wanted = systemLanguages.map((name) => name.slice(0, 2).toLowerCase());
  const found = wanted.map((name) => LANGUAGES.find((language) => language === name));
  return found.find((language) => language !== undefined) ?? 'en';
}
