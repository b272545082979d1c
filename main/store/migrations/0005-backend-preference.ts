/** How a vault is to be mounted: the backend, and for the kernel its flags (JSON) and cipher driver. */
export const BACKEND_PREFERENCE = `
ALTER TABLE vaults ADD COLUMN backend TEXT;
ALTER TABLE vaults ADD COLUMN kernel_flags TEXT;
ALTER TABLE vaults ADD COLUMN kernel_driver TEXT;
`;
