/** A state that only a bug of ours can bring about; never shown as advice. */
export class InvariantError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvariantError';
  }
}
