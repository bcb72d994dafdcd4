import type { UserConfig } from 'vite';

/** The command line as one file that needs nothing but Node: `npm run pack:cli`. What a command loads late runs late here too. */
export default {
	publicDir: false,
	ssr: { noExternal: true, target: 'node' },
	build: {
		ssr: 'src/cli/main.ts',
		target: 'node20',
		minify: true,
		emptyOutDir: true,
		rolldownOptions: { output: { codeSplitting: false, entryFileNames: 'ait.js', format: 'es' } }
	}
} satisfies UserConfig;
