import path from 'node:path';
import fs from 'node:fs';
import type { Operation } from '../../../src/lib/contract/operation.ts';

/** A use case as the tests call it: whoever acts, whatever is sent. */
export type AnyUseCase = ((actor: never, input: never) => Promise<unknown>) & { operation: Operation };

const server = 'src/lib/server';

/** Everything that the files of features and of access export, by the file and its name. */
export const exportedByFeatures = async (): Promise<{ file: string; name: string; value: unknown }[]> => {
	const files = fs
		.readdirSync(server, { recursive: true, encoding: 'utf8' })
		.filter((file) => /^(?!platform|http|providers|events|jobs)[a-z]+[\\/][a-z-]+\.ts$/.test(file))
		.sort();
	const found = [];
	for (const file of files) {
		const module = (await import(path.resolve(server, file))) as Record<string, unknown>;
		for (const [name, value] of Object.entries(module)) found.push({ file, name, value });
	}
	return found;
};

const isUseCase = (value: unknown): value is AnyUseCase => typeof value === 'function' && 'operation' in value;

let known: Promise<Map<string, AnyUseCase>> | undefined;
/** The use case of each operation, by the operation's name. */
export const useCases = () => (known ??= findUseCases());

const findUseCases = async () => {
	const found = (await exportedByFeatures()).flatMap(({ value }) => (isUseCase(value) ? [value] : []));
	return new Map(found.map((useCase) => [useCase.operation.name, useCase]));
};
