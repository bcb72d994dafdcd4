import { type SandboxFile, content, expectFile, fileOf, isChecked, receive, receiveForm, remove } from './files.ts';
import { type Call, Refusal, type Reply, formOf, seconds } from './wire.ts';

/** A file as Together shows it, with its mixed capitals. */
const shown = (call: Call, file: SandboxFile) => {
	const checked = isChecked(call, file);
	const status = checked ? (file.problem ? 'INVALID_FORMAT' : 'COMPLETED') : 'RUNNING';
	const report = file.problem
		? { valid: false, error: file.problem, error_type: 'INVALID_FORMAT', file_id: file.id }
		: { valid: true, dataset_format: 'CONVERSATION', nlines: file.lines };
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
		processing_status: status,
		...(checked ? { validation_report: report } : {})
	};
};

export const togetherFiles = {
	/** Everything in one form. */
	upload: async (call: Call): Promise<Reply> => ({ json: shown(call, await receiveForm(call, 'together')) }),

	/** The first half of an upload in two: an address to which the content is sent. */
	async announce(call: Call): Promise<Reply> {
		const form = await formOf(call);
		const name = form.get('file_name') ?? call.query.get('file_name');
		const purpose = form.get('purpose') ?? call.query.get('purpose');
		if (!name || purpose !== 'fine-tune') throw new Refusal(400, 'file_name and the purpose fine-tune are needed.');
		const file = expectFile(call, 'together', String(name), purpose);
		call.sandbox.store.save(call.account);
		const address = `http://${call.headers.host}/signed/${file.id}?ticket=${file.ticket}&account=${call.account.id}`;
		return { status: 302, headers: { location: address, 'x-together-file-id': file.id } };
	},

	/** The second half, without a key: the address is the secret. */
	async put(call: Call): Promise<Reply> {
		const file = call.account.files[call.params.id ?? ''];
		if (!file?.ticket || file.ticket !== call.query.get('ticket')) throw new Refusal(403, 'This address is not valid.');
		await receive(call, file, call.body, { isAnnounced: true });
		return {};
	},

	/** Since the third version the check of an announced file has to be asked for; here it has begun already. */
	preprocess: (call: Call): Reply => ({ json: shown(call, fileOf(call, call.params.id, 'together')) }),

	retrieve: (call: Call): Reply => ({ json: shown(call, fileOf(call, call.params.id, 'together')) }),
	list(call: Call): Reply {
		const files = Object.values(call.account.files).filter((file) => file.wire === 'together' && file.ticket === null);
		return { json: { data: files.reverse().map((file) => shown(call, file)) } };
	},
	remove: (call: Call): Reply => remove(call, 'together'),
	content: (call: Call): Promise<Reply> => content(call, 'together')
};
