import { SvelteSet } from 'svelte/reactivity';
import { toast } from '$lib/components/ui/toast';
import type { Split } from '$lib/core/splits/plan';
import { act } from './act';

const count = (ids: string[]) => (ids.length === 1 ? 'One example' : `${ids.length} examples`);

/** Which examples are chosen, and what is done with them. */
export class Editing {
	readonly chosen = new SvelteSet<string>();
	pending = $state(false);
	/** About to be moved to validation: that is for good, so it is asked first. */
	locking = $state.raw<string[]>([]);
	#path: () => string;
	#refresh: () => Promise<void>;

	constructor(path: () => string, refresh: () => Promise<void>) {
		this.#path = path;
		this.#refresh = refresh;
	}

	toggle(id: string, on = !this.chosen.has(id)) {
		if (on) this.chosen.add(id);
		else this.chosen.delete(id);
	}

	async #change(action: 'delete' | 'restore' | 'move', ids: string[], fields: Record<string, string> = {}) {
		this.pending = true;
		const answer = await act(this.#path(), action, { ids: ids.join(','), ...fields });
		if (answer.ok) await this.#refresh();
		else void toast('Nothing was changed.', { tone: 'danger', detail: answer.problem, duration: 8000 });
		this.pending = false;
		return answer.ok;
	}

	async remove(ids: string[]) {
		if (!(await this.#change('delete', ids))) return;
		for (const id of ids) this.chosen.delete(id);
		const undo = { label: 'Undo', act: () => void this.#restore(ids) };
		void toast(`${count(ids)} deleted.`, { action: undo, duration: 10_000 });
	}

	async #restore(ids: string[]) {
		if (await this.#change('restore', ids)) void toast(`${count(ids)} came back.`);
	}

	async move(ids: string[], side: Split, { sure = false } = {}) {
		if (side === 'validation' && !sure) return void (this.locking = ids);
		const moved = await this.#change('move', ids, { side });
		this.locking = [];
		if (!moved) return;
		this.chosen.clear();
		void toast(`${count(ids)} moved to ${side}.`, { tone: 'success' });
	}
}
