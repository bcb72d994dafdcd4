import { expect, test } from 'vitest';
import { AppError, Changed, errorStatuses } from '../../src/lib/core/errors.ts';

test('an error that people read has a status by its code, and the field it belongs under', () => {
	const error = new AppError('invalid', 'Write a name.', 'name');
	expect(error).toMatchObject({
		name: 'AppError',
		code: 'invalid',
		status: 422,
		message: 'Write a name.',
		field: 'name'
	});
	for (const status of Object.values(errorStatuses)) expect(status).toBeGreaterThanOrEqual(400);
});

test('what was changed meanwhile comes with what stands now', () => {
	const changed = new Changed('Somebody was faster.', 'output', { output: 'theirs' });
	expect(changed).toBeInstanceOf(AppError);
	expect(changed).toMatchObject({ code: 'changed', status: 412, field: 'output', now: { output: 'theirs' } });
});
