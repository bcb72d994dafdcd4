import { setTimeout as wait } from 'node:timers/promises';
import type { FileResponse } from 'together-ai/resources/files';
import { type Options, type Place, ask, fetchForEntered, orNull, sentOnce } from '../call.ts';
import { ProviderError } from '../errors.ts';
import type { Access, TrainingFile } from '../provider.ts';
import { numbered, unreadable } from '../unreadable.ts';
import { clientsOf } from './client.ts';

const uploadTimeoutMs = 600_000;
const checkTimeoutMs = 300_000; // how long Together may look at a file

/** In one form: the older way. `files.upload` of the SDK breaks on Node (../README.md), so the form is ours. Only the bare name is sent. */
const sendForm = (access: Access, place: Place, file: TrainingFile) =>
	ask(
		access,
		place,
		async (options) => {
			const body = new FormData();
			body.append('purpose', 'fine-tune');
			body.append('file_name', file.name);
			body.append('file_type', 'jsonl');
			body.append('file', new File([file.body], file.name, { type: 'application/jsonl' }));
			return numbered(
				await clientsOf(access).v1.post<FileResponse>('/files/upload', { body, fetchOptions: sentOnce, ...options }),
				place
			);
		},
		uploadTimeoutMs
	);

/** What reaches the storage that Together names: guarded like an address that a person entered, except to our own sandbox. */
const reachFor = ({ provider }: Access) => (provider === 'sandbox' ? fetch : fetchForEntered());

/** What a plain fetch was refused, in the shape of the SDKs. */
const failed = (response: Response, what: string) =>
	Object.assign(new Error(`${what}: ${response.status}`), { status: response.status, headers: response.headers });

/** Announced first, then sent to the address that this brought, then asked to be looked at: the newer way. The key goes to Together alone. */
const announce = (access: Access, place: Place, file: TrainingFile) =>
	ask(
		access,
		place,
		async ({ signal }: Options) => {
			const { v1 } = clientsOf(access);
			const reach = reachFor(access);
			const about = new URLSearchParams({ file_name: file.name, file_type: 'jsonl', purpose: 'fine-tune' });
			const headers = { authorization: `Bearer ${access.key || 'none'}` };
			const announced = await reach(`${v1.baseURL}/files?${about}`, {
				method: 'POST',
				headers,
				body: about,
				redirect: 'manual',
				signal
			});
			const id = announced.headers.get('x-together-file-id');
			const address = announced.headers.get('location');
			if (announced.status !== 302) throw failed(announced, 'announcing the file');
			if (!id || !address) throw unreadable(place, { lost: true });
			const sent = await reach(address, { method: 'PUT', body: file.body, ...sentOnce, signal });
			if (sent.status !== 200) throw failed(sent, 'sending the file');
			await preprocess(access, place, id);
			return { id };
		},
		uploadTimeoutMs
	);

/** Asks that a file is looked at. Where there is no such question it is looked at anyhow. */
const preprocess = (access: Access, place: Place, id: string) =>
	orNull(ask(access, place, (options) => clientsOf(access).v1.post(`/files/${id}/preprocess`, options)));

/** What Together has found: a file is accepted when it says so, and not because it says nothing. */
const verdictOf = ({ processing_status: status, validation_report: report }: FileResponse) => {
	if (status === 'COMPLETED' || (status === undefined && report?.valid === true)) return 'accepted';
	if (status === 'INVALID_FORMAT' || status === 'FAILED' || (status === undefined && report?.valid === false))
		return 'refused';
	return status === undefined ? 'silent' : 'looking';
};

/** Sends a file in whichever way the server knows, and waits until it is accepted. */
export async function uploadFile(access: Access, place: Place, file: TrainingFile): Promise<{ fileId: string }> {
	const { v1 } = clientsOf(access);
	const sent = (await orNull(sendForm(access, place, file))) ?? (await announce(access, place, file));

	const waiting = AbortSignal.timeout(checkTimeoutMs);
	let isAsked = false;
	for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 1.5, 3_000)) {
		const now = await ask(access, place, async (options) => numbered(await v1.files.retrieve(sent.id, options), place));
		const verdict = verdictOf(now);
		if (verdict === 'accepted') return { fileId: sent.id };
		if (verdict === 'refused') {
			const why = now.validation_report?.error ?? 'It gave no reason.';
			throw new ProviderError('refused', `${place.name} does not accept the file ${file.name}. ${why}`, {
				detail: why
			});
		}
		if (verdict === 'silent' && !isAsked) {
			isAsked = true;
			await preprocess(access, place, sent.id);
		}
		const { signal } = access;
		if (waiting.aborted) {
			const words =
				verdict === 'silent' ? 'does not say whether it accepts the file' : 'takes unusually long to check the file';
			throw new ProviderError('down', `${place.name} ${words}. Try again in a few minutes.`);
		}
		await wait(pauseMs, undefined, signal ? { signal } : {}).catch(() => {
			throw new ProviderError('cut', `The request to ${place.name} was stopped.`);
		});
	}
}
