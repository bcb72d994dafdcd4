/** So many days there is a way back from the end of a team or an account; `grace()` of the database (functions/ends.sql) says the same. */
export const graceDays = 7;

/** When nothing is left of what was deleted then. */
export const goneAt = (deletedAt: Date): Date => new Date(deletedAt.getTime() + graceDays * 86_400_000);
