import OpenAI from 'openai';
import Together from 'together-ai';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/lib/core/errors.ts';
import { ProviderError } from '../../../src/lib/server/providers/errors.ts';
import { retryAfterOf, translate } from '../../../src/lib/server/providers/translate.ts';

const body = (code: string) => ({ error: { message: 'Their words', type: 'x', param: null, code } });
const answers = {
	together: (status: number, code = 'c', headers = {}) =>
		Together.APIError.generate(status, body(code), undefined, new Headers(headers)),
	openai: (status: number, code = 'c', headers = {}) =>
		OpenAI.APIError.generate(status, body(code), undefined, new Headers(headers))
};

test.each(['together', 'openai'] as const)('every answer of the %s SDK becomes a sentence', (sdk) => {
	const of = (status: number, code?: string) =>
		translate(answers[sdk](status, code), 'Atlas', { creating: true }) as ProviderError;
	const table: [status: number, code: string, kind: string, lost: boolean, retry: boolean][] = [
		[400, 'c', 'refused', false, false],
		[401, 'c', 'key', false, false],
		[402, 'insufficient_balance', 'balance', false, false],
		[429, 'insufficient_quota', 'balance', false, false],
		[403, 'c', 'key', false, false],
		[403, 'training_not_available', 'closed', false, false],
		[404, 'c', 'not_found', false, false],
		[408, 'c', 'down', true, true],
		[409, 'c', 'refused', false, false],
		[422, 'c', 'refused', false, false],
		[429, 'c', 'busy', false, true],
		[500, 'c', 'down', true, true],
		[503, 'c', 'down', true, true],
		[529, 'c', 'down', true, true]
	];
	for (const [status, code, kind, lost, retry] of table) {
		const problem = of(status, code);
		expect(problem, `${status} ${code}`).toBeInstanceOf(ProviderError);
		expect(problem, `${status} ${code}`).toMatchObject({ kind, lost, retry });
		expect(problem.message).toMatch(/Atlas.*[.]$/);
		expect(problem.detail).toContain('Their words');
	}
	expect(translate(answers[sdk](500), 'Atlas')).toMatchObject({ lost: false });
	expect(of(400).message).toContain('Their words.');
});

test('the words of a server that anybody can name are kept from people', () => {
	const problem = translate(answers.openai(400), 'The server', { quote: false }) as ProviderError;
	expect(problem.message).not.toContain('Their words');
	expect(problem.detail).toContain('Their words');
});

test('flat, FastAPI-like and empty bodies are read too', () => {
	const words = (error: object) =>
		translate(Together.APIError.generate(400, error, undefined, new Headers()), 'Atlas').message;
	expect(words({ message: 'flat' })).toContain('flat.');
	expect(words({ detail: 'of FastAPI' })).toContain('of FastAPI.');
	expect(words({})).toBe('Atlas refused this request.');
});

test('a pause is read from every form in which it comes', () => {
	const now = Date.parse('2026-11-22T10:00:00Z');
	const of = (headers: Record<string, string>) => retryAfterOf(new Headers(headers), now);
	expect(of({ 'retry-after-ms': '1500' })).toBe(1_500);
	expect(of({ 'retry-after': '3600' })).toBe(3_600_000);
	expect(of({ 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT' })).toBe(30_000);
	expect(of({ 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' })).toBe(0);
	expect(of({ 'retry-after': 'soon' })).toBeUndefined();
	expect(of({})).toBeUndefined();
	expect(translate(answers.together(429, 'c', { 'retry-after': '7' }), 'Atlas')).toMatchObject({ retryAfterMs: 7_000 });
});

test('without an answer it matters whether the request can have arrived', () => {
	const failed = (code: string) => {
		const cause = Object.assign(new Error(code), { code });
		return new OpenAI.APIConnectionError({ cause: new TypeError('fetch failed', { cause }) });
	};
	for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT']) {
		expect(translate(failed(code), 'Atlas', { creating: true })).toMatchObject({ kind: 'down', lost: false });
	}
	for (const code of ['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE']) {
		expect(translate(failed(code), 'Atlas', { creating: true })).toMatchObject({ kind: 'cut', lost: true });
		expect(translate(failed(code), 'Atlas')).toMatchObject({ kind: 'cut', lost: false, retry: true });
	}
	for (const late of [
		new OpenAI.APIConnectionTimeoutError(),
		new Together.APIConnectionTimeoutError(),
		new OpenAI.APIUserAbortError()
	]) {
		expect(translate(late, 'Atlas', { creating: true })).toMatchObject({ kind: 'down', lost: true });
	}
	expect(translate(new Together.APIUserAbortError(), 'Atlas', { stopped: true })).toMatchObject({ kind: 'cut' });
	expect(translate(new TypeError('terminated'), 'Atlas')).toMatchObject({ kind: 'cut' });
});

test('what is ours stays as it is: refused addresses, and bugs', () => {
	const refused = new AppError('invalid', 'Not this one.', 'baseUrl');
	const wrapped = new OpenAI.APIConnectionError({ cause: new TypeError('fetch failed', { cause: refused }) });
	expect(translate(wrapped, 'Atlas')).toBe(refused);
	const bug = new TypeError('x is not a function');
	expect(translate(bug, 'Atlas')).toBe(bug);
});
