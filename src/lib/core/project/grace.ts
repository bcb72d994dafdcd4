/** So many days a project that was deleted can be brought back. `grace_time()` in the database says the same, and a test compares them. */
export const graceDays = 7;

/** From then on it is gone for good. */
export const goneAt = (deletedAt: Date): Date => new Date(deletedAt.getTime() + graceDays * 86_400_000);
