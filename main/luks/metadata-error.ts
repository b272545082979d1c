import { FormatError } from '../../shared/errors/vault-error.ts';

const MAXIMUM_PATH_LENGTH = 120;

/**
 * Returns the error for metadata that breaks the specification.
 *
 * @param path - Where in the JSON, members joined by dots; names in it come from the file, so what
 * is not plain ASCII is replaced and the length is bounded.
 * @param reason - Our own words, kebab-case.
 */
export function metadataError(path: string, reason: string): FormatError {
  const safePath = path.slice(0, MAXIMUM_PATH_LENGTH).replace(/[^\w.+\- ]/g, '?');
  return new FormatError('metadata-invalid', { path: safePath, reason });
}
