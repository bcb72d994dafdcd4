import { createHash, randomBytes } from 'node:crypto';
import { inspect } from './dataset.ts';
import type { SandboxFile } from './records.ts';
import { seconds } from './values.ts';
import { type Call, Refusal, type Reply, formOf, pageOf, ranged } from './wire.ts';

const checkMs = 300; // how long a file is looked at, before speed

export const newId = (kind: string) => `${kind}-${randomBytes(8).toString('hex')}`;

export function fileOf(call: Call, id: unknown, wire: SandboxFile['wire']): SandboxFile {
	const file = typeof id === 'string' ? call.account.files[id] : undefined;
	if (file?.wire !== wire || file.ticket !== null) {
		throw new Refusal(404, `There is no file ${String(id)}.`, { code: 'file_not_found' });
	}
	return file;
}

/** Empty until its content arrives. */
export function expectFile(call: Call, wire: SandboxFile['wire'], name: string, purpose: string): SandboxFile {
	const file: SandboxFile = {
		id: newId('file'),
		wire,
		name,
		purpose,
		bytes: 0,
		digest: '',
		createdAtMs: call.sandbox.now(),
		ticket: randomBytes(12).toString('hex'),
		lines: 0,
		tokens: 0,
		problem: null
	};
	call.account.files[file.id] = file;
	return file;
}

/** Reads and keeps the content. At Together, a form with a content that is already there gets its first id; an announced one has been told its own. */
export async function receive(
	call: Call,
	file: SandboxFile,
	body: Buffer,
	{ isAnnounced = false } = {}
): Promise<SandboxFile> {
	const { account, sandbox } = call;
	const digest = createHash('sha256').update(body).digest('hex');
	const twin = Object.values(account.files).find(
		(each) => each.wire === 'together' && each.digest === digest && each.purpose === file.purpose
	);
	if (twin && file.wire === 'together' && !isAnnounced) {
		delete account.files[file.id];
		return twin;
	}
	const { lines, tokens, problem, format, controlToken } = await inspect(body);
	await sandbox.store.put(account, 'files', file.id, body);
	Object.assign(file, { ticket: null, bytes: body.length, digest, lines, tokens, problem, format, controlToken });
	sandbox.store.save(account);
	return file;
}

/** What was uploaded with a multipart form. */
export async function receiveForm(call: Call, wire: SandboxFile['wire']): Promise<SandboxFile> {
	const form = await formOf(call);
	const content = form.get('file');
	if (!(content instanceof Blob)) throw new Refusal(400, 'The form has no file.', { param: 'file' });
	const name = form.get('file_name') ?? (content as File).name;
	const purpose = form.get('purpose');
	if (purpose !== 'fine-tune') throw new Refusal(400, 'The purpose has to be fine-tune.', { param: 'purpose' });
	const file = expectFile(call, wire, String(name), purpose);
	return receive(call, file, Buffer.from(await content.arrayBuffer()));
}

/** Whether the file was looked at already. */
export const isChecked = (call: Call, file: SandboxFile) =>
	call.sandbox.now() - file.createdAtMs >= checkMs / call.sandbox.speed;

export async function content(call: Call, wire: SandboxFile['wire']): Promise<Reply> {
	const file = fileOf(call, call.params.id, wire);
	const body = await call.sandbox.store.get(call.account, 'files', file.id);
	return ranged(call, body ?? Buffer.alloc(0));
}

export function remove(call: Call, wire: SandboxFile['wire']): Reply {
	const { id } = fileOf(call, call.params.id, wire);
	delete call.account.files[id];
	call.sandbox.store.drop(call.account, 'files', id);
	call.sandbox.store.save(call.account);
	return { json: wire === 'openai' ? { id, object: 'file', deleted: true } : { id, deleted: true } };
}

const openaiFile = (file: SandboxFile) => ({
	id: file.id,
	object: 'file',
	bytes: file.bytes,
	created_at: seconds(file.createdAtMs),
	filename: file.name,
	purpose: file.purpose,
	status: 'processed'
});

export const openaiFiles = {
	create: async (call: Call): Promise<Reply> => ({ json: openaiFile(await receiveForm(call, 'openai')) }),
	retrieve: (call: Call): Reply => ({ json: openaiFile(fileOf(call, call.params.id, 'openai')) }),
	list(call: Call): Reply {
		const files = Object.values(call.account.files).filter((file) => file.wire === 'openai' && file.ticket === null);
		const { data, more } = pageOf(call, files.reverse(), 100);
		return { json: { object: 'list', data: data.map(openaiFile), has_more: more } };
	},
	remove: (call: Call): Reply => remove(call, 'openai'),
	content: (call: Call): Promise<Reply> => content(call, 'openai')
};
