import { createHash } from 'node:crypto';
import fs from 'node:fs';
import node from '@sveltejs/adapter-node';

/** The script of app.html that chooses the theme, by its hash: pages that may be kept cannot have a nonce. */
const [, themeScript] = /<script>([^]*?)<\/script>/.exec(
	fs.readFileSync(new URL('src/app.html', import.meta.url), 'utf8')
);
const themeHash = createHash('sha256').update(themeScript).digest('base64');

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
				'script-src': ['self', `sha256-${themeHash}`],
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
