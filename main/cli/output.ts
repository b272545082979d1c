import { constants } from 'node:os';
import { displayJson, displayText } from '../../shared/display-text.ts';
import { EXIT_CODES } from '../../shared/errors/codes.ts';
import { toWireError, VaultError } from '../../shared/errors/vault-error.ts';

const SIGNAL_EXIT_CODE = 128;

/** Prints a command's result: as one JSON document, or as text for people. */
export function printResult(isJson: boolean | undefined, value: unknown, text: string): void {
  process.stdout.write(
    isJson ? `${displayJson(JSON.stringify(value, null, 2))}\n` : `${safeLines(text)}\n`,
  );
}

/** A pipe gets the text as it is: a script may pass a path on. Names in a table are safe anywhere. */
function safeLines(text: string): string {
  return process.stdout.isTTY ? text.split('\n').map(displayText).join('\n') : text;
}

/** Prints an error with its code to standard error and returns the exit code. */
export function printError(error: unknown, isJson: boolean): number {
  const wire = toWireError(error);
  if (isJson) {
    process.stderr.write(`${displayJson(JSON.stringify({ error: wire }))}\n`);
  } else {
    const details = Object.entries(wire.data)
      .filter(([, value]) => value !== null && value !== '')
      .map(
        ([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`,
      );
    const suffix = details.length === 0 ? '' : ` (${details.join(', ')})`;
    process.stderr.write(`lockline: ${wire.code}: ${wire.message}${displayText(suffix)}\n`);
    process.stderr.write(`  ${wire.advice}\n`);
  }
  if (error instanceof VaultError) return signalExitCode(error) ?? error.exitCode;
  // Ours: the trace tells the developer where; it holds no user's bytes.
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT_CODES.other;
}

/** What a shell shows for a program that a signal ended; `undefined` where none did. */
function signalExitCode({ data }: VaultError): number | undefined {
  const known = Object.entries(constants.signals).find(([name]) => name === data['signal']);
  return known && SIGNAL_EXIT_CODE + known[1];
}

/** Lays rows out in columns; the first row is the heading. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(displayText));
  const widths = (shown[0] ?? []).map((_, column) =>
    Math.max(...shown.map((row) => row[column]?.length ?? 0)),
  );
  return shown
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
