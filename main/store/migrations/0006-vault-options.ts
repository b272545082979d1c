/** What a user wants of a vault, as one JSON document; NULL: nothing but the defaults. */
export const VAULT_OPTIONS = `
ALTER TABLE vaults ADD COLUMN options TEXT;
`;
