// The first call: which team this key opens, and the newest examples of its first project. Node 24 runs it as it is:
//
//   AIT_KEY=ait_sk_… node examples/api/first-call.ts

const { AIT_KEY, AIT_URL = 'http://localhost:3000' } = process.env;
if (!AIT_KEY) throw new Error('Put an API key into AIT_KEY: from the team’s settings, or as `npm run demo` prints it.');

const ask = async <Answer>(path: string): Promise<Answer> => {
	const answer = await fetch(`${AIT_URL}/api/v1${path}`, { headers: { authorization: `Bearer ${AIT_KEY}` } });
	if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
	return answer.json() as Promise<Answer>;
};

type Me = { team: { name: string }; role: string };
type Project = { slug: string; name: string };
type Example = { number: number; input: string; rating: number | null };

const me = await ask<Me>('/me');
console.log(`This key opens ${me.team.name}, as a ${me.role}.`);

const [project] = await ask<Project[]>('/projects');
if (!project) throw new Error('The team has no project yet.');

const { data } = await ask<{ data: Example[] }>(`/projects/${project.slug}/examples?limit=3`);
console.log(`The newest examples of ${project.name}:`);
for (const { number, input, rating } of data) console.log(`  ${number}  ${rating ?? 'unrated'}  ${input}`);
