import { content, expectFile, fileOf, isChecked, receive, receiveForm, remove } from './files.ts';
import { isKey } from './characters.ts';
import type { SandboxFile } from './records.ts';
import { seconds } from './values.ts';
import { type Call, Refusal, type Reply, formOf } from './wire.ts';

/** A file as Together shows it, with its mixed capitals. */
const shown = (call: Call, file: SandboxFile) => {
	const checked = isChecked(call, file);
	const status = checked ? (file.problem ? 'INVALID_FORMAT' : 'COMPLETED') : 'RUNNING';
	const report = file.problem
		? { valid: false, error: file.problem, error_type: 'INVALID_FORMAT', file_id: file.id }
		: {
				valid: true,
				dataset_format: file.format === 'preference' ? 'PREFERENCE_OPENAI' : 'CONVERSATION',
				nlines: file.lines
			};
	return {
		id: file.id,
		object: 'file',
		created_at: seconds(file.createdAtMs),
		filename: file.name,
		bytes: file.bytes,
		purpose: file.purpose,
		FileType: 'jsonl',
		Processed: true,
		LineCount: file.lines,
		...(file.isIdle ? {} : { processing_status: status }),
		...(checked && !file.isIdle ? { validation_report: report } : {})
	};
};

/** What a server of the third version alone does not know any more. */
export function refuseOldWay({ key }: Call): void {
	if (isKey(key, 'newer-wire')) throw new Refusal(404, 'There is nothing at this address.', { code: 'unknown_url' });
}

export const togetherFiles = {
	/** Everything in one form. */
	async upload(call: Call): Promise<Reply> {
		refuseOldWay(call);
		return { json: shown(call, await receiveForm(call, 'together')) };
	},

	/** The first half of an upload in two: an address to which the content is sent. */
	async announce(call: Call): Promise<Reply> {
		const form = await formOf(call);
		const name = form.get('file_name') ?? call.query.get('file_name');
		const purpose = form.get('purpose') ?? call.query.get('purpose');
		if (!name || purpose !== 'fine-tune') throw new Refusal(400, 'file_name and the purpose fine-tune are needed.');
		const file = expectFile(call, 'together', String(name), purpose);
		file.waitsForQuestion = isKey(call.key, 'newer-wire');
		call.sandbox.store.save(call.account);
		const address = `http://${call.headers.host}/signed/${file.id}?ticket=${file.ticket}&account=${call.account.id}`;
		return { status: 302, headers: { location: address, 'x-together-file-id': file.id } };
	},

	/** The second half, without a key: the address is the secret. */
	async put(call: Call): Promise<Reply> {
		const file = call.account.files[call.params.id ?? ''];
		if (!file?.ticket || file.ticket !== call.query.get('ticket')) throw new Refusal(403, 'This address is not valid.');
		await receive(call, file, call.body, { isAnnounced: true });
		file.isIdle = file.waitsForQuestion ?? false;
		return {};
	},

	/** A file by its signed address, which carries no key. */
	signedContent(call: Call): Promise<Reply> {
		const file = call.account.files[call.params.id ?? ''];
		if (!file || file.digest !== call.query.get('digest')) throw new Refusal(403, 'This address is not valid.');
		return content(call, 'together');
	},

	/** Since the third version the check of an announced file has to be asked for; here it has begun already. */
	preprocess(call: Call): Reply {
		const file = fileOf(call, call.params.id, 'together');
		file.isIdle = false;
		call.sandbox.store.save(call.account);
		return { json: shown(call, file) };
	},

	retrieve: (call: Call): Reply => ({ json: shown(call, fileOf(call, call.params.id, 'together')) }),
	list(call: Call): Reply {
		const files = Object.values(call.account.files).filter((file) => file.wire === 'together' && file.ticket === null);
		return { json: { data: files.reverse().map((file) => shown(call, file)) } };
	},
	remove: (call: Call): Reply => remove(call, 'together'),
	content: (call: Call): Promise<Reply> => content(call, 'together')
};
