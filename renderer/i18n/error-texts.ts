/** What happened and what to do, by the code of the error. */
export type ErrorTexts = Readonly<
  Record<string, readonly [title: string, advice: string] | undefined>
>;
