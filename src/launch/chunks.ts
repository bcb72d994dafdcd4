// Which parts of the client come in one file. Left to itself the bundler makes a file of each set of pages that share something: a page then
// begins with eighty files, and what is compressed alone is compressed badly.
import fs from 'node:fs';
import path from 'node:path';

type Looking = { getModuleInfo(id: string): { importedIds: readonly string[] } | null };
/** A file of the client, as the bundler hands it over. */
type Chunk = { type: 'chunk'; fileName: string; name: string; facadeModuleId: string | null; code: string };
type Page = { file: string; parts: Set<string>; isFramed: boolean };

const here = (file: string) => path.resolve(import.meta.dirname, '../..', file);
/** A page of a team stands in its frame, unless its name says that it leaves it. */
const isFramed = (file: string) => file.includes('[team=slug]') && !file.includes('@');
/** Where one example, or one answer, comes after the other. */
const isRating = ({ file }: Page) => file.includes('/rate/');
const isRoom = ({ file }: Page) => /\/(rate|vote|score)\//.test(file);
/** Where votes are cast: it stands in no frame, and is to load nothing of one. */
const isVoting = ({ file }: Page) => file.includes('/vote/');
/** Of so many pages, each has it. */
const often = 15;
/** Of the pages without the frame the one that begins with the least. */
const isEntry = ({ file }: Page) => file.includes('/login/+');
/** A line or two: no page is to fetch a file of other things for one. */
const isIcon = (id: string) => id.includes('/@lucide/');

const learn = (bundler: Looking) => {
	const reached = (...files: string[]) => {
		const seen = new Set<string>();
		const look = (id: string) => {
			const found = seen.has(id) ? null : bundler.getModuleInfo(id);
			if (!found) return;
			seen.add(id);
			found.importedIds.forEach(look);
		};
		files.forEach((file) => look(here(file)));
		return seen;
	};
	const routes = fs
		.globSync('src/routes/**/+{page,layout,error}*.svelte', { cwd: here('.') })
		.map((file) => file.replaceAll('\\', '/'));
	const around = routes.filter((file) => /\[team=slug\]\/(\[project=slug\]\/)?\+(layout|error)/.test(file));
	// the docs have no script, and the parts' own page has all of them
	const pages = routes.filter((file) => file.includes('+page') && !/\/(\(docs\)|dev\/ui)\//.test(file));
	return {
		base: reached(
			'node_modules/@sveltejs/kit/src/runtime/client/entry.js',
			'.svelte-kit/generated/client-optimized/app.js',
			...routes.filter((file) => /^src\/routes\/\+/.test(file) && !file.includes('+page'))
		),
		frame: reached(...around),
		after: reached('src/lib/components/shell/AfterPage.svelte'),
		shown: reached('src/routes/dev/ui/+page.svelte'),
		pages: pages.map((file): Page => ({ file, parts: reached(file), isFramed: isFramed(file) }))
	};
};

const makeChunkOf = () => {
	let known: ReturnType<typeof learn> | undefined;
	return (id: string, bundler: Looking): string | null => {
		if (id.includes('/.svelte-kit/generated/client-optimized/')) return null;
		const { base, frame, after, shown, pages } = (known ??= learn(bundler));
		if (base.has(id)) return 'base';
		const users = pages.filter(({ parts }) => parts.has(id));
		if (isIcon(id) && users.some(isEntry)) return 'base';
		// what goes out is sent from every page; news only come to those in the frame
		const outgoing = users.some(isVoting) ? 'outbox' : 'frame';
		const outside = users.filter((page) => !page.isFramed);
		if (!users.some(isRating)) {
			if (frame.has(id)) return outside.length > 0 ? 'tools' : 'frame';
			if (users.some(isEntry) && users.length > 1) return 'parts';
			if (users.length >= often) return 'more';
			return after.has(id) ? outgoing : null;
		}
		// nobody waits longer for a page than who rates: what that one has comes in few files, and nothing beside it
		const strangers = outside.filter((page) => !isRoom(page));
		if (users.some(isEntry)) return 'base';
		if (frame.has(id) || users.length >= often) return outside.length > 0 ? 'tools' : 'frame';
		if (after.has(id)) return outgoing;
		if (strangers.length > 0) return 'tools';
		if (users.some(isVoting)) return 'outbox';
		// what the page has alone stays with it
		return users.length > 1 || shown.has(id) ? 'rating' : null;
	};
};

const named = ['base', 'tools', 'outbox', 'frame', 'rating', 'parts', 'more'];

/** For `output.codeSplitting` of the client. Whoever comes first in the list is asked first, and takes along what its files import. */
export const chunks = () => {
	const chunkOf = makeChunkOf();
	return {
		groups: named.map((debugName, index) => ({
			debugName,
			name: (id: string, bundler: Looking) => (chunkOf(id, bundler) === debugName ? debugName : null),
			priority: named.length - index
		}))
	};
};

/** The first words of a file that browsers with V8 compile as a whole while it comes, beside the page; to others it is a comment. */
const hint = '//# allFunctionsCalledOnLoad\n';
/** Letters; in less there is hardly a function. */
const leastHinted = 1_000;

/**
 * What a page begins with is run at once. Left to itself, a browser compiles each function when it is called first, and nothing else goes on
 * meanwhile: on a slow phone a third of the time in which the rating page would take no key. Source: V8's explicit compile hints.
 */
export const compileHints = () => ({
	name: 'compile-hints',
	apply: 'build' as const,
	enforce: 'post' as const,
	generateBundle: {
		// whatever Vite puts in front of a file is there by then
		order: 'post' as const,
		handler(_: unknown, bundle: Record<string, Chunk | { type: 'asset' }>) {
			for (const file of Object.values(bundle)) {
				if (file.type === 'asset' || !/^_app\/immutable\/(chunks|nodes)\//.test(file.fileName)) continue;
				const isPage = file.facadeModuleId?.includes('/client-optimized/nodes/');
				if (file.code.length >= leastHinted && (isPage || named.includes(file.name))) file.code = hint + file.code;
			}
		}
	}
});
