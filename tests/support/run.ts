import '../../src/launch/node24.ts';
import { browser, build, checks, runStages, unit } from './stages.ts';

// `npm test`: everything. `npm test -- lint unit`: the stages of these names only.

const stages = [...checks, build, unit('unit'), browser];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length) {
	console.error(`There is no stage ${unknown.join(', ')}; there are ${stages.map((stage) => stage.name).join(', ')}.`);
	process.exit(1);
}
const chosen = wanted.length ? stages.filter((stage) => wanted.includes(stage.name)) : stages;
process.exit(await runStages(chosen, { browser: 'build' }));
