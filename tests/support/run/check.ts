import '../../../src/launch/node24.ts';
import { runStages, sources, types, unit } from './stages.ts';

// `npm run check`: what is quick enough for every save. No database, no build, no browser.

process.exit(await runStages([[[types], [...sources, unit('core', ['tests/core'])]]]));
