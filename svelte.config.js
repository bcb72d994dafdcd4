import node from '@sveltejs/adapter-node';

/** adapter-node passes rollup no warning handler: hide cycles inside packages, keep every other warning. */
function quiet(adapter) {
	return {
		...adapter,
		async adapt(builder) {
			const warn = console.warn;
			console.warn = (...args) => /Circular dependency: \S*node_modules/.test(String(args[0])) || warn(...args);
			try {
				await adapter.adapt(builder);
			} finally {
				console.warn = warn;
			}
		}
	};
}

/** @type {import('@sveltejs/kit').Config} */
export default {
	compilerOptions: { runes: true },
	kit: {
		adapter: quiet(node()),
		// Kit's check knows form bodies only, and refuses a script's file too; http/secure.ts asks every write that has a cookie
		csrf: { trustedOrigins: ['*'] },
		csp: {
			mode: 'auto',
			directives: {
				'default-src': ['self'],
				'script-src': ['self'],
				// bits-ui, sonner and layerchart write inline styles
				'style-src': ['self', 'unsafe-inline'],
				'img-src': ['self', 'data:'],
				'object-src': ['none'],
				'base-uri': ['none'],
				'frame-ancestors': ['none'],
				'form-action': ['self']
			}
		}
	}
};
