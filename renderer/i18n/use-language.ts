import { useEffect, useState } from 'react';
import type { Language } from '../../shared/model/settings.ts';
import { chooseLanguage } from './choose-language.ts';
import { speak } from './translate.ts';

/**
 * Speaks the language of the settings.
 *
 * @returns The language that is spoken; null while the first one is being loaded.
 */
export function useLanguage(setting: Language | 'auto'): Language | null {
  const [spoken, setSpoken] = useState<Language | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const language = chooseLanguage(setting, navigator.languages);
    speak(language).then(() => {
      if (!isCurrent) return;
      document.documentElement.lang = language;
      setSpoken(language);
    });
    return () => {
      isCurrent = false;
    };
  }, [setting]);
  return spoken;
}
