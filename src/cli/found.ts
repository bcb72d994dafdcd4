/** One thing that `ait doctor` has looked at. */
export type Found = { level: 'ok' | 'warn' | 'problem'; what: string; sentence: string; mend?: string };
