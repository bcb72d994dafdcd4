import '../../../src/launch/node24.ts';
import { type Stage, browser, build, runStages, sources, types, unit } from './stages.ts';

// `npm test`: everything. `npm test -- lint unit`: the stages of these names only.

const sets = [
	[[types, build], sources],
	[[unit('unit')]],
	// beside the others it takes less time, and a browser that waits for a core presses what is not there yet
	[[browser]]
];
const names = sets.flat(2).map(({ name }) => name);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length) {
	console.error(`There is no stage ${unknown.join(', ')}; there are ${names.join(', ')}.`);
	process.exit(1);
}
const isChosen = ({ name }: Stage) => wanted.length === 0 || wanted.includes(name);
const chosen = sets.map((lanes) => lanes.map((lane) => lane.filter(isChosen)));
process.exit(await runStages(chosen, { browser: 'build' }));
