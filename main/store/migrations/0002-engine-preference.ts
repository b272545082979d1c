/** What a vault's engine is to be, beside the modes of `0001`; NULL leaves the choice to Lockline. */
export const ENGINE_PREFERENCE = `
ALTER TABLE vaults ADD COLUMN engine_provider TEXT;
ALTER TABLE vaults ADD COLUMN engine_threads INTEGER;
`;
