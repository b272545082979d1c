import type { Language } from '../../shared/model/settings.ts';
import type { ErrorTexts } from './error-texts.ts';
import { MESSAGES_EN, type MessageKey } from './messages-en.ts';

/** What a language brings; what it lacks is said in English. */
type Translation = Readonly<{
  messages: Readonly<Partial<Record<MessageKey, string>>>;
  errors: ErrorTexts;
}>;

const ENGLISH: Translation = { messages: {}, errors: {} };

/** Each language is a file of its own, loaded when it is spoken. */
const LOADERS: Readonly<Record<Language, () => Promise<Translation>>> = {
  en: async () => ENGLISH,
  de: async () => (await import('./de/german.ts')).GERMAN,
  fr: async () => (await import('./fr/french.ts')).FRENCH,
  es: async () => (await import('./es/spanish.ts')).SPANISH,
  ja: async () => (await import('./ja/japanese.ts')).JAPANESE,
};

let spoken: Readonly<{ language: Language; translation: Translation }> = {
  language: 'en',
  translation: ENGLISH,
};

/** Speaks a language from now on; what is shown already has to be rendered again. */
export async function speak(language: Language): Promise<void> {
  spoken = { language, translation: await LOADERS[language]() };
}

/** Returns the language that is spoken, as `Intl` and HTML name it. */
export function spokenLanguage(): Language {
  return spoken.language;
}

type Parameters = Readonly<Record<string, string | number>>;

/**
 * Returns the words of a key, with `{name}` replaced by the parameter of that name, numbers as the
 * language writes them, and `{name|one|other}` by the form that goes with its number.
 */
export function t(key: MessageKey, parameters: Parameters = {}): string {
  const words = spoken.translation.messages[key] ?? MESSAGES_EN[key];
  return words.replaceAll(
    /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g,
    (placeholder, name: string, one: string | undefined, other: string | undefined) => {
      const value = parameters[name];
      if (value === undefined) return placeholder;
      if (one !== undefined) return chooseForm(Number(value)) === 'one' ? one : (other ?? '');
      // From five digits on in groups: 4096 is read as a whole.
      return typeof value === 'number'
        ? value.toLocaleString(spoken.language, { useGrouping: 'min2' })
        : value;
    },
  );
}

function chooseForm(count: number): Intl.LDMLPluralRule {
  return new Intl.PluralRules(spoken.language).select(count);
}

/** Returns what happened and what to do for an error's code; `undefined`: say it in English. */
export function errorText(code: string): ErrorTexts[string] {
  return spoken.translation.errors[code];
}
