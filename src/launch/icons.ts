// Lucide's icons as plain SVG. The package builds each in the browser, element by element, from a table of names and attributes: on the
// rating page that is 4 kB of script, and some of the first moments of a slow phone.
import fs from 'node:fs';
import path from 'node:path';

type Node = [tag: string, attributes: Record<string, string>];

const name = /\/@lucide\/svelte\/dist\/icons\/([\w-]+)\.js$/;
const shared = path.resolve(import.meta.dirname, '../lib/components/ui/icon.ts');

const written = ([tag, attributes]: Node) =>
	`<${[tag, ...Object.entries(attributes).map(([key, value]) => `${key}="${value}"`)].join(' ')}/>`;

/** The paths of an icon, as the package has them in its component. */
export const bodyOf = (component: string): string => {
	const [, data] = /const iconData = (\{.*\});/.exec(component)!;
	return (JSON.parse(data!) as { node: Node[] }).node.map(written).join('');
};

export const icons = () => ({
	name: 'plain-icons',
	enforce: 'pre' as const,
	load(id: string) {
		if (!name.test(id)) return;
		// one of an older name names the newer one
		const [, component] = /from "(.*\.svelte)"/.exec(fs.readFileSync(id, 'utf8'))!;
		const body = bodyOf(fs.readFileSync(path.resolve(path.dirname(id), component!), 'utf8'));
		return `import { icon } from ${JSON.stringify(shared)};\nexport default /* @__PURE__ */ icon(${JSON.stringify(body)});`;
	}
});
