import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The first test that fails ends a mutant's run, so what takes seconds comes last. */
const slow = /verdict-budget|bombs|fingerprint|agreement|lines\.test/;

class QuickFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]) {
		const rank = ({ moduleId }: TestSpecification) => Number(slow.test(moduleId));
		return files.toSorted((one, two) => rank(one) - rank(two) || (one.moduleId < two.moduleId ? -1 : 1));
	}
}

// For the mutants of core alone: no plugins, no database, nothing left behind that would need isolation.
export default defineConfig({
	test: { include: ['tests/core/**/*.test.ts'], isolate: false, sequence: { sequencer: QuickFirst } }
});
