import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The first test that fails ends a mutant's run, so what takes seconds comes last. */
const slow = /fingerprint|agreement|lines\.test|masking|evidence/;

class QuickFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]) {
		const rank = ({ moduleId }: TestSpecification) => Number(slow.test(moduleId));
		return files.toSorted((one, two) => rank(one) - rank(two) || (one.moduleId < two.moduleId ? -1 : 1));
	}
}

// For the mutants of core alone: no plugins, no database, nothing left behind that would need isolation.
export default defineConfig({
	test: {
		include: [process.env.MUTATE_TESTS ?? 'tests/core/**/*.test.ts'],
		// many megabytes, and simulations of thousands of votes: a mutant would go through them again and again
		exclude: ['tests/core/examples/import/bombs.test.ts', 'tests/core/evaluations/{coverage,verdict-budget}.test.ts'],
		isolate: false,
		testTimeout: 600_000,
		sequence: { sequencer: QuickFirst }
	}
});
