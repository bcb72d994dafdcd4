import fs from 'node:fs';
import path from 'node:path';

/** One way in: `page` (GET of a page), `GET`, `POST`, … of an endpoint, or `?/name` for a form action (`?/default` for the nameless). */
export type Endpoint = { route: string; method: string };

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const routes = 'src/routes';

/** The keys of `export const actions = { … }`: those that stand one tab in. */
const actionsOf = (source: string) => {
	if (!source.includes('export const actions')) return [];
	const block = /export const actions(?:: Actions)? = \{\n([^]*?)\n\}/.exec(source)?.[1] ?? '';
	const names = [...block.matchAll(/^\t(\w+)(?::|,|\()/gm)].map(([, name]) => `?/${name}`);
	if (names.length === 0) throw new Error(`The actions of a page are not written as everywhere else:\n${source}`);
	return names;
};

const endpointsOf = (source: string) =>
	methods.filter((method) => new RegExp(`export (const|async function|function) ${method}\\b`).test(source));

/** Every way in, read from the files themselves: a new route is here without anybody writing it down. */
export const listEndpoints = (): Endpoint[] =>
	fs
		.readdirSync(routes, { recursive: true, encoding: 'utf8' })
		.sort()
		.flatMap((file) => {
			const route = `/${path.dirname(file)}`.replace(/^\/\.$/, '/');
			const name = path.basename(file);
			const endpoints = (found: string[]) => found.map((method) => ({ route, method }));
			const source = () => fs.readFileSync(path.join(routes, file), 'utf8');
			if (/^\+page(@.*)?\.svelte$/.test(name)) return endpoints(['page']);
			if (name === '+page.server.ts') return endpoints(actionsOf(source()));
			if (name === '+server.ts') return endpoints(endpointsOf(source()));
			return [];
		});

export const endpointName = ({ route, method }: Endpoint) => `${route} ${method}`;
