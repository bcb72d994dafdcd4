import { getContext, setContext } from 'svelte';

/** What a control inside a `Field` takes over from it. */
export type FieldContext = {
	readonly id: string;
	readonly describedBy: string | undefined;
	readonly invalid: boolean;
	readonly required: boolean;
};

const key = Symbol('field');

export const setField = (field: FieldContext) => setContext(key, field);

/** The `Field` around this control, if there is one. */
export const getField = () => getContext<FieldContext | undefined>(key);

/** The attributes a control inside a `Field` carries; explicit attributes of the control come after and win. */
export const fieldAttributes = (field: FieldContext | undefined) => ({
	id: field?.id,
	required: field?.required || undefined,
	'aria-describedby': field?.describedBy,
	'aria-invalid': field?.invalid || undefined
});

/** The look of everything one types or chooses in. */
export const controlClass =
	'w-full rounded-lg border border-control bg-bg light:bg-surface text-fg hover:border-muted aria-invalid:border-danger disabled:cursor-not-allowed disabled:border-border disabled:bg-hover disabled:text-muted [&[readonly]]:bg-hover';
