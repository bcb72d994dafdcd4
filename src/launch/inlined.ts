/**
 * Packages that are built into the server. For each import of a file Node looks at the package.json beside it anew: of these it was fifteen
 * hundred times, at up to 180 kB, and half of the processor time of a start.
 */
export const inlined = () => ({
	name: 'inlined-packages',
	apply: 'build' as const,
	config: () => ({ ssr: { noExternal: ['drizzle-orm', 'openai', 'together-ai'] } })
});
