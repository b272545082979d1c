/** What could forge or reorder a line of output: controls, line separators, direction marks. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const REPLACEMENT = '\ufffd';

/** Returns text of others (a header, a file's name) in a form that is safe in a terminal and a window. */
export function displayText(text: string): string {
  return text.replace(UNSAFE, REPLACEMENT);
}

/** Returns JSON that says the same and is safe in a terminal: it escapes all that {@link displayText} replaces. */
export function displayJson(json: string): string {
  return json.replace(UNSAFE, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
