import type { demo } from '../commands/demo.ts';
import type { Deed } from '../deed.ts';

const line = 'In a checkout of aitelier: npm ci && npm run demo';

export const deed: Deed<typeof demo> = ({ say }) => {
	say.line(line);
	say.json({ command: 'npm ci && npm run demo' });
};
