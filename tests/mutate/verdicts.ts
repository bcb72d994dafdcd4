import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** What mutants and tests are made of. */
const folders = ['src', 'drizzle', 'tests', 'examples'];

const stateOfFiles = () => {
	const hash = createHash('sha256');
	for (const folder of folders)
		for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
			const file = path.join(folder, name);
			if (fs.statSync(file).isFile()) hash.update(`${file}\0`).update(fs.readFileSync(file)).update('\0');
		}
	return hash.digest('hex').slice(0, 16);
};

/**
 * Verdicts in a file, one line each, so that a run which was cut short goes on where it was. They hold for the state in which
 * they were found: after a change of any file everything is asked again.
 */
export class Verdicts<T> {
	private readonly known = new Map<string, T>();
	private readonly state = stateOfFiles();
	private readonly file: string | undefined;

	constructor(file: string | undefined) {
		this.file = file;
		if (!file || !fs.existsSync(file)) return;
		for (const line of fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
			const [state, id, verdict] = JSON.parse(line) as [string, string, T];
			if (state === this.state) this.known.set(id, verdict);
		}
	}

	/** What was found before, or what `find` finds now. */
	async of(id: string, find: () => Promise<T>): Promise<T> {
		const known = this.known.get(id);
		if (known !== undefined) return known;
		const found = await find();
		if (this.file) fs.appendFileSync(this.file, `${JSON.stringify([this.state, id, found])}\n`);
		return found;
	}
}
