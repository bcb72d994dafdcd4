import { catalogue, doesWhat } from './catalogue.ts';
import { faultWords } from './fault.ts';
import type { Reply } from './wire.ts';

/** What a key brings about when this word stands in it, so that whoever can enter a key can try it. */
export const keyCharacters = {
	refused: 'Is not known here: everything answers 401.',
	broke: 'Has no balance: an order answers 402, and an estimate does not allow it.',
	closed: 'May not train: an order answers 403 training_not_available.',
	'daily-limit': 'Has used up its orders of the day: an order answers 429 with that reason.',
	storm: 'Is asked for a pause twice before each answer (429), whatever it asks.',
	'no-metadata': 'OpenAI’s wire: keeps the suffix of an order and none of its metadata.',
	'no-trace': 'OpenAI’s wire: keeps neither suffix nor metadata; only the file tells whose an order was.',
	'newer-wire':
		'Together’s wire: no upload in one form and no flat whoami, and an announced file is looked at once /preprocess asks for it.',
	'absolute-rate':
		'OpenAI’s wire: takes learning_rate as it is, learning_rate_multiplier too, and trains the whole model unless “lora” is true.'
} as const;
export type KeyCharacter = keyof typeof keyCharacters;

export const isKey = (key: string, character: KeyCharacter): boolean => key.includes(character);

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const table = (head: string, rows: (readonly [string, string])[]) =>
	`<table><thead><tr><th>${head}</th><th>What it does</th></tr></thead><tbody>${rows
		.map(([name, words]) => `<tr><td><code>${escaped(name)}</code></td><td>${escaped(words)}</td></tr>`)
		.join('')}</tbody></table>`;

/** The sandbox's own page: every character it plays, for whoever tests. */
export const charactersPage = (): Reply => ({
	headers: { 'content-type': 'text/html; charset=utf-8' },
	bytes:
		Buffer.from(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>The sandbox and its characters</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse;width:100%;margin:0 0 2rem}th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid #8884}
th{font-weight:600}code{white-space:nowrap}</style>
<h1>The sandbox and its characters</h1>
<p>It speaks Together’s protocol at <code>/together/v1</code> (and <code>v2</code>, <code>v3</code>) and OpenAI’s at <code>/openai/v1</code>. Any key is good; each has
files, jobs and models of its own. Choose a model, a key or a failure to try what goes wrong elsewhere.</p>
<h2>By the model</h2>
${table(
	'Model',
	catalogue.map(
		({ id, trait }) => [id, trait ? doesWhat[trait] : 'Trains, is deployed and answers as it should.'] as const
	)
)}
<h2>By a word in the key</h2>
${table('Word', Object.entries(keyCharacters))}
<h2>On request</h2>
<p>With the header <code>x-sandbox-fault</code>, or ahead of time: <code>POST /faults</code> with <code>{"fault", "times", "path"}</code> and the same key.</p>
${table('Fault', Object.entries(faultWords))}
</html>`)
});
