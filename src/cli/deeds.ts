/** Each takes the flags of its own words. */
type Loaded = { deed: (given: never) => Promise<number | void> | number | void };

/** What each command does, loaded when it is asked for: whoever only reads the help does not wait for the rest. */
export const deeds: Record<string, () => Promise<Loaded>> = {
	init: () => import('./work/init.ts'),
	add: () => import('./work/add.ts'),
	import: () => import('./work/import.ts'),
	list: () => import('./work/list.ts'),
	show: () => import('./work/show.ts'),
	edit: () => import('./work/edit.ts'),
	rate: () => import('./work/rate.ts'),
	stats: () => import('./work/stats.ts'),
	split: () => import('./work/split.ts'),
	format: () => import('./work/format.ts'),
	train: () => import('./work/train.ts'),
	status: () => import('./work/status.ts'),
	cancel: () => import('./work/cancel.ts'),
	serve: () => import('./work/serve.ts'),
	stop: () => import('./work/stop.ts'),
	eval: () => import('./work/eval.ts'),
	chat: () => import('./work/chat.ts'),
	login: () => import('./work/login.ts'),
	logout: () => import('./work/logout.ts'),
	link: () => import('./work/link.ts'),
	push: () => import('./work/push.ts'),
	pull: () => import('./work/pull.ts'),
	open: () => import('./work/open.ts'),
	api: () => import('./work/api.ts'),
	mcp: () => import('./work/mcp.ts'),
	webhooks: () => import('./work/webhooks.ts'),
	key: () => import('./work/key.ts'),
	doctor: () => import('./work/doctor.ts'),
	sandbox: () => import('./work/sandbox.ts'),
	demo: () => import('./work/demo.ts'),
	completion: () => import('./work/completion.ts')
};
