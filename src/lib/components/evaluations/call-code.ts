/** These fields as each of the languages writes them; the id of a model may hold anything. */
const fieldsOf = (asked: Record<string, string>, between: string, named = JSON.stringify as (name: string) => string) =>
	Object.entries(asked)
		.map(([name, value]) => `${named(name)}: ${JSON.stringify(value)},`)
		.join(between);

type Turn = { role: string; content: string };
type Called = {
	url: string;
	asked: Record<string, string>;
	/** What is said before the question: a system prompt, examples. */
	before?: readonly Turn[];
};

const question = { role: 'user', content: 'Do you ship to Norway?' };
/** A turn as JSON, with the room around it that people write. */
const turn = ({ role, content }: Turn, named: (name: string) => string) =>
	`{ ${named('role')}: ${JSON.stringify(role)}, ${named('content')}: ${JSON.stringify(content)} }`;
/** The turns as each of the languages writes them, one a line where there are several. */
const turnsOf = (before: readonly Turn[], indent: string, named: (name: string) => string) => {
	const all = [...before, question].map((one) => turn(one, named));
	return all.length === 1 ? `[${all[0]}]` : `[\n${all.map((one) => `${indent}  ${one}`).join(',\n')}\n${indent}]`;
};
const plain = (name: string) => name;
const quoted = (name: string) => JSON.stringify(name);

/** How a model is asked, in three languages, to be copied as it stands: the key is in AIT_KEY, the answer comes in pieces. */
export const callCode = ({ url, asked, before = [] }: Called) => [
	{
		id: 'sh',
		label: 'curl',
		text: `curl -N -X POST "${url}" \\
  -H "Authorization: Bearer $AIT_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{${fieldsOf(asked, ' ').replaceAll("'", "'\\''")} "messages": ${JSON.stringify([...before, question]).replaceAll("'", "'\\''")}}'`
	},
	{
		id: 'typescript',
		label: 'TypeScript',
		text: `const answer = await fetch('${url}', {
  method: 'POST',
  headers: { Authorization: \`Bearer \${process.env.AIT_KEY}\`, 'Content-Type': 'application/json' },
  body: JSON.stringify({
    ${fieldsOf(asked, '\n    ', (name) => name)}
    messages: ${turnsOf(before, '    ', plain)}
  })
});
const lines = (await answer.text()).split('\\n').filter((line) => line.startsWith('data: '));
console.log(lines.map((line) => JSON.parse(line.slice(6)).text ?? '').join(''));`
	},
	{
		id: 'python',
		label: 'Python',
		text: `import json, os, urllib.request

request = urllib.request.Request(
    "${url}",
    data=json.dumps({
        ${fieldsOf(asked, '\n        ')}
        "messages": ${turnsOf(before, '        ', quoted)},
    }).encode(),
    headers={"Authorization": f"Bearer {os.environ['AIT_KEY']}", "Content-Type": "application/json"},
)
with urllib.request.urlopen(request) as answer:
    for line in answer:
        if line.startswith(b"data: "):
            print(json.loads(line[6:]).get("text", ""), end="")`
	}
];
