import type { Command } from './command.ts';
import { init } from './commands/init.ts';
import { add } from './commands/add.ts';
import { importFile } from './commands/import.ts';
import { list } from './commands/list.ts';
import { show } from './commands/show.ts';
import { edit } from './commands/edit.ts';
import { rate } from './commands/rate.ts';
import { stats } from './commands/stats.ts';
import { split } from './commands/split.ts';
import { format } from './commands/format.ts';
import { train } from './commands/train.ts';
import { status } from './commands/status.ts';
import { cancel } from './commands/cancel.ts';
import { serve } from './commands/serve.ts';
import { stop } from './commands/stop.ts';
import { evaluate } from './commands/eval.ts';
import { chat } from './commands/chat.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { link } from './commands/link.ts';
import { push } from './commands/push.ts';
import { pull } from './commands/pull.ts';
import { open } from './commands/open.ts';
import { api } from './commands/api.ts';
import { mcp } from './commands/mcp.ts';
import { webhooks } from './commands/webhooks.ts';
import { key } from './commands/key.ts';
import { doctor } from './commands/doctor.ts';
import { sandbox } from './commands/sandbox.ts';
import { demo } from './commands/demo.ts';
import { completion } from './commands/completion.ts';

/** Every command, in the order of the help. The deed of each lies under its name in `work/`, and is entered in deeds.ts. */
export const commands: readonly Command[] = [
	init,
	add,
	importFile,
	list,
	show,
	edit,
	rate,
	stats,
	split,
	format,
	train,
	status,
	cancel,
	serve,
	stop,
	evaluate,
	chat,
	login,
	logout,
	link,
	push,
	pull,
	open,
	api,
	mcp,
	webhooks,
	key,
	doctor,
	sandbox,
	demo,
	completion
];
