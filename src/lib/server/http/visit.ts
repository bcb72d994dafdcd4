import { type RequestEvent, error, redirect } from '@sveltejs/kit';
import { AppError } from '../../core/errors.ts';

/**
 * A GET that only leads on: `work` says where to. Refusals become the error page with their sentence; an address that was
 * put together wrongly is a 400, since there is no form to mend.
 */
export const visit =
	<E extends RequestEvent>(work: (event: E) => Promise<string | URL>) =>
	async (event: E): Promise<never> => {
		const target = await work(event).catch((problem: unknown) => {
			if (!(problem instanceof AppError)) throw problem;
			const { code, message } = problem;
			return error(code === 'invalid' ? 400 : problem.status, { code, message });
		});
		redirect(302, target);
	};
