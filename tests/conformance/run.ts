import '../../src/launch/node24.ts';
import { api } from './api.ts';
import { migrations } from './migrations.ts';
import { providers } from './providers/suite.ts';
import { rounds } from './rounds.ts';

// `npm run conformance -- api`: programs that other people wrote, against the app as it is built, and
// `-- providers` against the sandbox, `-- migrations` against the migrations, and `-- rounds`: our own tests of what goes wrong
// once in many times, as often as it takes. The last line counts.

const suites = { api, providers, migrations, rounds };
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in suites));
if (unknown.length > 0) {
	console.error(`There is no ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}.`);
	process.exit(1);
}
const total = { passed: 0, failed: 0 };
for (const [name, suite] of Object.entries(suites)) {
	if (wanted.length > 0 && !wanted.includes(name)) continue;
	const { passed, failed } = await suite();
	total.passed += passed;
	total.failed += failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);
