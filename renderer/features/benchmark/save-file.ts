const RELEASE_MS = 10_000;

/** Hands a file to whoever holds the window: the browser, or Electron's dialog for saving. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Later than the read, which begins after this call.
  setTimeout(() => URL.revokeObjectURL(url), RELEASE_MS);
}
