import { setTimeout as pause } from 'node:timers/promises';

/** An element of the page, as the protocol writes it. */
export type Element = { 'element-6066-11e4-a52e-4f735466cecf': string };
export type WebDriver = Awaited<ReturnType<typeof newWindow>>;

const patienceMs = 45_000;

/** Runs in the page: the first one that is shown and, where a name is given, has it as its label or else as its text. */
const lookFor = `
	const [selector, name] = arguments;
	const words = (element) => (element.ariaLabel ?? element.textContent).replace(/\\s+/g, ' ').trim();
	return [...document.querySelectorAll(selector)].find(
		(element) => element.checkVisibility({ visibilityProperty: true }) && (name === null || words(element) === name)
	) ?? null;`;

/**
 * A browser window of its own, driven over W3C WebDriver (https://www.w3.org/TR/webdriver2/): no library, because it is a
 * few requests. What it is asked to find or await it waits for, ten seconds at most. A click is a person's: on the middle of
 * what stands still, and an error when something else lies over it.
 */
export async function newWindow(driverUrl: string, { width = 1440, height = 900 } = {}) {
	const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
		const answer = await fetch(driverUrl + path, { method, body: body && JSON.stringify(body) });
		const { value } = (await answer.json()) as { value: { error?: string; message?: string } | null };
		if (!answer.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
		return value;
	};
	const { sessionId } = (await ask('POST', '/session', {
		// without its own bars the page is as wide as the window, down to a phone
		capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { args: ['--automation', '--full-screen'] } } }
	})) as { sessionId: string };
	const session = `/session/${sessionId}`;
	const post = (path: string, body: object) => ask('POST', session + path, body);
	const elementPath = (element: Element) => `/element/${Object.values(element)[0]}`;

	/** Runs a script's text in the page. */
	const run = (script: string, ...args: unknown[]) => post('/execute/sync', { script, args });
	const address = async () => new URL((await ask('GET', `${session}/url`)) as string);

	const until = async <T>(what: string, look: () => Promise<T>): Promise<NonNullable<T>> => {
		for (const deadline = Date.now() + patienceMs; ; await pause(50)) {
			const found = await look();
			if (found) return found;
			if (Date.now() > deadline)
				throw new Error(`No ${what} at ${(await address()).href} after ${patienceMs / 1000} s.`);
		}
	};
	const find = (selector: string, name: string | null = null) =>
		until(
			`${selector}${name === null ? '' : ` named "${name}"`}`,
			() => run(lookFor, selector, name) as Promise<Element | null>
		);
	const hydrated = () => find('html[data-hydrated]');
	await post('/window/rect', { x: 0, y: 0, width, height });

	return {
		run,
		find,
		/** Until the address fulfils this; answers with it. */
		awaitAddress: (fits: (url: URL) => boolean) =>
			until('page that is awaited', async () => {
				const url = await address();
				return fits(url) ? url : null;
			}),
		/** Goes there, and waits until scripts run. */
		open: async (url: string) => {
			await post('/url', { url });
			await hydrated();
		},
		addCookie: (cookie: { name: string; value: string; httpOnly?: boolean; sameSite?: string }) =>
			post('/cookie', { cookie }),
		forgetCookies: () => ask('DELETE', `${session}/cookie`),
		click: async (selector: string, name?: string) => {
			const element = await find(selector, name ?? null);
			let last = '';
			await until(`rest for ${selector}`, async () => {
				const now = JSON.stringify(await run('return arguments[0].getBoundingClientRect()', element));
				return now === last || void (last = now);
			});
			// on a busy machine it may still be on its way in
			await until(`place to press ${selector}`, () =>
				post(`${elementPath(element)}/click`, {}).then(
					() => true,
					(problem: Error) => {
						if (!problem.message.includes('element not interactable')) throw problem;
						return null;
					}
				)
			);
		},
		type: async (selector: string, text: string) => {
			await post(`${elementPath(await find(selector))}/value`, { text });
		},
		/** A key of the keyboard, wherever the focus is. */
		press: (key: string) =>
			post('/actions', {
				actions: [
					{
						type: 'key',
						id: 'keyboard',
						actions: [
							{ type: 'keyDown', value: key },
							{ type: 'keyUp', value: key }
						]
					}
				]
			}),
		/** Another tab, to which all goes from now on. Answers with the way back, which closes it. */
		openTab: async () => {
			const before = await ask('GET', `${session}/window`);
			const { handle } = (await post('/window/new', { type: 'tab' })) as { handle: string };
			await post('/window', { handle });
			return async () => {
				await ask('DELETE', `${session}/window`);
				await post('/window', { handle: before });
			};
		},
		resize: (width: number, height: number) => post('/window/rect', { x: 0, y: 0, width, height }),
		/** A PNG of what is in the window. */
		picture: async () => Buffer.from((await ask('GET', `${session}/screenshot`)) as string, 'base64'),
		close: () => ask('DELETE', session)
	};
}
