/** One provider on this machine, for people. */
export type ProviderInfo = Readonly<{
  /** `native`, `ecb-wasm` or `noble`: what people pin. */
  name: string;
  /** `default`: taken where nothing is pinned; `refused`: its self-test failed; `missing`: no such. */
  state: 'default' | 'available' | 'refused' | 'missing';
  /** The machine's instructions that do the work, where the provider has a choice. */
  implementation: string | null;
  /** Time that the known answers took, milliseconds. */
  selfTestMs: number | null;
  /** Why it is refused or missing. */
  reason: string | null;
}>;
