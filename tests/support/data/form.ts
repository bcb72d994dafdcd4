import type * as v from 'valibot';
import { formValues } from '../../../src/lib/server/http/form-values.ts';

/** Fields as a form, or an address, sends them, as the values that the schema asks for. */
export const fromForm = (schema: v.GenericSchema, fields: Record<string, string>) =>
	formValues(schema, new URLSearchParams(fields) as never);
