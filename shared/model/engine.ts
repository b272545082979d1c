/** Where the crypto of one direction runs. Today's engine is `inline`; others join this list. */
export const ENGINE_MODES = ['inline'] as const;
export type EngineMode = (typeof ENGINE_MODES)[number];

/** The engine of an open vault: mode for each direction and the provider in force. */
export type EngineSnapshot = Readonly<{ read: EngineMode; write: EngineMode; provider: string }>;
