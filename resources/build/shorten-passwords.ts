import type { Plugin } from 'vite';

/** Most used passwords that the window knows, of 49,233: the rest is half of the renderer's size. */
const KEPT_PASSWORDS = 10_000;
const MODULE = /language-common\/dist\/passwords\.json\.mjs$/;
const COMPRESSED = /decompress\("([^"]*)"\)/;
/** Each begins with a capital letter: how many characters it shares with the one before. */
const ENTRY = /[A-Z][^A-Z]*/g;

/** Keeps the most used passwords of zxcvbn's list; they are in the order of their use. */
export function shortenPasswords(): Plugin {
  return {
    name: 'shorten-passwords',
    transform(code, id) {
      if (!MODULE.test(id)) return undefined;
      const entries = COMPRESSED.exec(code)?.[1]?.match(ENTRY) ?? [];
      if (entries.length < KEPT_PASSWORDS) {
        throw new Error('the list of passwords has another form now');
      }
      const kept = entries.slice(0, KEPT_PASSWORDS).join('');
      return { code: code.replace(COMPRESSED, `decompress("${kept}")`), map: null };
    },
  };
}
