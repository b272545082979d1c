import { Button, Group, Textarea } from '@mantine/core';
import { type RefObject, useState } from 'react';
import {
  completeWord,
  parseRecoveryKey,
  type RecoveryDefect,
} from '../../shared/recovery/recovery-words.ts';
import { t } from '../i18n/translate.ts';

const OFFERED_WORDS = 5;
const WORD_COUNT = 24;

type RecoveryFieldProps = Readonly<{
  inputRef: RefObject<HTMLTextAreaElement | null>;
  /** What is wrong with the words that were sent last. */
  defect: RecoveryDefect | null;
  onEdit: () => void;
  isDisabled: boolean;
}>;

/**
 * A field for the words of a recovery key: completes the one that is being typed, and says which one
 * is wrong as soon as it is typed. Uncontrolled: the words live in the input alone.
 */
export function RecoveryField({ inputRef, defect, onEdit, isDisabled }: RecoveryFieldProps) {
  const [offered, setOffered] = useState<readonly string[]>([]);
  const [state, setState] = useState('');
  const look = () => {
    const text = inputRef.current?.value ?? '';
    const typed = lastWord(text);
    const words = completeWord(typed, OFFERED_WORDS);
    setOffered(words.length === 1 && words[0] === typed.toLowerCase() ? [] : words);
    setState(describe(text));
    onEdit();
  };
  const accept = (word: string) => {
    const input = inputRef.current;
    if (input === null) return;
    input.value = `${input.value.slice(0, input.value.length - lastWord(input.value).length)}${word} `;
    input.focus();
    look();
  };
  return (
    <div>
      <Textarea
        ref={inputRef}
        label={t('recovery.words')}
        description={state === '' ? t('recovery.wordsText') : state}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        error={defect === null ? undefined : describeDefect(defect)}
        autosize
        minRows={3}
        disabled={isDisabled}
        data-autofocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={look}
        onKeyDown={(event) => {
          const [only] = offered;
          if (event.key !== 'Tab' || event.shiftKey || only === undefined) return;
          event.preventDefault();
          accept(only);
        }}
      />
      <Group gap={4} mt={6} mih={30} role="group" aria-label={t('recovery.completions')}>
        {offered.map((word) => (
          <Button key={word} size="compact-sm" variant="default" onClick={() => accept(word)}>
            {word}
          </Button>
        ))}
      </Group>
    </div>
  );
}

/** The word that is being typed; empty after a space. */
function lastWord(text: string): string {
  return /\S*$/.exec(text)?.[0] ?? '';
}

/** How far the words are; the first wrong one by its number. The one in the making is not judged. */
function describe(text: string): string {
  const typed = lastWord(text);
  const isUnfinished = typed !== '' && completeWord(typed, 1).length > 0;
  const finished = isUnfinished ? text.slice(0, text.length - typed.length) : text;
  const parsed = parseRecoveryKey(new TextEncoder().encode(finished));
  if ('defect' in parsed && parsed.defect.kind === 'word-wrong')
    return t('recovery.wordWrong', { number: parsed.defect.wordNumber });
  const count = text.trim() === '' ? 0 : text.trim().split(/\s+/).length;
  return t('recovery.count', { count, total: WORD_COUNT });
}

function describeDefect(defect: RecoveryDefect): string {
  if (defect.kind === 'word-wrong') return t('recovery.wordWrong', { number: defect.wordNumber });
  if (defect.kind === 'word-count') return t('recovery.wordCount', { count: defect.count });
  return t('recovery.checksum');
}
