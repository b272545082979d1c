/** A package that is shipped with Lockline, or in it, and the terms under which that is done. */
export type Licence = Readonly<{
  name: string;
  version: string;
  /** SPDX expression. */
  licence: string;
  /** Null where the package brings no text of its own. */
  text: string | null;
}>;
