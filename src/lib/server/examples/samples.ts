import { createReadStream } from 'node:fs';
import path from 'node:path';
import { linesOfFile } from '../../core/examples/import/file-lines.ts';
import type { SampleRequest } from '../../core/examples/samples.ts';
import type { Scope } from '../access/scope.ts';
import { importExamples } from './import.ts';

/** Imports a data set that comes with the app. The app is started in its own folder, in production too. */
export const importSample = (scope: Scope, slug: string, { sample }: SampleRequest) => {
	const file = path.resolve('examples', sample, 'examples.jsonl'); // `sample` is one of a fixed list
	return importExamples(scope, slug, { fileName: `${sample}.jsonl`, lines: linesOfFile(createReadStream(file)) });
};
