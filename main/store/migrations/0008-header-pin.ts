/** Where a vault's detached header lies, and what its header said when it was last unlocked (JSON). */
export const HEADER_PIN = `
ALTER TABLE vaults ADD COLUMN header_path TEXT;
ALTER TABLE vaults ADD COLUMN header_pin TEXT;
`;
