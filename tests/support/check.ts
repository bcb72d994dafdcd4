import '../../src/launch/node24.ts';
import { checks, runStages, unit } from './stages.ts';

// `npm run check`: what is quick enough for every save. No database, no build, no browser.

process.exit(await runStages([...checks, unit('core', ['tests/core'])]));
