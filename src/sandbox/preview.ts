import { modelOf, tokensOf } from './catalogue.ts';
import { fileOf, isChecked } from './files.ts';
import { number, record, text } from './values.ts';
import { type Call, Refusal, type Reply, jsonOf } from './wire.ts';

const charactersPerToken = 4; // as everything here is counted
const mostRows = 100;

type Piece = { text: string; isTrained: boolean };

const piecesOf = (content: string, isTrained: boolean): Piece[] =>
	Array.from({ length: tokensOf(content) }, (_, at) => ({
		text: content.slice(at * charactersPerToken, (at + 1) * charactersPerToken),
		isTrained
	}));

/** A row as the model reads it: each turn begins with its role and ends with a sign. */
function tokenized(line: string, isAllTrained: boolean): Piece[] {
	const { messages } = record(JSON.parse(line));
	return (Array.isArray(messages) ? messages : []).flatMap((each) => {
		const { role, content, weight } = record(each);
		const isTrained = isAllTrained || (role === 'assistant' && weight !== 0);
		const frame = ['<', String(role), '>'].map((piece) => ({ text: piece, isTrained: false }));
		return [...frame, ...piecesOf(text(content) ?? '', isTrained), { text: '</>', isTrained }];
	});
}

/** Half-open ranges of what counts. */
const spansOf = (pieces: readonly Piece[]): [from: number, to: number][] => {
	const spans: [number, number][] = [];
	for (const [at, { isTrained }] of pieces.entries()) {
		const last = spans.at(-1);
		if (isTrained && last?.[1] === at) last[1] = at + 1;
		else if (isTrained) spans.push([at, at + 1]);
	}
	return spans;
};

const rowOf = (pieces: readonly Piece[], most: number) => {
	const kept = pieces.slice(0, most);
	const ids = kept.map(({ text }) => [...text].reduce((sum, sign) => (sum * 31 + sign.codePointAt(0)!) % 50_000, 7));
	return {
		input_ids: ids,
		labels: kept.map(({ isTrained }, at) => (isTrained ? ids[at]! : -100)),
		tokens: kept.map(({ text }) => text),
		num_tokens: kept.length,
		num_trained_tokens: kept.filter(({ isTrained }) => isTrained).length,
		trained_spans: spansOf(kept),
		truncated: kept.length < pieces.length
	};
};

/** `POST /fine-tunes/preview`: the first rows of a file, counted and cut as a training would. */
export async function preview(call: Call): Promise<Reply> {
	const sent = jsonOf(call);
	const model = modelOf(sent.model);
	if (!model?.trainable) throw new Refusal(400, 'This model can not be trained.', { param: 'model' });
	if (sent.training_method !== undefined && sent.training_method !== 'sft')
		throw new Refusal(400, 'Only supervised training has a preview.', { param: 'training_method' });
	const file = fileOf(call, sent.training_file, 'together');
	if (!isChecked(call, file)) throw new Refusal(400, 'The file is still being checked.', { code: 'file_not_ready' });
	if (file.problem) throw new Refusal(400, file.problem, { code: 'invalid_file' });
	const body = await call.sandbox.store.get(call.account, 'files', file.id);
	const lines = (body?.toString('utf8') ?? '').split('\n').filter((line) => line.trim() !== '');
	const most = Math.max(1, Math.min(number(sent.top_k) ?? 10, mostRows));
	const isAllTrained = sent.train_on_inputs === true;
	return {
		json: {
			model: model.id,
			dataset_format: 'conversation',
			max_seq_length: model.contextTokens,
			train_on_inputs: isAllTrained,
			rows: lines.slice(0, most).map((line) => rowOf(tokenized(line, isAllTrained), model.contextTokens))
		}
	};
}
