// Every page may end in an error, and hardly any does: what shows one is fetched when there is one. The server has it at hand.
type Errors = typeof import('./errors.ts');

let came = $state.raw<Errors | null>(import.meta.env.SSR ? await import('./errors.ts') : null);

export const errors = () => came;

export const fetchErrors = async (): Promise<void> => {
	came ??= await import('./errors.ts');
};
