/** Free and total bytes where a file would be made, and whether something is there already. */
export type PlaceInfo = Readonly<{ freeBytes: number; totalBytes: number; exists: boolean }>;
