import { fromThisTab } from './live/tab';

export type Sending<Result> = { result: Promise<Result>; stop: () => void };

/**
 * Sends a file, or text that was pasted, as the whole body. `onprogress` hears how much of it has left, from 0 to 1; `result`
 * rejects with a sentence. An XMLHttpRequest, because fetch does not tell how far an upload is.
 */
export const sendFile = <Result>(
	url: string,
	body: Blob,
	name: string,
	onprogress: (share: number) => void
): Sending<Result> => {
	const request = new XMLHttpRequest();
	const result = new Promise<Result>((done, failed) => {
		request.upload.onprogress = ({ loaded, total }) => onprogress(total > 0 ? loaded / total : 0);
		request.onload = () => {
			const answer = request.response;
			if (request.status === 200 && answer) return done(answer);
			failed(
				new Error(
					answer?.error?.message ?? answer?.message ?? 'The server did not take the file. Try again in a moment.'
				)
			);
		};
		request.onerror = () =>
			failed(
				new Error(
					'The connection broke off, so only a part of the file may be in. Import it again, and the rest is added.'
				)
			);
		request.onabort = () =>
			failed(new Error('You stopped the import, so only a part of the file is in. Import it again to add the rest.'));
		request.open('POST', url);
		request.responseType = 'json';
		request.setRequestHeader('accept', 'application/json');
		request.setRequestHeader('content-type', 'application/octet-stream');
		request.setRequestHeader('x-file-name', encodeURIComponent(name));
		for (const [name, value] of Object.entries(fromThisTab)) request.setRequestHeader(name, value);
		request.send(body);
	});
	return { result, stop: () => request.abort() };
};
