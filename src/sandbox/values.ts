// What a request may hold, and moments as the providers write them.

export const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
export const number = (value: unknown): number | null =>
	typeof value === 'number' && Number.isFinite(value) ? value : null;
export const record = (value: unknown): Record<string, unknown> =>
	value && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
export const seconds = (ms: number) => Math.floor(ms / 1000);
export const iso = (ms: number) => new Date(ms).toISOString();
